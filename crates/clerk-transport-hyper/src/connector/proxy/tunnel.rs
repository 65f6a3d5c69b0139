use std::{future::poll_fn, pin::pin};

use clerk_core::http::{
    HeaderValue, Request, StatusCode, Uri,
    header::{HOST, PROXY_AUTHORIZATION},
};
use hyper::client::conn::http1::Builder;

use super::proxy_error::CredentialsRefused;
use crate::connector::{BoxError, Stream};

/// Opens a tunnel to a target through an HTTP proxy (RFC 9110, section 9.3.6).
pub(super) async fn open_tunnel(
    proxy: Stream,
    target: &Uri,
    credentials: Option<&HeaderValue>,
) -> Result<Stream, BoxError> {
    let authority =
        format!("{}:{}", target.host().unwrap_or_default(), target.port_u16().unwrap_or(443));
    let mut request = Request::connect(&authority).header(HOST, &authority);
    if let Some(credentials) = credentials {
        request = request.header(PROXY_AUTHORIZATION, credentials);
    }
    let request = request.body(String::new())?;
    let (mut sender, mut connection) =
        Builder::new().title_case_headers(true).handshake(proxy).await?;
    let mut response = pin!(sender.send_request(request));
    let mut has_ended = false;
    let response = poll_fn(|context| {
        // Drives the exchange. The connection completes with it if hyper recognizes a tunnel.
        has_ended = has_ended || connection.poll_without_shutdown(context).is_ready();
        response.as_mut().poll(context)
    })
    .await?;
    match response.status() {
        status if status.is_success() => {}
        status @ StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            return Err(CredentialsRefused::new(format!("proxy responded {status}")).into());
        }
        status => return Err(format!("proxy responded {status}").into()),
    }
    let tunnel = connection.into_parts();
    if tunnel.read_buf.is_empty() {
        Ok(tunnel.io)
    } else {
        // In TLS, the client speaks first.
        Err("proxy sent data before the tunnel was used".into())
    }
}

#[cfg(test)]
mod tests {
    use hyper_util::rt::TokioIo;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
    };

    use super::{BoxError, CredentialsRefused, Stream, Uri, open_tunnel};

    /// Asks a proxy that responds with these bytes for a tunnel, and returns the proxy's side with
    /// the outcome.
    async fn tunnel(response: &[u8]) -> (Result<Stream, BoxError>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut proxy, _) = listener.accept().await.unwrap();
        proxy.write_all(response).await.unwrap();
        let target = Uri::from_static("https://api.example.com/v1");
        let outcome = open_tunnel(Stream::new(TokioIo::new(stream)), &target, None).await;
        let request = b"CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n";
        let mut read = vec![0; request.len()];
        proxy.read_exact(&mut read).await.unwrap();
        assert_eq!(read, request);
        (outcome, proxy)
    }

    #[tokio::test]
    async fn any_successful_status_opens_the_tunnel() {
        for status in ["200 Connection established", "200", "201 Created", "204 x", "299 x"] {
            // A length does not count here (RFC 9110, section 9.3.6).
            for header in ["", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"] {
                let response = format!("HTTP/1.1 {status}\r\n{header}\r\n");
                let (tunnel, mut proxy) = tunnel(response.as_bytes()).await;
                let mut tunnel = TokioIo::new(tunnel.unwrap());
                for (from, to) in [(&b"ping"[..], &b"pong"[..]), (b"1", b"2")] {
                    tunnel.write_all(from).await.unwrap();
                    let mut read = vec![0; from.len()];
                    proxy.read_exact(&mut read).await.unwrap();
                    assert_eq!(read, from);
                    proxy.write_all(to).await.unwrap();
                    let mut read = vec![0; to.len()];
                    tunnel.read_exact(&mut read).await.unwrap();
                    assert_eq!(read, to);
                }
            }
        }
    }

    #[tokio::test]
    async fn any_other_response_opens_no_tunnel() {
        for (response, reason) in [
            ("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "proxy responded 302 Found"),
            ("HTTP/1.1 403 Forbidden\r\n\r\n", "proxy responded 403 Forbidden"),
            ("HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", "proxy responded 502 Bad Gateway"),
            ("HTTP/1.1 200 OK\r\n\r\nhello", "proxy sent data before the tunnel was used"),
        ] {
            let error = tunnel(response.as_bytes()).await.0.err().unwrap();
            assert_eq!(error.to_string(), reason);
            assert!(!error.is::<CredentialsRefused>());
        }
        for response in ["SSH-2.0-proxy\r\n", "HTTP/1.1 2000 OK\r\n\r\n"] {
            assert!(tunnel(response.as_bytes()).await.0.is_err(), "{response}");
        }
    }

    #[tokio::test]
    async fn a_proxy_that_requires_credentials_refuses_these() {
        let response = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
        let error = tunnel(response).await.0.err().unwrap();
        assert_eq!(error.to_string(), "proxy responded 407 Proxy Authentication Required");
        assert!(error.is::<CredentialsRefused>());
    }
}
