use clerk_core::http::Uri;
use clerk_tests::connector::Connector;
use clerk_transport_hyper::HyperTransport;
use tokio::net::TcpStream;

/// Returns the default transport over HTTP/2 without TLS, which its connections report as
/// negotiated.
pub(crate) fn transport() -> HyperTransport {
    let connector = Connector::http2(|uri: Uri| async move {
        let stream =
            TcpStream::connect(uri.authority().map(ToString::to_string).unwrap_or_default())
                .await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    });
    HyperTransport::builder().connector(connector).build().unwrap()
}
