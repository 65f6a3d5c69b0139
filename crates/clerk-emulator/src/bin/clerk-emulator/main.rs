//! The emulator as a program, for clients in other languages and for experiments.

mod command;
mod stop_signal;

use std::{
    error::Error,
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use clerk_emulator::{Emulator, EmulatorBuilder};

use crate::command::{Command, HELP};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, nobody is there to read this.
            drop(writeln!(io::stderr(), "clerk-emulator: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    match Command::parse(std::env::args_os().skip(1))? {
        // Not `print!`, which panics if standard output is closed.
        Command::Help => Ok(io::stdout().write_all(HELP.as_bytes())?),
        Command::Serve(builder) => serve(builder),
    }
}

fn serve(builder: EmulatorBuilder) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before the announcement: whoever reads that may stop the program at once.
        let stop_signal = stop_signal::listen()?;
        let emulator = start(builder)?;
        announce(&emulator)?;
        stop_signal.await;
        Ok(())
    })
}

/// Starts the emulator. An error names the option to change.
fn start(builder: EmulatorBuilder) -> Result<Emulator, Box<dyn Error>> {
    builder.start().map_err(|error| match error.kind() {
        ErrorKind::InvalidInput => {
            let is_url = error.to_string().starts_with("sign-in URL");
            let option = if is_url { "--sign-in-url" } else { "--secret-key" };
            format!("invalid value for {option}: {error}").into()
        }
        ErrorKind::AddrInUse | ErrorKind::PermissionDenied => {
            format!("{error}; choose another port with --port").into()
        }
        _ => error.into(),
    })
}

fn announce(emulator: &Emulator) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "base URL: {}", emulator.base_url())?;
    writeln!(out, "secret key: {}", emulator.secret_key())?;
    writeln!(out, "publishable key: {}", emulator.publishable_key())?;
    writeln!(out, "issuer: {}", emulator.issuer())?;
    out.flush()
}
