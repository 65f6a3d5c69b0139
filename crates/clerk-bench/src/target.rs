//! Where the drivers send to, and the input that all of them are given.

use std::path::Path;

use crate::Failure;

/// Who is impersonated.
pub const USER_ID: &str = "user_29w83sxmDNGwOuEthce5gg56FcC";
/// Who impersonates.
pub const ACTOR: &str = "user_29w9AhRlmGgdjI1UMZFmoJqGxrZ";
/// For how many seconds.
pub const EXPIRES_IN: u32 = 600;
/// With which key.
pub const SECRET_KEY: &str = "sk_test_29w9CxhOvPQ4ZP6DSEWtPPZTfb1abcdefghijklmno";

/// What all of them send but `Host` and `Content-Length`: the same bytes from everybody who can be
/// told to.
pub const HEADERS: [(&str, &str); 6] = [
    ("authorization", "Bearer sk_test_29w9CxhOvPQ4ZP6DSEWtPPZTfb1abcdefghijklmno"),
    ("accept", "application/json"),
    ("clerk-api-version", "2026-05-12"),
    ("user-agent", "clerk-actor-tokens/0.1.0"),
    ("x-clerk-sdk", "rust/0.1.0"),
    ("content-type", "application/json"),
];

/// Names the server, and the certificate with which it speaks TLS.
#[derive(Clone, Debug)]
pub struct Target {
    /// With the version segment: `http://127.0.0.1:1234/v1`.
    pub base_url: String,
    /// The certificate to trust beside the usual ones, as DER.
    pub certificate: Option<Vec<u8>>,
}

impl Target {
    /// Takes a base URL, and the file that holds the certificate if it is https.
    pub fn new(base_url: &str, certificate: Option<&Path>) -> Result<Self, Failure> {
        let certificate = certificate.map(std::fs::read).transpose()?;
        Ok(Self { base_url: base_url.to_owned(), certificate })
    }
}
