use std::fs;

use crate::BoxError;

/// The user who is impersonated.
pub const USER_ID: &str = "user_29w83sxmDNGwOuEthce5gg56FcC";

/// The `sub` of the actor who impersonates the user.
pub const ACTOR_SUB: &str = "user_29w9AhRlmGgdjI1UMZFmoJqGxrZ";

/// The lifetime of the actor token in seconds.
pub const EXPIRES_IN: u32 = 600;

/// The secret key that authenticates every call.
pub const SECRET_KEY: &str = "sk_test_29w9CxhOvPQ4ZP6DSEWtPPZTfb1abcdefghijklmno";

/// The headers of every request, apart from `Host` and `Content-Length`: drivers whose headers can
/// be chosen send the same bytes.
pub const HEADERS: [(&str, &str); 6] = [
    ("authorization", "Bearer sk_test_29w9CxhOvPQ4ZP6DSEWtPPZTfb1abcdefghijklmno"),
    ("accept", "application/json"),
    ("clerk-api-version", "2026-05-12"),
    ("user-agent", "clerk-actor-tokens/0.1.0"),
    ("x-clerk-sdk", "rust/0.1.0"),
    ("content-type", "application/json"),
];

/// The server that the drivers call.
#[derive(Clone, Debug)]
pub struct Target {
    /// The base URL, version segment included: `http://127.0.0.1:1234/v1`.
    pub base_url: String,
    /// A certificate to trust in addition to the bundled roots, in DER.
    pub certificate: Option<Vec<u8>>,
}

impl Target {
    /// Parses command-line arguments: the base URL, and optionally the path of the certificate.
    pub fn from_args(args: &[String]) -> Result<Self, BoxError> {
        let (base_url, rest) = args.split_first().ok_or("the base URL is missing")?;
        let certificate = rest.first().map(fs::read).transpose()?;
        Ok(Self { base_url: base_url.to_owned(), certificate })
    }
}
