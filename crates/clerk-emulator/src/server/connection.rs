use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::net::TcpStream;

use super::service::Service;

/// Serves all requests of a connection, until either side closes it.
///
/// The first bytes tell whether the client uses HTTP/1 or, with prior knowledge, HTTP/2.
pub(crate) async fn serve(stream: TcpStream, service: Service) {
    // Sends small responses at once. If this fails, they are only slower.
    drop(stream.set_nodelay(true));
    let service = service_fn(move |request| service.clone().respond(request));
    let builder = auto::Builder::new(TokioExecutor::new());
    // Every error ends the connection, and most are faults that a test has injected.
    drop(builder.serve_connection(TokioIo::new(stream), service).await);
}
