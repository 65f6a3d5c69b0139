use std::{
    fmt,
    time::{Duration, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::{actor::actor_sub, refusal::Refusal};
use crate::state::Session;

/// The first instant that a date of HTTP cannot express, the year 10000, in milliseconds.
const END_OF_DATES: u64 = 253_402_300_800_000;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;\
    padding:0 1rem;overflow-wrap:anywhere}h1{font-size:1.5rem}dt{font-weight:bold}\
    pre{white-space:pre-wrap;margin:0}button{font:inherit;padding:.5rem 1rem}footer{margin-top:3rem;color:#666}";

/// A string that means the same in HTML: nothing in it is markup.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            other => write!(f, "{other}"),
        })
    }
}

/// Returns the page of a session: who is signed in as whom, until when, and a button that ends it.
pub(crate) fn session_page(session: &Session) -> Response<Bytes> {
    let Session { id, user_id, status, actor, .. } = session;
    let actor = actor.as_deref();
    let sub = actor.and_then(|actor| actor_sub(actor).ok());
    let is = if status.is_live() { "is" } else { "is no longer" };
    let user = Escaped(user_id);
    let title = match &sub {
        Some(sub) => format!("{} {is} signed in as {user}", Escaped(sub)),
        None => format!("{user} {is} signed in"),
    };
    let actor = Escaped(actor.unwrap_or("none: the user's own session"));
    let since = date(session.created_at);
    let end = if status.is_live() {
        format!(
            "<dt>Until</dt><dd>{}</dd></dl>\
             <form method=\"post\" action=\"/sessions/{id}/end\">\
             <button>End this session</button></form>",
            until(session),
        )
    } else {
        format!("<dt>Ended</dt><dd>{}</dd></dl>", date(session.updated_at))
    };
    let content = format!(
        "<dl><dt>User</dt><dd>{user}</dd><dt>Actor</dt><dd><pre>{actor}</pre></dd>\
         <dt>Session</dt><dd>{id}, {status}</dd><dt>Since</dt><dd>{since}</dd>{end}",
    );
    page(StatusCode::OK, &title, &content)
}

/// Returns the page that says why there is no session to show.
pub(crate) fn refusal_page(refusal: &Refusal) -> Response<Bytes> {
    let content = format!("<p>{}</p>", Escaped(refusal.long_message()));
    page(refusal.status(), "Not signed in", &content)
}

/// Returns a page. The title and the content are HTML.
fn page(status: StatusCode, title: &str, content: &str) -> Response<Bytes> {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><h1>{title}</h1>{content}\
         <footer>This is clerk-emulator, a stand-in for Clerk in tests. It is not Clerk, and nobody \
         is signed in anywhere else.</footer></body></html>"
    );
    let mut response = Response::new(Bytes::from(html));
    *response.status_mut() = status;
    *response.headers_mut() = headers();
    response
}

/// Returns headers that let a page load nothing, run nothing and stay in no cache.
fn headers() -> HeaderMap {
    [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ]
    .into_iter()
    .map(|(name, value)| (name, HeaderValue::from_static(value)))
    .collect()
}

/// Returns when a live session ends by itself.
fn until(session: &Session) -> String {
    let latest = date(session.expire_at);
    if session.abandon_at < session.expire_at {
        let idle = date(session.abandon_at);
        format!("{latest} at the latest, and {idle} if nothing happens before")
    } else {
        latest
    }
}

fn date(millis: i64) -> String {
    match u64::try_from(millis) {
        Ok(millis) if millis < END_OF_DATES => {
            httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(millis))
        }
        _ => "after the year 9999".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_escaped_string_is_markup() {
        let escaped = Escaped(r#"<b class="a" id='b'>&amp;</b>ü"#).to_string();
        assert_eq!(escaped, "&lt;b class=&quot;a&quot; id=&#39;b&#39;&gt;&amp;amp;&lt;/b&gt;ü");
    }

    #[test]
    fn every_time_has_a_date() {
        assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(date(253_402_300_799_999), "Fri, 31 Dec 9999 23:59:59 GMT");
        for millis in [253_402_300_800_000, i64::MAX, -1] {
            assert_eq!(date(millis), "after the year 9999");
        }
    }
}
