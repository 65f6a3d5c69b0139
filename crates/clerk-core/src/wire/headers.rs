use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
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

/// Headers that carry the key, frame the message, or ask for a response in a form that is not read
/// here.
const RESERVED: [HeaderName; 9] = [
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

/// The headers that all requests share, built once.
///
/// Those of a body are among them, and an empty `Host` that no request has, so that the copy for a
/// request never has to grow: over HTTP/1.1, a transport adds a `Host`.
pub(crate) struct Headers(HeaderMap);

impl Headers {
    pub(crate) fn new(key: &SecretKey) -> Self {
        const SDK_VALUE: &str = concat!("rust/", env!("CARGO_PKG_VERSION"));
        const USER_AGENT_VALUE: &str = concat!("clerk-actor-tokens/", env!("CARGO_PKG_VERSION"));
        let json = HeaderValue::from_static("application/json");
        Self(HeaderMap::from_iter([
            (AUTHORIZATION, bearer(key)),
            (ACCEPT, json.clone()),
            (API_VERSION, HeaderValue::from_static("2026-05-12")),
            (USER_AGENT, HeaderValue::from_static(USER_AGENT_VALUE)),
            (SDK, HeaderValue::from_static(SDK_VALUE)),
            (CONTENT_TYPE, json),
            (CONTENT_LENGTH, HeaderValue::from_static("0")),
            (HOST, HeaderValue::from_static("")),
        ]))
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
        let reject = |reason: &'static str| ConfigError::new(setting, reason);
        if value.trim().is_empty() {
            return Err(reject("must not be empty"));
        }
        let value = HeaderValue::from_str(value).map_err(|_| reject("not a valid header value"))?;
        self.0.insert(name, value);
        Ok(())
    }

    /// Returns the headers of a request with this method and body.
    pub(super) fn of_request(&self, method: &Method, body: Option<&str>) -> HeaderMap {
        let mut headers = self.0.clone();
        headers.remove(HOST);
        if let Some(body) = body {
            headers.insert(CONTENT_LENGTH, decimal(body.len()));
        } else {
            headers.remove(CONTENT_TYPE);
            if method == Method::GET {
                headers.remove(CONTENT_LENGTH);
            }
        }
        headers
    }
}

/// Writes a number as a header value, in one block of memory: `HeaderValue::from` would leave room
/// for the largest number, which takes a second one.
fn decimal(number: usize) -> HeaderValue {
    #[expect(clippy::expect_used, reason = "digits are visible ASCII, which a header may hold")]
    HeaderValue::try_from(number.to_string()).expect("digits")
}

fn bearer(key: &SecretKey) -> HeaderValue {
    #[expect(
        clippy::expect_used,
        reason = "a secret key is visible ASCII, which a header may hold"
    )]
    let mut value =
        HeaderValue::try_from(format!("Bearer {}", key.expose())).expect("visible ASCII");
    value.set_sensitive(true);
    value
}

/// Checks a header that a caller adds.
pub(crate) fn custom_header(
    name: impl TryInto<HeaderName>,
    value: impl TryInto<HeaderValue>,
) -> Result<(HeaderName, HeaderValue), InvalidInput> {
    let reject = |reason: String| InvalidInput::new("header", reason);
    let name = name.try_into().map_err(|_| reject("invalid header name".to_owned()))?;
    if RESERVED.contains(&name) {
        return Err(reject(format!("`{name}` is reserved and cannot be set")));
    }
    let value = value.try_into().map_err(|_| {
        reject(format!("invalid value for `{name}`; control characters are not allowed"))
    })?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::{Headers, RESERVED, custom_header};
    use crate::domain::SecretKey;

    fn headers() -> Headers {
        Headers::new(&SecretKey::new("sk_test_canary").unwrap())
    }

    fn get<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
        headers[name].to_str().unwrap()
    }

    #[test]
    fn every_header_is_set() {
        let headers = headers().of_request(&Method::POST, Some(&"x".repeat(17)));
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
            assert_eq!(get(&headers, name), value);
        }
        assert_eq!(headers.len(), 7);
    }

    #[test]
    fn without_a_body_the_length_is_zero_and_there_is_no_type() {
        let headers = headers().of_request(&Method::POST, None);
        assert_eq!(
            (get(&headers, "content-length"), headers.get("content-type"), headers.len()),
            ("0", None, 6)
        );
    }

    #[test]
    fn a_get_has_no_length() {
        let headers = headers().of_request(&Method::GET, None);
        assert!(!headers.contains_key("content-length") && !headers.contains_key("content-type"));
    }

    #[test]
    fn the_key_is_marked_sensitive() {
        let headers = headers().of_request(&Method::POST, None);
        assert!(headers["authorization"].is_sensitive());
        assert!(!format!("{headers:?}").contains("canary"));
    }

    #[test]
    fn reserved_headers_cannot_be_set() {
        for name in RESERVED {
            assert!(
                custom_header(name.clone(), "x").unwrap_err().to_string().contains(name.as_str())
            );
        }
        assert!(custom_header("Authorization", "x").is_err());
        assert!(custom_header("x-request-id", "1").is_ok());
    }

    #[test]
    fn invalid_headers_are_rejected_without_being_quoted() {
        for (name, value) in
            [("x y", "canary"), ("", "canary"), ("x", "canary\n"), ("x", "canary\0")]
        {
            let error = custom_header(name, value).unwrap_err().to_string();
            assert!(error.starts_with("invalid header: ") && !error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn settings_change_every_request_and_are_checked() {
        let mut headers = headers();
        headers.set_api_version("2025-11-10").unwrap();
        headers.set_user_agent("support-desk/1").unwrap();
        for headers in
            [headers.of_request(&Method::POST, Some("")), headers.of_request(&Method::POST, None)]
        {
            assert_eq!(
                (get(&headers, "clerk-api-version"), get(&headers, "user-agent")),
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
