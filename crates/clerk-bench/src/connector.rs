use std::sync::Arc;

use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer};

use crate::{BoxError, target::Target};

/// Returns a TLS configuration that uses ring and trusts the bundled roots and the target's
/// certificate.
pub fn tls_config(target: &Target) -> Result<ClientConfig, BoxError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(certificate) = &target.certificate {
        roots.add(CertificateDer::from(certificate.clone()))?;
    }
    let provider = Arc::new(ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Returns the connector of the drivers that are built on hyper-util: TCP with `TCP_NODELAY`, and
/// [`tls_config`] for https.
pub fn connector(target: &Target) -> Result<HttpsConnector<HttpConnector>, BoxError> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let mut config = tls_config(target)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(HttpsConnector::from((tcp, config)))
}
