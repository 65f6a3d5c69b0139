//! The emulator as a program, for clients in other languages and for experiments.

use std::{
    error::Error,
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

use clerk_emulator::{Emulator, EmulatorBuilder};
use lexopt::ValueExt as _;

const HELP: &str = "\
Runs an emulator of Clerk's actor token endpoints on 127.0.0.1 until interrupted.

Usage: clerk-emulator [OPTIONS]

Options:
      --port PORT        Listen on this port [default: any free port]
      --secret-key KEY   Require clients to send this secret key [default: a random key]
      --user ID          Add a user who exists; repeatable [default: every user exists]
  -h, --help             Print this help
";

enum Command {
    Help,
    Serve(EmulatorBuilder),
}

fn main() -> ExitCode {
    match run(std::env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, nobody is there to read this.
            drop(writeln!(io::stderr(), "clerk-emulator: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Box<dyn Error>> {
    match parse(arguments)? {
        // Not `print!`, which panics if standard output is closed.
        Command::Help => io::stdout().write_all(HELP.as_bytes())?,
        Command::Serve(builder) => serve(builder)?,
    }
    Ok(())
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    use lexopt::Arg::{Long, Short};

    let mut builder = Emulator::builder();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        builder = match argument {
            Long("port") => builder.port(parser.value()?.parse()?),
            Long("secret-key") => builder.secret_key(parser.value()?.string()?),
            Long("user") => builder.users([parser.value()?.string()?]),
            Short('h') | Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        };
    }
    Ok(Command::Serve(builder))
}

fn serve(builder: EmulatorBuilder) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let emulator = builder.start()?;
        tokio::select! {
            // Listens for the interrupt before the announcement: whoever reads that may interrupt
            // at once.
            biased;
            interrupted = tokio::signal::ctrl_c() => interrupted,
            failed = announce_and_wait(&emulator) => failed,
        }
    })
}

async fn announce_and_wait(emulator: &Emulator) -> io::Result<()> {
    announce(emulator)?;
    std::future::pending().await
}

fn announce(emulator: &Emulator) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "base URL: {}", emulator.base_url())?;
    writeln!(out, "secret key: {}", emulator.secret_key())?;
    out.flush()
}
