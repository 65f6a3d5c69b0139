//! The program itself, in a process of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
};

use clerk_emulator::Emulator;

/// The program, until it is dropped.
struct Program {
    process: Child,
    address: String,
}

impl Program {
    /// Starts the program with these settings, and no others.
    fn start(settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clerk-support-desk"));
        command.env_clear().envs(settings.iter().copied()).env("NO_COLOR", "1");
        command.env("SUPPORT_DESK_ADDRESS", "127.0.0.1:0");
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the program has ended");
            if let Some((_, address)) = line.trim_end().split_once("the desk is at http://") {
                break address.to_owned();
            }
        };
        // Whatever else it logs.
        thread::spawn(move || log.read_to_end(&mut Vec::new()));
        Self { process, address }
    }

    /// Fills in the form of the first page.
    fn impersonate(&self, user_id: &str) -> String {
        let body = format!("form_id=1&user_id={user_id}&reason=why");
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        page
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn without_a_key_an_emulator_stands_in_for_clerk() {
    let program = Program::start(&[]);
    let page = program.impersonate("user_1");
    assert!(page.contains("href=\"http://127.0.0.1:") && page.contains("accept?ticket="), "{page}");
}

#[test]
fn with_a_key_the_settings_of_clerk_apply() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("desk.sqlite3");
    let emulator = Emulator::start().unwrap();
    let program = Program::start(&[
        ("CLERK_SECRET_KEY", emulator.secret_key()),
        ("CLERK_API_URL", emulator.base_url().trim_end_matches("/v1")),
        ("SUPPORT_DESK_DATABASE", database.to_str().unwrap()),
        ("SUPPORT_DESK_ENGINEER", "ada@example.com"),
    ]);
    let page = program.impersonate("user_1");
    let tokens = emulator.tokens();
    let [token] = &tokens[..] else { panic!("{tokens:?}: {page}") };
    assert!(page.contains(&token.url), "{page}");
    assert!(token.actor.starts_with(r#"{"sub":"ada@example.com","audit_id":"#), "{token:?}");
    assert!(database.exists());
}

#[test]
fn with_a_key_alone_the_desk_talks_to_clerk() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let program = Program::start(&[
        ("CLERK_SECRET_KEY", "sk_test_abc"),
        ("HTTPS_PROXY", &url),
        ("SUPPORT_DESK_DATABASE", ":memory:"),
        ("SUPPORT_DESK_ENGINEER", "user_support"),
    ]);
    // A proxy that lets nobody through sees where the desk wants to go.
    let connect = thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").unwrap();
        line
    });
    let page = program.impersonate("user_1");
    assert!(page.contains("It has not started"), "{page}");
    assert_eq!(connect.join().unwrap(), "CONNECT api.clerk.com:443 HTTP/1.1\r\n");
}
