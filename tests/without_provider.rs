//! A reqwest builder in a program that has not installed any cryptography for it.

use clerk_transport_reqwest::ReqwestTransport;

#[test]
fn a_missing_provider_is_an_error_and_not_a_panic() {
    let build = || reqwest::Client::builder().build();
    assert!(std::panic::catch_unwind(build).is_err(), "reqwest no longer panics");
    let error = ReqwestTransport::new(reqwest::Client::builder()).unwrap_err();
    assert_eq!(error.setting(), "reqwest::ClientBuilder");
    assert!(error.reason().contains("`CryptoProvider`"), "{error}");
}
