use std::{ffi::OsStr, process::Command};

/// Returns a command whose process the kernel ends when this program does, however that happens.
///
/// Squid is an exception if root starts it: it changes its user, and so outlives a program that is
/// killed.
pub(crate) fn tied_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM"]).arg(program);
    command
}
