use std::sync::Arc;

use clerk_transport_hyper::{
    HyperTransport,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion,
        crypto::{CryptoProvider, ring},
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
        server::WebPkiClientVerifier,
    },
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// The ALPN protocols of a server that speaks only HTTP/1.1.
pub const HTTP_1: &[&[u8]] = &[b"http/1.1"];
/// The ALPN protocols of a server that speaks only HTTP/2.
pub const HTTP_2: &[&[u8]] = &[b"h2"];

/// A certificate authority, made on the spot, and the TLS configurations that rely on it.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    #[expect(clippy::new_without_default, reason = "no two authorities are equal")]
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    fn issue(&self, name: &str) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        roots
    }

    /// Returns the configuration of a server named `127.0.0.1`.
    pub fn server(&self, protocols: &[&[u8]]) -> Arc<ServerConfig> {
        self.server_named("127.0.0.1", protocols)
    }

    /// Returns the configuration of a server with this name.
    pub fn server_named(&self, name: &str, protocols: &[&[u8]]) -> Arc<ServerConfig> {
        let (chain, key) = self.issue(name);
        let builder =
            ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        let mut config =
            builder.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Arc::new(config)
    }

    /// Returns the configuration of a server that speaks this version of TLS only, and requires a
    /// client certificate from this authority.
    pub fn server_with_client_auth(
        &self,
        version: &'static SupportedProtocolVersion,
        protocols: &[&[u8]],
    ) -> Arc<ServerConfig> {
        let (chain, key) = self.issue("127.0.0.1");
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()), provider());
        let builder =
            ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[version]);
        let builder = builder.unwrap().with_client_cert_verifier(verifier.build().unwrap());
        let mut config = builder.with_single_cert(chain, key).unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Arc::new(config)
    }

    /// Returns the configuration of a client that trusts this authority alone.
    pub fn client(&self) -> ClientConfig {
        let builder =
            ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        builder.unwrap().with_root_certificates(self.roots()).with_no_client_auth()
    }

    /// Returns the configuration of a client that has a certificate from this authority, too.
    pub fn client_with_certificate(&self) -> ClientConfig {
        let (chain, key) = self.issue("client.test");
        let builder =
            ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        builder
            .unwrap()
            .with_root_certificates(self.roots())
            .with_client_auth_cert(chain, key)
            .unwrap()
    }

    /// Returns a transport that trusts this authority alone.
    pub fn transport(&self) -> HyperTransport {
        HyperTransport::builder().tls_config(self.client()).build().unwrap()
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
