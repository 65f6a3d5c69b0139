use axum::{http::StatusCode, response::Response};
use maud::html;

use super::layout::{back, end_button, page};
use crate::{desk::Started, impersonation::LINK_LIFETIME};

/// Returns the only page that has the link.
pub(crate) fn started_page(started: &Started) -> Response {
    let user_id = &started.impersonation.user_id;
    let content = html! {
        p {
            "This link signs you in as " strong { (user_id) } ". It is shown only here, works once, "
            "and expires in " (LINK_LIFETIME.as_secs() / 60) " minutes. Open it in a private "
            "window, and give it to nobody."
        }
        p { a.button href=(started.link.expose()) target="_blank" rel="noreferrer" {
            "Sign in as " (user_id)
        } }
        p { "When you are done, end it here or at the desk." }
        (end_button(&started.impersonation.id))
        (back())
    };
    page(StatusCode::OK, "Impersonation started", &content)
}
