use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};

use super::{call::Call, parameter::parameter};
use crate::state::ClientToken;

/// The cookie that holds the token of a browser.
const COOKIE: &str = "__client=";

/// Returns the id of the client that sends a request to the frontend API, if it has signed in
/// before.
///
/// A browser sends its token in a cookie, and a native client in the header `Authorization`.
pub(crate) fn client_id(call: &Call<'_>) -> Option<String> {
    let token = if is_native(call) { authorization(call.headers) } else { cookie(call.headers) };
    let token: ClientToken = call.instance.signer.verify(token?)?;
    Some(token.id)
}

/// Adds the token by which the client names itself from now on.
pub(crate) fn add_client_token(
    mut response: Response<Bytes>,
    call: &Call<'_>,
    client_id: &str,
) -> Response<Bytes> {
    let token = ClientToken::new(client_id).sign(&call.instance.signer);
    let (name, value) = if is_native(call) {
        (header::AUTHORIZATION, token)
    } else {
        // Not sent with a POST from another site, so that no website can end a session.
        (header::SET_COOKIE, format!("{COOKIE}{token}; Path=/; HttpOnly; SameSite=Lax"))
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(name, value);
    }
    response
}

fn is_native(call: &Call<'_>) -> bool {
    let is_native = parameter(call.query.as_bytes(), "_is_native");
    is_native.is_some_and(|is_native| matches!(&*is_native, "1" | "true"))
}

/// Returns the token of a native client, which may or may not write `Bearer` before it.
fn authorization(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    Some(value.strip_prefix("Bearer ").unwrap_or(value))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let headers = headers.get_all(header::COOKIE).iter();
    let mut cookies = headers.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(';'));
    cookies.find_map(|cookie| cookie.trim().strip_prefix(COOKIE))
}
