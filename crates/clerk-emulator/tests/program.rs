//! The emulator as a program.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
};

/// A running program, killed when dropped.
struct Program {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Program {
    fn start() -> Self {
        Self::start_with::<&str>(&[])
    }

    fn start_with<S: AsRef<OsStr>>(arguments: &[S]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clerk-emulator"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    fn line(&mut self, label: &str) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.strip_prefix(label).unwrap().trim_end().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The program may have exited already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs the program with arguments that it refuses, and returns its message.
fn error<S: AsRef<OsStr>>(arguments: &[S]) -> String {
    let mut program = Program::start_with(arguments);
    assert_eq!(program.line(""), "", "the program has started");
    assert_eq!(program.child.wait().unwrap().code(), Some(1));
    let mut error = String::new();
    program.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    error.strip_prefix("clerk-emulator: ").unwrap().trim_end().to_owned()
}

fn host(base_url: &str) -> &str {
    base_url.strip_prefix("http://").unwrap().strip_suffix("/v1").unwrap()
}

fn create(base_url: &str, key: &str, user: &str) -> String {
    let host = host(base_url);
    let body = format!(r#"{{"user_id":"{user}","actor":{{"sub":"a"}}}}"#);
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "POST /v1/actor_tokens HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn it_prints_its_base_url_and_key_and_serves_there() {
    let mut program = Program::start();
    let base_url = program.line("base URL: ");
    let key = program.line("secret key: ");
    assert!(base_url.starts_with("http://127.0.0.1:"), "{base_url}");
    assert!(key.starts_with("sk_test_"), "{key}");
    let publishable_key = program.line("publishable key: ");
    assert!(publishable_key.starts_with("pk_test_"), "{publishable_key}");
    let issuer = program.line("issuer: ");
    assert!(issuer.starts_with("http"), "{issuer}");
    assert!(create(&base_url, &key, "user_1").starts_with("HTTP/1.1 200 "));
}

#[test]
fn options_set_the_key_and_the_users() {
    let mut program = Program::start_with(&[
        "--secret-key",
        "sk_test_chosen",
        "--user=user_1",
        "--user",
        "user_2",
    ]);
    let base_url = program.line("base URL: ");
    assert_eq!(program.line("secret key: "), "sk_test_chosen");
    for (user, status) in [("user_1", "200"), ("user_2", "200"), ("user_3", "404")] {
        let response = create(&base_url, "sk_test_chosen", user);
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{user}: {response}");
    }
}

#[test]
fn an_option_sets_the_port() {
    // A port that is known to be taken proves that the option is used, without guessing a free one.
    let taken = clerk_emulator::Emulator::start().unwrap();
    let host = host(taken.base_url());
    let error = error(&["--port", host.strip_prefix("127.0.0.1:").unwrap()]);
    assert!(error.starts_with(&format!("failed to listen on {host}: ")), "{error}");
    assert!(error.ends_with("; choose another port with --port"), "{error}");
}

#[test]
fn help_lists_every_option() {
    for argument in ["--help", "-h"] {
        let mut program = Program::start_with(&[argument]);
        let mut help = String::new();
        program.out.read_to_string(&mut help).unwrap();
        assert!(program.child.wait().unwrap().success());
        for option in [
            "--port",
            "--secret-key",
            "--user",
            "--sign-in-url",
            "--session-token-version",
            "--ended-session-revoke",
            "--help",
        ] {
            assert!(help.contains(option), "{help}");
        }
    }
}

#[test]
fn an_invalid_argument_is_refused_with_the_option_and_the_expected_form() {
    for (arguments, expected) in [
        (&["--port", "abc"][..], "invalid value for --port: must be a number from 0 to 65535"),
        (&["--port", "99999"], "invalid value for --port: must be a number from 0 to 65535"),
        (&["--port", "65536"], "invalid value for --port: must be a number from 0 to 65535"),
        (&["--port", "-1"], "invalid value for --port: must be a number from 0 to 65535"),
        (&["--port="], "invalid value for --port: must be a number from 0 to 65535"),
        (&["--port", "--user"], "invalid value for --port: must be a number from 0 to 65535"),
        (&["--port"], "missing value for --port: expected a number from 0 to 65535"),
        (
            &["--secret-key", ""],
            "invalid value for --secret-key: secret key must be one or more visible ASCII characters",
        ),
        (
            &["--secret-key", "sk_test a"],
            "invalid value for --secret-key: secret key must be one or more visible ASCII characters",
        ),
        (
            &["--secret-key"],
            "missing value for --secret-key: expected one or more visible ASCII characters",
        ),
        (
            &["--sign-in-url", "localhost:3000"],
            "invalid value for --sign-in-url: sign-in URL must be a URL like http://localhost:3000/sign-in",
        ),
        (
            &["--session-token-version", "3"],
            "invalid value for --session-token-version: must be 1 or 2",
        ),
        (
            &["--ended-session-revoke", "200"],
            "invalid value for --ended-session-revoke: must be refused or succeeds",
        ),
        (&["--user", ""], "invalid value for --user: must be a user id such as user_1"),
        (&["--user"], "missing value for --user: expected a user id such as user_1"),
        (&["--colour"], "invalid option '--colour'"),
        (&["-p", "4000"], "invalid option '-p'"),
        (&["surplus"], r#"unexpected argument "surplus""#),
    ] {
        assert_eq!(error(arguments), expected, "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_secret_key_that_is_not_unicode_is_refused_without_repeating_it() {
    use std::os::unix::ffi::OsStrExt as _;

    let error = error(&[OsStr::new("--secret-key"), OsStr::from_bytes(b"sk_test_\xff")]);
    assert_eq!(
        error,
        "invalid value for --secret-key: must be one or more visible ASCII characters"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupt_and_a_termination_end_it_with_success() {
    for signal in ["-INT", "-TERM"] {
        let mut program = Program::start();
        let base_url = program.line("base URL: ");
        // Open connections do not hold up the exit, whether idle or in the middle of a request.
        let _idle = TcpStream::connect(host(&base_url)).unwrap();
        let mut halfway = TcpStream::connect(host(&base_url)).unwrap();
        halfway
            .write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{")
            .unwrap();
        let id = program.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert!(program.child.wait().unwrap().success(), "{signal}");
    }
}
