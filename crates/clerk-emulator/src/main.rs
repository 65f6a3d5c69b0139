//! The emulator as a program: for clients that are not written in Rust, and for trying things out.

use std::{
    error::Error,
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

use clerk_emulator::{Emulator, EmulatorBuilder};
use lexopt::ValueExt as _;

const HELP: &str = "\
Runs Clerk's actor token endpoints on 127.0.0.1 until it is interrupted.

Usage: clerk-emulator [OPTIONS]

Options:
      --port PORT        listen on this port [default: a free one]
      --secret-key KEY   the key that clients must send [default: made up]
      --user ID          a user who exists, repeatable [default: any user does]
  -h, --help             print this
";

enum Command {
    Help,
    Run(EmulatorBuilder),
}

fn main() -> ExitCode {
    match obey(std::env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With standard error gone there is nobody left to tell.
            drop(writeln!(io::stderr(), "clerk-emulator: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn obey(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Box<dyn Error>> {
    match read(arguments)? {
        // Not `print!`: it panics when nobody reads.
        Command::Help => io::stdout().write_all(HELP.as_bytes())?,
        Command::Run(builder) => run(builder)?,
    }
    Ok(())
}

fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, lexopt::Error> {
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
    Ok(Command::Run(builder))
}

fn run(builder: EmulatorBuilder) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let emulator = builder.start()?;
        tokio::select! {
            // First listen for the interrupt, then announce: whoever reads the announcement may interrupt at once.
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
