use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::service::Service;

/// Serves all requests of a connection, until either side closes it.
pub(crate) async fn serve(stream: TcpStream, service: Service) {
    // Sends small responses at once. If this fails, they are only slower.
    drop(stream.set_nodelay(true));
    let service = service_fn(move |request| service.clone().respond(request));
    // Every error ends the connection, and most are faults that a test has injected.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}
