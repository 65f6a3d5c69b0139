use super::{clerk_error::ClerkError, json_object::JsonObject, refusal::Refusal};
use crate::state::LIFETIME_IN_SECONDS;

const NAME: &str = "expires_in_seconds";

/// Parses and checks the body of a request for a session token, and returns its lifetime.
pub(crate) fn read_session_token_form(body: &[u8]) -> Result<i64, Refusal> {
    if body.is_empty() {
        return Ok(LIFETIME_IN_SECONDS);
    }
    let form: JsonObject = serde_json::from_slice(body).map_err(|_| Refusal::body_invalid())?;
    // Clients may send `null` for what they do not set.
    let Some(value) = form.get(NAME).filter(|value| value.get() != "null") else {
        return Ok(LIFETIME_IN_SECONDS);
    };
    serde_json::from_str(value.get())
        .ok()
        .filter(|seconds| (30..=315_360_000).contains(seconds))
        .ok_or_else(|| Refusal::unprocessable(vec![ClerkError::param_value_invalid(NAME)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_a_minute() {
        for body in ["", "{}", r#"{"expires_in_seconds":null}"#, r#"{"template":"x"}"#] {
            assert_eq!(read_session_token_form(body.as_bytes()).unwrap(), 60, "{body}");
        }
    }

    #[test]
    fn thirty_seconds_to_ten_years_are_accepted() {
        for (seconds, accepted) in [
            ("29", false),
            ("30", true),
            ("315360000", true),
            ("315360001", false),
            ("60.0", false),
            (r#""60""#, false),
        ] {
            let body = format!(r#"{{"expires_in_seconds":{seconds}}}"#);
            assert_eq!(read_session_token_form(body.as_bytes()).is_ok(), accepted, "{body}");
        }
    }

    #[test]
    fn a_body_that_is_not_a_json_object_is_refused() {
        for body in ["[]", "{", "expires_in_seconds=60"] {
            assert!(read_session_token_form(body.as_bytes()).is_err(), "{body}");
        }
    }
}
