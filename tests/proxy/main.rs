//! What a proxy that the environment names sees of a call, and what it does not.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

const PASSWORD: &str = "CanaryProxyPassword";
/// The secret key of the program under test.
const KEY: &str = "sk_test_1";

/// A proxy that opens every tunnel, unless its response refuses to, and records what it sees.
struct Proxy {
    address: String,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    fn start(response: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&seen);
        // The thread ends with the process.
        thread::spawn(move || {
            for client in listener.incoming() {
                let recorded = Arc::clone(&recorded);
                // The client reports a connection that breaks.
                thread::spawn(move || drop(serve(client.unwrap(), response, &recorded)));
            }
        });
        Self { address, seen }
    }

    fn seen(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }
}

fn serve(mut client: TcpStream, response: &str, seen: &Mutex<Vec<u8>>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    seen.lock().unwrap().extend_from_slice(&head);
    client.write_all(response.as_bytes())?;
    if !response.starts_with("HTTP/1.1 20") {
        return Ok(());
    }
    let head = String::from_utf8(head).unwrap();
    let server = TcpStream::connect(head.split(' ').nth(1).unwrap())?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        io::copy(&mut from_server, &mut to_client).and_then(|_| to_client.shutdown(Shutdown::Write))
    });
    let mut to_server = server;
    let mut bytes = [0; 4096];
    loop {
        let length = client.read(&mut bytes)?;
        if length == 0 {
            return to_server.shutdown(Shutdown::Write);
        }
        seen.lock().unwrap().extend_from_slice(&bytes[..length]);
        to_server.write_all(&bytes[..length])?;
    }
}

/// Runs the program with these variables, checks that it shows no secret, and returns what it
/// printed.
///
/// The program is one of its own because an environment belongs to a process.
fn run(mode: &str, variables: &[(&str, String)]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_behind-proxy"));
    program.arg(mode);
    for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        program.env_remove(name).env_remove(name.to_lowercase());
    }
    let output =
        program.envs(variables.iter().map(|(name, value)| (name, value))).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = String::from_utf8([output.stdout.clone(), output.stderr].concat()).unwrap();
    for canary in [PASSWORD, "DYW5hcnlQcm94eVBhc3N3b3J", KEY] {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
    String::from_utf8(output.stdout).unwrap()
}

fn url(proxy: &Proxy) -> String {
    format!("http://user:{PASSWORD}@{}", proxy.address)
}

const OPENED: &str = "HTTP/1.1 200 Connection established\r\n\r\n";
const CREATED: &str = "created, 1 request\n";

#[test]
fn https_uses_the_proxy_and_the_key_stays_inside_the_tunnel() {
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let proxy = Proxy::start(OPENED);
        assert_eq!(run("https", &[(name, url(&proxy))]), CREATED, "{name}");
        let seen = proxy.seen();
        assert!(seen.starts_with("CONNECT 127.0.0.1:"), "{name}: {seen}");
        // user:CanaryProxyPassword
        assert!(
            seen.contains("Proxy-Authorization: Basic dXNlcjpDYW5hcnlQcm94eVBhc3N3b3Jk\r\n"),
            "{name}: {seen}"
        );
        assert!(!seen.contains(KEY) && !seen.contains("actor_token"), "{name}: {seen}");
    }
}

#[test]
fn an_exempt_host_is_connected_to_directly() {
    let proxy = Proxy::start(OPENED);
    assert_eq!(
        run("https", &[("HTTPS_PROXY", url(&proxy)), ("NO_PROXY", "127.0.0.1".to_owned())]),
        CREATED
    );
    assert_eq!(proxy.seen(), "");
}

#[test]
fn proxies_can_be_switched_off() {
    let proxy = Proxy::start(OPENED);
    assert_eq!(run("no_proxy", &[("HTTPS_PROXY", url(&proxy))]), CREATED);
    assert_eq!(proxy.seen(), "");
}

#[test]
fn http_never_goes_through_a_proxy() {
    let proxy = Proxy::start(OPENED);
    assert_eq!(run("http", &[("HTTP_PROXY", url(&proxy)), ("ALL_PROXY", url(&proxy))]), CREATED);
    assert_eq!(proxy.seen(), "");
}

#[test]
fn a_proxy_that_refuses_the_tunnel_is_a_connect_error() {
    let proxy = Proxy::start("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    let printed = run("https", &[("HTTPS_PROXY", url(&proxy))]);
    assert!(printed.starts_with("failed: Transport(failed to connect to 127.0.0.1:"), "{printed}");
    assert!(printed.contains("(3 attempts)") && printed.contains("502 Bad Gateway"), "{printed}");
    assert!(printed.ends_with("ambiguous: false\n"), "{printed}");
    assert_eq!(proxy.seen().matches("CONNECT ").count(), 3);
}

#[test]
fn a_proxy_that_refuses_the_credentials_is_asked_once() {
    let proxy =
        Proxy::start("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    let printed = run("https", &[("HTTPS_PROXY", url(&proxy))]);
    assert!(printed.starts_with("failed: Transport(invalid transport configuration"), "{printed}");
    assert!(printed.ends_with("ambiguous: false\n"), "{printed}");
    assert_eq!(proxy.seen().matches("CONNECT ").count(), 1);
}

#[test]
fn a_socks_proxy_that_refuses_the_credentials_is_asked_once() {
    for scheme in ["socks5", "socks5h"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming() {
                refuse_credentials(client.unwrap(), &counted).unwrap();
            }
        });
        let proxy = format!("{scheme}://user:{PASSWORD}@{address}");
        let printed = run("https", &[("HTTPS_PROXY", proxy)]);
        let start = "failed: Transport(invalid transport configuration";
        assert!(printed.starts_with(start), "{printed}");
        assert!(printed.contains(&format!("{address}")), "{printed}");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{scheme}");
    }
}

/// Serves SOCKS5 up to the credentials, which are wrong.
fn refuse_credentials(mut client: TcpStream, counted: &AtomicUsize) -> io::Result<()> {
    let mut greeting = [0; 3];
    client.read_exact(&mut greeting)?;
    client.write_all(&[5, 2])?;
    let mut credentials = vec![0; "\x01\x04user\x13".len() + PASSWORD.len()];
    client.read_exact(&mut credentials)?;
    assert!(credentials.ends_with(PASSWORD.as_bytes()));
    counted.fetch_add(1, Ordering::SeqCst);
    client.write_all(&[1, 1])
}

#[test]
fn any_success_opens_the_tunnel() {
    let proxy = Proxy::start("HTTP/1.1 201 Created\r\n\r\n");
    assert_eq!(run("https", &[("HTTPS_PROXY", url(&proxy))]), CREATED);
    assert!(proxy.seen().starts_with("CONNECT "));
}

#[test]
fn no_proxy_exempts_every_host() {
    let proxy = Proxy::start(OPENED);
    let exempt = [("HTTPS_PROXY", url(&proxy)), ("NO_PROXY", "*".to_owned())];
    assert_eq!(run("https", &exempt), CREATED);
    assert_eq!(proxy.seen(), "");
}

#[test]
fn a_value_that_is_not_a_whole_url_is_refused_when_the_client_is_built() {
    for rest in
        ["@127.0.0.1:99999", "@127.0.0.1:abc", "@127.0.0.1:", "#ss@127.0.0.1", "@@127.0.0.1"]
    {
        let proxy = format!("http://user:{PASSWORD}{rest}");
        let variables = [("CLERK_SECRET_KEY", KEY.to_owned()), ("HTTPS_PROXY", proxy)];
        let printed = run("clients", &variables);
        let error = "invalid setting HTTPS_PROXY: not a supported proxy URL; ";
        assert_eq!(printed.matches(error).count(), 2, "{rest}: {printed}");
    }
}

#[test]
fn an_invalid_proxy_variable_is_reported_when_the_client_is_built() {
    let variables =
        |proxy: &str| [("CLERK_SECRET_KEY", KEY.to_owned()), ("HTTPS_PROXY", proxy.to_owned())];
    let printed = run("clients", &variables(&format!("ftp://user:{PASSWORD}@127.0.0.1:1")));
    let error = "invalid setting HTTPS_PROXY: not a supported proxy URL; expected something \
        like http://proxy.example.com:8080 (or https, socks5, socks5h, socks4, socks4a)";
    assert_eq!(printed, format!("{error}\n{error}\nbuilt\n"));
    assert_eq!(run("clients", &variables("http://127.0.0.1:1")), "built\nbuilt\nbuilt\n");
}
