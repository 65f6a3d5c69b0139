use std::{io, net::SocketAddr, time::Duration};

use clerk_core::http::{Uri, uri::Scheme};
use tokio::{net::lookup_host, time::timeout};

use super::proxy_error::CredentialsRefused;
use crate::connector::{BoxError, Connect, Stream};

/// Returns a target for each of a host's addresses, for proxies that do not resolve names.
pub(super) async fn resolve(
    target: Uri,
    is_supported: fn(&SocketAddr) -> bool,
) -> Result<Vec<Uri>, BoxError> {
    let host = target.host().unwrap_or_default().trim_matches(['[', ']']);
    let addresses = lookup_host((host, target.port_u16().unwrap_or(443))).await?;
    let target = |address: SocketAddr| {
        let target = Uri::builder().scheme(Scheme::HTTPS).authority(address.to_string());
        Ok(target.path_and_query("/").build()?)
    };
    addresses.filter(is_supported).map(target).collect()
}

/// Connects to the first of these targets that can be reached. They share the time evenly.
pub(super) async fn connect_to_any(
    connector: impl Connect,
    targets: Vec<Uri>,
    time: Duration,
) -> Result<Stream, BoxError> {
    let share = time.checked_div(u32::try_from(targets.len())?).unwrap_or_default();
    let mut result = Err("host has no address that the proxy supports".into());
    for target in targets {
        result = timeout(share, connector.connect(target))
            .await
            .unwrap_or_else(|elapsed| Err(io::Error::from(elapsed).into()));
        if result.as_ref().err().is_none_or(|error| error.is::<CredentialsRefused>()) {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use hyper_util::client::legacy::connect::HttpConnector;
    use tokio::net::TcpListener;

    use super::{
        BoxError, Connect, CredentialsRefused, Duration, SocketAddr, Stream, Uri, connect_to_any,
        io, resolve, timeout,
    };
    use crate::connector::BoxFuture;

    #[tokio::test]
    async fn a_resolved_target_is_named_by_its_address() {
        let resolve = |target, is_supported: fn(&SocketAddr) -> bool| {
            resolve(Uri::from_static(target), is_supported)
        };
        assert_eq!(
            resolve("https://127.0.0.1/v1", |_| true).await.unwrap(),
            ["https://127.0.0.1:443/"]
        );
        assert_eq!(
            resolve("https://[::1]:8443/v1", |_| true).await.unwrap(),
            ["https://[::1]:8443/"]
        );
        let addresses = resolve("https://localhost:1/v1", SocketAddr::is_ipv4).await.unwrap();
        assert_eq!(addresses, ["https://127.0.0.1:1/"]);
        assert!(resolve("https://[::1]/v1", SocketAddr::is_ipv4).await.unwrap().is_empty());
    }

    /// A connector for which one host is silent, one refuses, and one refuses the credentials.
    struct Hosts(HttpConnector);

    impl Connect for Hosts {
        fn connect(&self, target: Uri) -> BoxFuture<Result<Stream, BoxError>> {
            match target.host() {
                Some("silent") => Box::pin(pending()),
                Some("refuses") => Box::pin(async { Err("refused".into()) }),
                Some("locks") => Box::pin(async { Err(CredentialsRefused::new("locked").into()) }),
                _ => self.0.connect(target),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_leaves_time_for_the_others() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let live = format!("http://{}/", listener.local_addr().unwrap());
        let connect = |targets: &[&str]| {
            let targets = targets.iter().map(|target| target.parse().unwrap()).collect();
            let time = Duration::from_secs(3);
            timeout(time, connect_to_any(Hosts(HttpConnector::new()), targets, time))
        };
        assert!(connect(&["http://silent/", "http://refuses/", &live]).await.unwrap().is_ok());
        let error = |result: Result<Stream, BoxError>| result.err().unwrap().to_string();
        let result = connect(&["http://silent/", "http://refuses/"]).await.unwrap();
        assert_eq!(error(result), "refused");
        let result = connect(&["http://refuses/", "http://silent/"]).await.unwrap();
        let error_kind = result.err().unwrap().downcast_ref::<io::Error>().unwrap().kind();
        assert_eq!(error_kind, io::ErrorKind::TimedOut);
        let result = connect(&["http://locks/", &live]).await.unwrap();
        assert_eq!(error(result), "locked");
        let result = connect(&[]).await.unwrap();
        assert_eq!(error(result), "host has no address that the proxy supports");
    }
}
