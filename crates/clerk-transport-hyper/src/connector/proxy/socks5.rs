use std::net::IpAddr;

use clerk_core::http::Uri;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::proxy_error::CredentialsRefused;
use crate::connector::{BoxError, BoxFuture, Connect, Stream, tcp::TcpConnector};

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const USER_NAME_AND_PASSWORD: u8 = 2;
/// The version of the user name and password negotiation (RFC 1929).
const NEGOTIATION: u8 = 1;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;
const SUCCEEDED: u8 = 0;

/// A connector through a SOCKS5 proxy (RFC 1928, and RFC 1929 for the credentials).
///
/// hyper-util's own does not let its callers tell refused credentials from other failures.
pub(super) struct Socks5 {
    pub(super) proxy: Uri,
    pub(super) tcp: TcpConnector,
    pub(super) credentials: Option<(String, String)>,
}

impl Connect for Socks5 {
    fn connect(&self, target: Uri) -> BoxFuture<Result<Stream, BoxError>> {
        let connecting = self.tcp.connect(self.proxy.clone());
        let credentials = self.credentials.clone();
        Box::pin(async move {
            let mut stream = TokioIo::new(connecting.await?);
            authenticate(&mut stream, credentials).await?;
            request(&mut stream, &target).await?;
            Ok(stream.into_inner())
        })
    }
}

async fn authenticate(
    stream: &mut TokioIo<Stream>,
    credentials: Option<(String, String)>,
) -> Result<(), BoxError> {
    let method = if credentials.is_some() { USER_NAME_AND_PASSWORD } else { NO_AUTHENTICATION };
    stream.write_all(&[VERSION, 1, method]).await?;
    let [version, selected] = read(stream).await?;
    if version != VERSION {
        return Err("proxy does not speak SOCKS5".into());
    }
    if selected != method {
        return Err(CredentialsRefused::new("proxy requires another authentication method").into());
    }
    if let Some((user, password)) = credentials {
        let mut message = vec![NEGOTIATION];
        push(&mut message, &user)?;
        push(&mut message, &password)?;
        stream.write_all(&message).await?;
        let [_, status] = read(stream).await?;
        if status != SUCCEEDED {
            return Err(CredentialsRefused::new("proxy refused the credentials").into());
        }
    }
    Ok(())
}

async fn request(stream: &mut TokioIo<Stream>, target: &Uri) -> Result<(), BoxError> {
    let host = target.host().unwrap_or_default().trim_matches(['[', ']']);
    let mut message = vec![VERSION, CONNECT, 0];
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            message.push(IPV4);
            message.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            message.push(IPV6);
            message.extend(address.octets());
        }
        Err(_) => {
            message.push(NAME);
            push(&mut message, host)?;
        }
    }
    message.extend(target.port_u16().unwrap_or(443).to_be_bytes());
    stream.write_all(&message).await?;

    let [_, reply, _, address] = read(stream).await?;
    if reply != SUCCEEDED {
        return Err(format!("proxy failed to connect: SOCKS5 reply {reply}").into());
    }
    // The address and the port from which the proxy connects are not needed.
    let length = match address {
        IPV4 => 4,
        IPV6 => 16,
        _ => {
            let [length] = read(stream).await?;
            length.into()
        }
    };
    stream.read_exact(&mut vec![0; length + 2]).await?;
    Ok(())
}

/// Appends a string with its length before it.
fn push(message: &mut Vec<u8>, string: &str) -> Result<(), BoxError> {
    message.push(
        string
            .len()
            .try_into()
            .map_err(|_| "name or credential is longer than the 255 bytes that SOCKS5 allows")?,
    );
    message.extend(string.as_bytes());
    Ok(())
}

async fn read<const LENGTH: usize>(stream: &mut TokioIo<Stream>) -> Result<[u8; LENGTH], BoxError> {
    let mut bytes = [0; LENGTH];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hyper_util::client::legacy::connect::dns::GaiResolver;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::{BoxError, Connect as _, CredentialsRefused, Socks5, Stream, TokioIo, Uri};
    use crate::connector::tcp::TcpConnector;

    /// Bytes that a proxy expects, and those with which it replies.
    type Exchange = (&'static [u8], &'static [u8]);

    const SELECTED: Exchange = (&[5, 1, 0], &[5, 0]);
    const SELECTED_PASSWORD: Exchange = (&[5, 1, 2], &[5, 2]);
    const PASSWORD: &[u8] = b"\x01\x04user\x06secret";
    const REQUEST: &[u8] = b"\x05\x01\x00\x03\x0fapi.example.com\x01\xbb";
    const SUCCESS: &[u8] = &[5, 0, 0, 1, 10, 0, 0, 1, 1, 2];

    /// Connects through a proxy that expects these exchanges, and then echoes three bytes.
    async fn connect(
        target: &'static str,
        has_credentials: bool,
        exchanges: &[Exchange],
    ) -> Result<Stream, BoxError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let exchanges = exchanges.to_vec();
        let socks = Socks5 {
            proxy: format!("socks5h://{}/", listener.local_addr().unwrap()).parse().unwrap(),
            tcp: TcpConnector::new(GaiResolver::new(), Duration::from_secs(5)),
            credentials: has_credentials.then(|| ("user".to_owned(), "secret".to_owned())),
        };
        let proxy = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for (expected, reply) in exchanges {
                let mut read = vec![0; expected.len()];
                stream.read_exact(&mut read).await.unwrap();
                assert_eq!(read, expected);
                stream.write_all(reply).await.unwrap();
            }
            let mut read = [0; 3];
            if stream.read_exact(&mut read).await.is_ok() {
                stream.write_all(&read).await.unwrap();
            }
        });
        let result = socks.connect(Uri::from_static(target)).await;
        if result.is_err() {
            proxy.await.unwrap();
        }
        result
    }

    #[tokio::test]
    async fn a_proxy_that_accepts_connects() {
        for (target, request) in [
            ("https://api.example.com/v1", REQUEST),
            ("https://127.0.0.1:80/", &b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50"[..]),
            ("https://[::1]/", b"\x05\x01\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x01\xbb"),
        ] {
            for reply in [
                SUCCESS,
                b"\x05\x00\x00\x03\x05proxy\x01\x02",
                b"\x05\x00\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x01\xbb",
            ] {
                let stream = connect(target, false, &[SELECTED, (request, reply)]).await.unwrap();
                let mut stream = TokioIo::new(stream);
                stream.write_all(b"abc").await.unwrap();
                let mut read = [0; 3];
                stream.read_exact(&mut read).await.unwrap();
                assert_eq!(&read, b"abc", "nothing before it belongs to the target");
            }
        }
        let accepted = [SELECTED_PASSWORD, (PASSWORD, &[1, 0]), (REQUEST, SUCCESS)];
        assert!(connect("https://api.example.com/v1", true, &accepted).await.is_ok());
    }

    #[tokio::test]
    async fn refused_credentials_are_told_from_other_failures() {
        let target = "https://api.example.com/v1";
        for (has_credentials, exchanges, reason, is_refusal) in [
            (
                true,
                &[SELECTED_PASSWORD, (PASSWORD, &[1, 1])][..],
                "proxy refused the credentials",
                true,
            ),
            (
                false,
                &[(&[5, 1, 0], &[5, 0xff])],
                "proxy requires another authentication method",
                true,
            ),
            (
                true,
                &[(&[5, 1, 2], &[5, 0xff])],
                "proxy requires another authentication method",
                true,
            ),
            (false, &[(&[5, 1, 0], b"HT")], "proxy does not speak SOCKS5", false),
            (
                false,
                &[SELECTED, (REQUEST, &[5, 5, 0, 1, 0, 0, 0, 0, 0, 0])],
                "proxy failed to connect: SOCKS5 reply 5",
                false,
            ),
        ] {
            let error = connect(target, has_credentials, exchanges).await.err().unwrap();
            assert_eq!(error.to_string(), reason);
            assert_eq!(error.is::<CredentialsRefused>(), is_refusal, "{reason}");
        }
    }
}
