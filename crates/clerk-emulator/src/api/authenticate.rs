use http::{HeaderMap, header};

use super::refusal::Refusal;

/// Checks that the client sends this secret key.
pub(crate) fn authenticate(headers: &HeaderMap, secret_key: &str) -> Result<(), Refusal> {
    let authorization =
        headers.get(header::AUTHORIZATION).ok_or_else(Refusal::not_authenticated)?;
    let (scheme, key) = authorization
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or_else(Refusal::authorization_format_invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::authorization_format_invalid());
    }
    if key != secret_key {
        return Err(Refusal::secret_key_invalid());
    }
    Ok(())
}
