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

/// Returns `true` if the headers announce JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    has_media_type(headers, "application/json")
}

/// Returns `true` if the headers announce a form, as HTML sends it.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    has_media_type(headers, "application/x-www-form-urlencoded")
}

/// Compares the media type, with or without a charset: some clients add one.
fn has_media_type(headers: &HeaderMap, expected: &str) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charset_is_ignored() {
        for (content_type, json, form) in [
            ("application/json", true, false),
            ("Application/JSON; charset=utf-8", true, false),
            ("application/x-www-form-urlencoded;charset=UTF-8", false, true),
            ("text/plain", false, false),
            ("", false, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
            assert_eq!(is_json(&headers), json, "{content_type}");
            assert_eq!(is_form(&headers), form, "{content_type}");
        }
        assert!(!is_json(&HeaderMap::new()) && !is_form(&HeaderMap::new()));
    }
}
