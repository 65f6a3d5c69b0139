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

/// Sets the protocols that are offered by ALPN: HTTP/2 if it is enabled, then HTTP/1.1.
pub(crate) fn offer_protocols(mut config: ClientConfig) -> ClientConfig {
    let protocols: &[&[u8]] =
        if cfg!(feature = "http2") { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    config
}

#[cfg(all(any(feature = "ring", feature = "aws-lc-rs"), feature = "webpki-roots"))]
#[cfg(test)]
mod tests {
    use super::{default_config, offer_protocols};

    #[test]
    fn http2_is_offered_only_if_it_is_enabled() {
        let mut config = default_config().unwrap();
        config.alpn_protocols = vec![b"h3".to_vec()];
        let offered = offer_protocols(config).alpn_protocols;
        let has_http2 = offered.iter().any(|protocol| protocol == b"h2");
        assert_eq!(has_http2, cfg!(feature = "http2"));
        assert_eq!(
            (offered.len(), &offered[offered.len() - 1][..]),
            (1 + usize::from(has_http2), &b"http/1.1"[..])
        );
    }
}
