use std::{
    net::{Shutdown, TcpStream},
    pin::Pin,
    sync::{Arc, Condvar, Mutex},
    task::{Context, Poll, Waker},
    thread,
};

use clerk_core::{HttpResponse, TransportError};

type Output = Result<HttpResponse, TransportError>;

/// An exchange on a thread of its own, which ends when this future is dropped.
pub(crate) struct Call(Arc<Link>);

/// What a call and its thread share.
#[derive(Default)]
pub(crate) struct Link {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    socket: Option<TcpStream>,
    is_written: bool,
    is_dropped: bool,
    output: Option<Output>,
    waker: Option<Waker>,
}

impl Call {
    pub(crate) fn start(exchange: impl FnOnce(&Link) -> Output + Send + 'static) -> Self {
        let call = Self(Arc::default());
        let link = Arc::clone(&call.0);
        thread::spawn(move || {
            let output = exchange(&link);
            let mut state = link.state.lock().unwrap();
            state.output = Some(output);
            let waker = state.waker.take();
            drop(state);
            link.changed.notify_all();
            waker.into_iter().for_each(Waker::wake);
        });
        call
    }

    /// Waits until the request is written, or cannot be.
    pub(crate) fn wait_until_written(&self) {
        let state = self.0.state.lock().unwrap();
        let is_waiting = |state: &mut State| !state.is_written && state.output.is_none();
        drop(self.0.changed.wait_while(state, is_waiting).unwrap());
    }
}

impl Link {
    /// Has the connection close when the call is dropped. Returns `false` if it already is.
    pub(crate) fn attach(&self, stream: &TcpStream) -> bool {
        let mut state = self.state.lock().unwrap();
        state.socket = stream.try_clone().ok();
        !state.is_dropped
    }

    pub(crate) fn written(&self) {
        self.state.lock().unwrap().is_written = true;
        self.changed.notify_all();
    }

    /// Wakes the call, although it has no result yet.
    pub(crate) fn wake(&self) {
        let waker = self.state.lock().unwrap().waker.take();
        waker.into_iter().for_each(Waker::wake);
    }

    /// Leaves the connection open when the call is dropped. Returns `false` if it already is.
    pub(crate) fn release(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        state.socket = None;
        !state.is_dropped
    }
}

impl Future for Call {
    type Output = Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Output> {
        let mut state = self.0.state.lock().unwrap();
        if let Some(output) = state.output.take() {
            return Poll::Ready(output);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap();
        state.is_dropped = true;
        if let Some(socket) = state.socket.take() {
            // It may be closed already.
            let _closed = socket.shutdown(Shutdown::Both);
        }
    }
}

/// A call that goes on when it is dropped.
pub(crate) struct Detached(pub(crate) Call);

impl Future for Detached {
    type Output = Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        self.0.0.release();
    }
}
