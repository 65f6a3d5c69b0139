use bytes::Bytes;
use http::{HeaderMap, header};

/// The largest request body that is accepted, in bytes.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;

/// The body of a request, read to its end.
#[derive(Debug)]
pub(crate) enum RequestBody {
    Complete(Bytes),
    /// More than [`BODY_LIMIT`] bytes, which were thrown away.
    TooLarge,
}

/// Returns `true` if the headers announce JSON, with or without a charset: some clients add one.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charset_is_ignored() {
        for (content_type, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
            assert_eq!(is_json(&headers), json, "{content_type}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
