use std::ffi::OsString;

use clerk_emulator::{Emulator, EmulatorBuilder, EndedSessionRevoke, SessionTokenVersion};
use lexopt::{
    Arg::{Long, Short},
    Error, Parser,
};

pub(crate) const HELP: &str = "\
Runs an emulator of what Clerk does for an impersonation on 127.0.0.1, until it is interrupted or
terminated. It is for tests only.

Usage: clerk-emulator [OPTIONS]

Options:
      --port PORT                     Listen on this port [default: any free port]
      --secret-key KEY                Require clients to send this secret key [default: a random key]
      --user ID                       Add a user who exists; repeatable [default: every user exists]
      --sign-in-url URL               Send people with a ticket to this page [default: a built-in page]
      --session-token-version 1|2     Issue session tokens of this version [default: 2]
      --ended-session-revoke refused|succeeds
                                      Set what revoking a session that is over does [default: refused]
  -h, --help                          Print this help
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
                Long("port") => builder.port(port(&mut parser)?),
                Long("secret-key") => builder.secret_key(secret_key(&mut parser)?),
                Long("user") => builder.users([user(&mut parser)?]),
                Long("sign-in-url") => builder.sign_in_url(sign_in_url(&mut parser)?),
                Long("session-token-version") => {
                    builder.session_token_version(session_token_version(&mut parser)?)
                }
                Long("ended-session-revoke") => {
                    builder.ended_session_revoke(ended_session_revoke(&mut parser)?)
                }
                Short('h') | Long("help") => return Ok(Self::Help),
                other => return Err(other.unexpected()),
            };
        }
        Ok(Self::Serve(builder))
    }
}

fn port(parser: &mut Parser) -> Result<u16, Error> {
    value(parser, "--port", "a number from 0 to 65535", |port| port.parse().ok())
}

/// Returns any key: `EmulatorBuilder::start` checks its characters.
fn secret_key(parser: &mut Parser) -> Result<String, Error> {
    value(parser, "--secret-key", "one or more visible ASCII characters", Some)
}

fn user(parser: &mut Parser) -> Result<String, Error> {
    value(parser, "--user", "a user id such as user_1", |id| (!id.is_empty()).then_some(id))
}

/// Returns any URL: `EmulatorBuilder::start` checks it.
fn sign_in_url(parser: &mut Parser) -> Result<String, Error> {
    value(parser, "--sign-in-url", "a URL like http://localhost:3000/sign-in", Some)
}

fn session_token_version(parser: &mut Parser) -> Result<SessionTokenVersion, Error> {
    value(parser, "--session-token-version", "1 or 2", |version| match version.as_str() {
        "1" => Some(SessionTokenVersion::V1),
        "2" => Some(SessionTokenVersion::V2),
        _ => None,
    })
}

fn ended_session_revoke(parser: &mut Parser) -> Result<EndedSessionRevoke, Error> {
    value(parser, "--ended-session-revoke", "refused or succeeds", |response| {
        match response.as_str() {
            "refused" => Some(EndedSessionRevoke::Refused),
            "succeeds" => Some(EndedSessionRevoke::Succeeds),
            _ => None,
        }
    })
}

/// Returns the value of an option. An error does not repeat the value, which may be a secret.
fn value<T>(
    parser: &mut Parser,
    option: &str,
    expected: &str,
    parse: impl FnOnce(String) -> Option<T>,
) -> Result<T, Error> {
    let value =
        parser.value().map_err(|_| format!("missing value for {option}: expected {expected}"))?;
    let value = value.into_string().ok().and_then(parse);
    Ok(value.ok_or_else(|| format!("invalid value for {option}: must be {expected}"))?)
}
