use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Headers that let a page load nothing and run nothing, and keep its link from caches and other
/// websites.
const HEADERS: [(header::HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Returns a page.
pub(super) fn page(status: StatusCode, title: &str, content: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) " · Support desk" }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                h1 { (title) }
                (content)
            }
        }
    };
    (status, HEADERS, Html(page.into_string())).into_response()
}

/// Returns the way back, for every page but the first.
pub(super) fn back() -> Markup {
    html! { p { a href="/" { "Back to the desk" } } }
}

/// Returns a button that ends an impersonation.
pub(super) fn end_button(id: &str) -> Markup {
    html! {
        form method="post" action={ "/impersonations/" (id) "/end" } { button.end { "End" } }
    }
}

/// Returns a time for people.
pub(super) fn time(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at.strftime("%Y-%m-%d %H:%M:%S UTC")) } }
}
