use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT,
        HOST, TE, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
    },
};

use crate::{
    domain::{InvalidInput, SecretKey},
    error::ConfigError,
};

const API_VERSION: HeaderName = HeaderName::from_static("clerk-api-version");
const SDK: HeaderName = HeaderName::from_static("x-clerk-sdk");

/// Headers that carry the key, frame the message, or ask for an answer in a form that is not read
/// here.
const OURS: [HeaderName; 9] = [
    AUTHORIZATION,
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    EXPECT,
    TE,
    UPGRADE,
    ACCEPT_ENCODING,
];

/// Holds what both operations send, prepared once for all calls.
pub(crate) struct Headers {
    /// With room for `Content-Length`, so that a copy does not grow.
    create: HeaderMap,
    revoke: HeaderMap,
}

impl Headers {
    pub(crate) fn new(key: &SecretKey) -> Self {
        let mut revoke = HeaderMap::new();
        revoke.insert(AUTHORIZATION, bearer(key));
        revoke.insert(ACCEPT, HeaderValue::from_static("application/json"));
        revoke.insert(API_VERSION, HeaderValue::from_static("2026-05-12"));
        revoke.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("clerk-actor-tokens/", env!("CARGO_PKG_VERSION"))),
        );
        revoke.insert(SDK, HeaderValue::from_static(concat!("rust/", env!("CARGO_PKG_VERSION"))));
        revoke.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        let mut create = revoke.clone();
        create.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { create, revoke }
    }

    pub(crate) fn set_api_version(&mut self, version: &str) -> Result<(), ConfigError> {
        self.set("api_version_header", API_VERSION, version)
    }

    pub(crate) fn set_user_agent(&mut self, user_agent: &str) -> Result<(), ConfigError> {
        self.set("user_agent", USER_AGENT, user_agent)
    }

    fn set(
        &mut self,
        setting: &'static str,
        name: HeaderName,
        value: &str,
    ) -> Result<(), ConfigError> {
        let refuse = |reason: &'static str| ConfigError::new(setting, reason);
        if value.trim().is_empty() {
            return Err(refuse("it is empty"));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| refuse("it cannot be the value of a header"))?;
        self.create.insert(name.clone(), value.clone());
        self.revoke.insert(name, value);
        Ok(())
    }

    pub(crate) fn for_create(&self, content_length: usize) -> HeaderMap {
        let mut headers = self.create.clone();
        headers.insert(CONTENT_LENGTH, decimal(content_length));
        headers
    }

    pub(crate) fn for_revoke(&self) -> HeaderMap {
        self.revoke.clone()
    }
}

/// `HeaderValue::from` would leave room for the largest number, and that takes a second block of
/// memory.
fn decimal(number: usize) -> HeaderValue {
    #[expect(
        clippy::expect_used,
        reason = "digits are visible ASCII, all of which a header may hold"
    )]
    HeaderValue::try_from(number.to_string()).expect("digits")
}

fn bearer(key: &SecretKey) -> HeaderValue {
    #[expect(
        clippy::expect_used,
        reason = "a secret key is visible ASCII, all of which a header may hold"
    )]
    let mut value =
        HeaderValue::try_from(format!("Bearer {}", key.expose())).expect("visible ASCII");
    value.set_sensitive(true);
    value
}

/// Checks a header of the caller's own.
pub(crate) fn extra(
    name: impl TryInto<HeaderName>,
    value: impl TryInto<HeaderValue>,
) -> Result<(HeaderName, HeaderValue), InvalidInput> {
    let name = name
        .try_into()
        .map_err(|_| InvalidInput::new("header", "its name is not that of a header"))?;
    if OURS.contains(&name) {
        return Err(InvalidInput::new("header", format!("`{name}` is set by this client alone")));
    }
    let value = value.try_into().map_err(|_| {
        InvalidInput::new(
            "header",
            format!("the value of `{name}` cannot be sent: control characters are not allowed"),
        )
    })?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::{Headers, OURS, extra};
    use crate::domain::SecretKey;

    fn headers() -> Headers {
        Headers::new(&SecretKey::new("sk_test_canary").unwrap())
    }

    fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
        headers[name].to_str().unwrap()
    }

    #[test]
    fn every_header_that_clerk_knows_is_set() {
        let create = headers().for_create(17);
        let version = env!("CARGO_PKG_VERSION");
        for (name, value) in [
            ("authorization", "Bearer sk_test_canary".to_owned()),
            ("accept", "application/json".to_owned()),
            ("clerk-api-version", "2026-05-12".to_owned()),
            ("user-agent", format!("clerk-actor-tokens/{version}")),
            ("x-clerk-sdk", format!("rust/{version}")),
            ("content-type", "application/json".to_owned()),
            ("content-length", "17".to_owned()),
        ] {
            assert_eq!(text(&create, name), value);
        }
        assert_eq!(create.len(), 7);
    }

    #[test]
    fn revoke_has_no_body_and_says_so() {
        let revoke = headers().for_revoke();
        assert_eq!(
            (text(&revoke, "content-length"), revoke.get("content-type"), revoke.len()),
            ("0", None, 6)
        );
    }

    #[test]
    fn the_key_is_marked_sensitive() {
        let revoke = headers().for_revoke();
        assert!(revoke["authorization"].is_sensitive());
        assert!(!format!("{revoke:?}").contains("canary"));
    }

    #[test]
    fn a_header_that_is_ours_cannot_be_set() {
        for name in OURS {
            assert!(extra(name.clone(), "x").unwrap_err().to_string().contains(name.as_str()));
        }
        assert!(extra("Authorization", "x").is_err());
        assert!(extra("x-request-id", "1").is_ok());
    }

    #[test]
    fn a_header_that_cannot_be_one_is_refused_without_its_value() {
        for (name, value) in
            [("x y", "canary"), ("", "canary"), ("x", "canary\n"), ("x", "canary\0")]
        {
            let refusal = extra(name, value).unwrap_err().to_string();
            assert!(
                refusal.starts_with("invalid header: ") && !refusal.contains("canary"),
                "{refusal}"
            );
        }
    }

    #[test]
    fn settings_change_both_operations_and_are_checked() {
        let mut headers = headers();
        headers.set_api_version("2025-11-10").unwrap();
        headers.set_user_agent("support-desk/1").unwrap();
        for headers in [headers.for_create(0), headers.for_revoke()] {
            assert_eq!(
                (text(&headers, "clerk-api-version"), text(&headers, "user-agent")),
                ("2025-11-10", "support-desk/1")
            );
        }
        for value in ["", " ", "a\nb"] {
            assert!(
                headers.set_user_agent(value).is_err() && headers.set_api_version(value).is_err()
            );
        }
    }
}
