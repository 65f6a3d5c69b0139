use std::ffi::OsString;

use clerk_emulator::{Emulator, EmulatorBuilder};
use lexopt::{
    Arg::{Long, Short},
    Error, Parser, ValueExt as _,
};

pub(crate) const HELP: &str = "\
Runs an emulator of Clerk's actor token endpoints on 127.0.0.1 until it is interrupted or terminated.

Usage: clerk-emulator [OPTIONS]

Options:
      --port PORT        Listen on this port [default: any free port]
      --secret-key KEY   Require clients to send this secret key [default: a random key]
      --user ID          Add a user who exists; repeatable [default: every user exists]
  -h, --help             Print this help
";

/// The task that the arguments set for the program.
pub(crate) enum Command {
    Help,
    Serve(EmulatorBuilder),
}

impl Command {
    pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let mut builder = Emulator::builder();
        let mut parser = Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            builder = match argument {
                Long("port") => builder.port(parser.value()?.parse()?),
                Long("secret-key") => builder.secret_key(parser.value()?.string()?),
                Long("user") => builder.users([parser.value()?.string()?]),
                Short('h') | Long("help") => return Ok(Self::Help),
                other => return Err(other.unexpected()),
            };
        }
        Ok(Self::Serve(builder))
    }
}
