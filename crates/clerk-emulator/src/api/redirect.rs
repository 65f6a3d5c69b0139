use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

/// The emulator's own page for signing in. The path has no host, so that the browser stays with the
/// one that it has used.
const SIGN_IN_PAGE: &str = "/sign-in";

/// Redirects to a sign-in page with this ticket, by default to the emulator's own.
pub(crate) fn redirect_to_sign_in(sign_in_url: Option<&str>, ticket: &str) -> Response<Bytes> {
    redirect(StatusCode::FOUND, &with_ticket(sign_in_url.unwrap_or(SIGN_IN_PAGE), ticket))
}

/// Redirects to the page of a session. A browser goes there with GET, whatever it has sent before.
pub(crate) fn see_session(id: &str) -> Response<Bytes> {
    redirect(StatusCode::SEE_OTHER, &format!("/sessions/{id}"))
}

/// Adds a ticket to the query of a URL. Tickets need no escaping.
fn with_ticket(url: &str, ticket: &str) -> String {
    let (url, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}__clerk_ticket={ticket}{fragment}")
}

fn redirect(status: StatusCode, location: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    // Never fails: the builder checks the sign-in URL, and ids and tickets are base64 or base62.
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_added_to_the_query() {
        for (url, expected) in [
            ("/sign-in", "/sign-in?__clerk_ticket=a.b.c"),
            ("http://localhost:3000/?a=b", "http://localhost:3000/?a=b&__clerk_ticket=a.b.c"),
            ("http://localhost:3000#/top", "http://localhost:3000?__clerk_ticket=a.b.c#/top"),
        ] {
            assert_eq!(with_ticket(url, "a.b.c"), expected);
        }
    }
}
