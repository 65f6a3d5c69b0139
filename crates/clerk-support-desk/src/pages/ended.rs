use axum::{http::StatusCode, response::Response};
use clerk_actor_tokens::EndedToken;
use maud::html;

use super::layout::{back, end_button, page, time};
use crate::desk::Ended;

/// Returns the page that says what has ended.
pub(crate) fn ended_page(ended: &Ended) -> Response {
    let Ended { impersonation, outcome, may_start } = ended;
    let title = if *may_start { "Not certain to be over" } else { "Impersonation ended" };
    let content = html! {
        p { @match (outcome.token, outcome.sessions.len()) {
            (EndedToken::Revoked, _) => "Nobody had used the link, and nobody can use it any more.",
            (_, 0) => "Nobody was signed in by it.",
            (_, 1) => "One session has ended.",
            (_, sessions) => { (sessions) " sessions have ended." }
        } }
        @if *may_start {
            p {
                "Its link was lost before anybody saw it, but may exist until "
                (time(impersonation.link_until)) ". " strong { "End it again after that" }
                ", and it is certainly over."
            }
            (end_button(&impersonation.id))
        }
        @if !outcome.similar.is_empty() {
            p {
                (impersonation.engineer) " is also signed in as " (impersonation.user_id)
                " by another impersonation, which goes on."
            }
        }
        (back())
    };
    page(StatusCode::OK, title, &content)
}
