use std::io;

/// Listens for the signals that stop the program, from now on. The returned future waits for one.
///
/// SIGTERM needs a handler because the kernel does not deliver it to process 1 without one, and
/// that is what the emulator is in a container: `docker stop` would wait in vain and then kill it.
/// SIGHUP has none, so that `nohup` works.
#[cfg(unix)]
pub(crate) fn listen() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for Ctrl-C, from now on. The returned future waits for it.
#[cfg(windows)]
pub(crate) fn listen() -> io::Result<impl Future<Output = ()>> {
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        ctrl_c.recv().await;
    })
}
