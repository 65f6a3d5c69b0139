use clerk_core::ConfigError;
use rustls::ClientConfig;

/// Returns the TLS configuration that the crate's features select.
#[cfg(all(
    any(feature = "ring", feature = "aws-lc-rs"),
    any(feature = "webpki-roots", feature = "platform-verifier")
))]
pub(crate) fn default_config() -> Result<ClientConfig, ConfigError> {
    let invalid = |error: rustls::Error| {
        ConfigError::new("tls_config", "failed to create the default TLS configuration")
            .with_source(error)
    };
    // Passed explicitly: with both providers enabled, rustls cannot choose one and panics.
    #[cfg(feature = "ring")]
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    #[cfg(not(feature = "ring"))]
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());

    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(invalid)?;
    #[cfg(feature = "platform-verifier")]
    let builder = rustls_platform_verifier::BuilderVerifierExt::with_platform_verifier(builder)
        .map_err(invalid)?;
    #[cfg(not(feature = "platform-verifier"))]
    let builder = builder.with_root_certificates(rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    });
    Ok(builder.with_no_client_auth())
}

#[cfg(not(all(
    any(feature = "ring", feature = "aws-lc-rs"),
    any(feature = "webpki-roots", feature = "platform-verifier")
)))]
pub(crate) fn default_config() -> Result<ClientConfig, ConfigError> {
    let reason = "no default is compiled in; set one, or enable the features `ring` or \
        `aws-lc-rs`, and `webpki-roots` or `platform-verifier`";
    Err(ConfigError::new("tls_config", reason))
}

/// Sets the protocols that are offered by ALPN: HTTP/2, then HTTP/1.1.
pub(crate) fn offer_http2(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
