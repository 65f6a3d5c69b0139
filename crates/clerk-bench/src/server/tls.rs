use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use clerk_bench::{BoxError, response};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer};
use tokio::{net::TcpListener, time::sleep};
use tokio_rustls::TlsAcceptor;

/// More than any client has in flight, so that no call waits for a stream.
const MAX_STREAMS: u32 = 2000;

/// Returns a TLS configuration that offers one protocol, and its new self-signed certificate in
/// DER.
pub(super) fn identity(alpn: &[u8]) -> Result<(ServerConfig, Vec<u8>), BoxError> {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())?;
    config.alpn_protocols = vec![alpn.to_vec()];
    Ok((config, cert.der().to_vec()))
}

/// Serves HTTP over TLS with hyper, in the protocol negotiated by ALPN.
pub(super) async fn serve(
    listener: TcpListener,
    config: ServerConfig,
    delay: Duration,
    connections: &AtomicUsize,
) -> Result<(), BoxError> {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        connections.fetch_add(1, Ordering::Relaxed);
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let stream = acceptor.accept(stream).await.ok()?;
            let service = service_fn(move |request| respond(request, delay));
            let mut builder = auto::Builder::new(TokioExecutor::new());
            builder.http2().max_concurrent_streams(MAX_STREAMS);
            // Clients may close their connections at any time, so errors are expected.
            builder.serve_connection(TokioIo::new(stream), service).await.ok()
        });
    }
}

async fn respond(
    request: Request<Incoming>,
    delay: Duration,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = response::body_for(request.uri().path());
    // HTTP/1.1 reuses a connection only if the request was read to its end. An incomplete body
    // closes the connection anyway.
    let _ = request.into_body().collect().await;
    if !delay.is_zero() {
        sleep(delay).await;
    }
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
