use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use clerk_bench::{Failure, answer};
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, header::CONTENT_TYPE, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// More than anybody here has in flight, so that no call waits for a stream.
const MAX_STREAMS: u32 = 2000;

/// Makes a certificate for this machine, and a configuration that offers one protocol.
pub(super) fn identity(alpn: &[u8]) -> Result<(ServerConfig, Vec<u8>), Failure> {
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

/// Answers over TLS with hyper, in the protocol that was agreed upon.
pub(super) async fn serve(
    listener: TcpListener,
    config: ServerConfig,
    delay: Duration,
    accepted: impl Fn() -> usize,
) -> Result<(), Failure> {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        accepted();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let stream = acceptor.accept(stream).await.ok()?;
            let service = service_fn(move |request| reply(request, delay));
            let mut builder = auto::Builder::new(TokioExecutor::new());
            builder.http2().max_concurrent_streams(MAX_STREAMS);
            // A client that goes away is no failure of the server's.
            builder.serve_connection(TokioIo::new(stream), service).await.ok()
        });
    }
}

async fn reply(
    request: Request<Incoming>,
    delay: Duration,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = answer::to(request.uri().path());
    // To its end, or HTTP/1.1 could not go on with the connection. A body that breaks off ends it
    // anyhow.
    let _ = request.into_body().collect().await;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    Ok(response)
}
