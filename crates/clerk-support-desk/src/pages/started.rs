use axum::{http::StatusCode, response::Response};
use clerk_actor_tokens::Secret;
use maud::html;

use super::layout::{back, end_button, page};
use crate::impersonation::{Impersonation, LINK_LIFETIME};

/// Returns the only page that has the link.
pub(crate) fn started_page(impersonation: &Impersonation, link: &Secret) -> Response {
    let Impersonation { id, user_id, .. } = impersonation;
    let content = html! {
        p {
            "This link signs you in as " strong { (user_id) } ". It is shown only here, works once, "
            "and expires in " (LINK_LIFETIME.as_secs() / 60) " minutes. Open it in a private "
            "window, and give it to nobody."
        }
        p { a.button href=(link.expose()) target="_blank" rel="noreferrer" {
            "Sign in as " (user_id)
        } }
        p { "When you are done, end it here or at the desk." }
        (end_button(id))
        (back())
    };
    page(StatusCode::OK, "Impersonation started", &content)
}
