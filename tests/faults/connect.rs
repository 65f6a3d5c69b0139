use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use clerk_core::{
    ActorTokens, RetryConfig, SecretKey, Sent,
    TransportErrorKind::{Config, Connect},
    http::Uri,
};
use clerk_tests::{
    client::{client, immediate_retries, transport_error},
    connector::Connector,
    fault_case::FaultCase,
    fault_server::{FaultServer, Step},
    operation::Operation,
};
use clerk_transport_hyper::HyperTransport;
use clerk_transport_mock::ManualTimer;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UnixListener, UnixStream},
};

/// Returns a client that uses a scripted connection only when something has arrived on it, which is
/// its end.
fn client_that_looks_first(server: &FaultServer) -> ActorTokens {
    let (address, scripted) = (server.address(), server.scripted());
    let connections = Arc::new(AtomicUsize::new(0));
    let connect = move |_: Uri| {
        let looks = connections.fetch_add(1, Ordering::Relaxed) < scripted;
        async move {
            let stream = TcpStream::connect(address).await?;
            if looks {
                stream.readable().await?;
            }
            Ok(stream)
        }
    };
    client(
        server.http(),
        HyperTransport::builder().connector(Connector::http1(connect)).build().unwrap(),
    )
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    for operation in Operation::BOTH {
        // The port is taken, and nobody listens.
        let socket =
            socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let port = socket.local_addr().unwrap().as_socket().unwrap().port();
        let client = client(format!("http://127.0.0.1:{port}/v1"), HyperTransport::new());
        for (retries, attempts) in [(RetryConfig::none(), 1), (immediate_retries(), 3)] {
            let error = operation.call(&client, "c").retries(retries).await.unwrap_err();
            assert_eq!(
                (transport_error(&error).kind(), transport_error(&error).sent()),
                (Connect, Sent::No)
            );
            assert!(!error.is_ambiguous() && error.attempts() == attempts, "{error:?}");
        }
    }
}

#[tokio::test]
async fn an_unknown_host_sent_nothing() {
    // No resolver asks the network for a label of more than 63 characters.
    let host = format!("{}.invalid", "x".repeat(64));
    let client = ActorTokens::builder(HyperTransport::new(), SecretKey::new("sk_test_1").unwrap())
        .base_url(format!("http://{host}/v1"))
        .allow_insecure_http()
        .timer(ManualTimer::new())
        .build()
        .unwrap();
    for operation in Operation::BOTH {
        let error = operation.call(&client, "c").retries(immediate_retries()).await.unwrap_err();
        assert_eq!(
            (transport_error(&error).kind(), transport_error(&error).sent()),
            (Connect, Sent::No)
        );
        assert!(!error.is_ambiguous() && error.attempts() == 3, "{error:?}");
    }
}

#[tokio::test]
async fn a_connection_seen_to_end_before_the_request_sent_nothing() {
    FaultCase::unsent("closed on accept", vec![Step::Close], Connect)
        .check(client_that_looks_first)
        .await;
    FaultCase::unsent("reset on accept", vec![Step::Reset], Connect)
        .check(client_that_looks_first)
        .await;
}

#[tokio::test]
async fn a_connection_that_ends_on_accept_never_makes_two_tokens() {
    for operation in Operation::BOTH {
        for end in [Step::Close, Step::Reset] {
            for round in 0..50 {
                let server = FaultServer::start(&[vec![end.clone()]]);
                let client = client(server.http(), HyperTransport::new());
                let result = operation.call(&client, "c").await;
                server.until_played().await;
                let ledger = server.ledger();
                match result {
                    Ok(token) => {
                        assert!(operation.is_response_to("c", &token));
                        assert_eq!((ledger.connections, ledger.requests.len()), (2, 1), "{round}");
                    }
                    Err(error) => {
                        assert_eq!(operation, Operation::Create);
                        assert!(error.is_ambiguous() && error.attempts() == 1, "{error:?}");
                        assert_eq!((ledger.connections, ledger.requests.len()), (1, 0), "{round}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_custom_connector_connects_anywhere() {
    let directory = std::env::temp_dir().join(format!("clerk-tests-{}", fastrand::u64(..)));
    std::fs::create_dir(&directory).unwrap();
    let path = directory.join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let accepted = Arc::new(AtomicUsize::new(0));
    tokio::spawn(serve_unix(listener, Arc::clone(&accepted)));

    let connect = {
        let path = path.clone();
        move |_: Uri| UnixStream::connect(path.clone())
    };
    let transport = HyperTransport::builder().connector(Connector::http1(connect)).build().unwrap();
    let client = client("http://localhost/v1", transport);
    for _ in 0..2 {
        for operation in Operation::BOTH {
            let call = operation.call(&client, "c").retries(RetryConfig::none());
            assert!(operation.is_response_to("c", &call.await.unwrap()));
        }
    }
    assert_eq!(accepted.load(Ordering::Relaxed), 1);
    std::fs::remove_dir_all(directory).unwrap();
}

async fn serve_unix(listener: UnixListener, accepted: Arc<AtomicUsize>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    accepted.fetch_add(1, Ordering::Relaxed);
    let mut request = vec![0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut request).await {
        // Small enough to arrive in one piece.
        let head = String::from_utf8_lossy(&request[..length]);
        assert!(head.contains("host: localhost\r\n"), "{head}");
        let operation =
            if head.contains("/revoke ") { Operation::Revoke } else { Operation::Create };
        let response = operation.response("c");
        stream.write_all(response.as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn a_host_that_no_certificate_can_name_is_a_configuration_error() {
    for operation in Operation::BOTH {
        let server = FaultServer::start(&[]);
        let client =
            client(format!("https://a_b..c:{}/v1", server.address().port()), HyperTransport::new());
        let error = operation.call(&client, "c").await.unwrap_err();
        assert_eq!(
            (transport_error(&error).kind(), transport_error(&error).sent()),
            (Config, Sent::No)
        );
        assert!(!error.is_ambiguous() && error.attempts() == 1, "{error:?}");
        assert_eq!(server.ledger().connections, 0);
    }
}

#[tokio::test]
async fn a_connector_that_panics_fails_the_call() {
    fn panics() -> std::io::Result<TcpStream> {
        panic!("the connector panics")
    }
    let connector = Connector::http1(|_: Uri| async { panics() });
    let transport = HyperTransport::builder().connector(connector).build().unwrap();
    let error = Operation::Create.call(&client("http://localhost/v1", transport), "c").await;
    let error = error.unwrap_err();
    assert_eq!(
        (transport_error(&error).kind(), transport_error(&error).sent()),
        (Connect, Sent::No)
    );
    assert!(!error.is_ambiguous() && error.attempts() == 3, "{error:?}");
}
