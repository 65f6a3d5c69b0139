use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{end_button, page, time};
use crate::{
    desk::Overview,
    impersonation::{Impersonation, State},
};

/// Returns the first page: who impersonates whom, why and until when, and a form that starts an
/// impersonation.
pub(crate) fn overview_page(engineer: &str, overview: &Overview) -> Response {
    let content = html! {
        form.start method="post" action="/" {
            input type="hidden" name="form_id" value=(overview.form_id);
            label { "User" input name="user_id" required placeholder="user_…" maxlength="200"; }
            label { "Reason" input name="reason" required maxlength="500"; }
            button { "Impersonate" }
            p { "You are " strong { (engineer) } ". All of this is recorded." }
        }
        @if overview.impersonations.is_empty() {
            p { "Nobody has been impersonated yet." }
        } @else {
            table {
                thead { tr {
                    th { "Engineer" } th { "User" } th { "Reason" } th { "Started" }
                    th { "State" } th {}
                } }
                tbody { @for row in &overview.impersonations { (line(row, overview.now)) } }
            }
        }
    };
    page(StatusCode::OK, "Support desk", &content)
}

fn line(impersonation: &Impersonation, now: Timestamp) -> Markup {
    let Impersonation { id, engineer, user_id, reason, started_at, until, .. } = impersonation;
    let state = impersonation.state(now);
    let may_be_live = matches!(state, State::Live | State::InDoubt);
    html! {
        tr.live[may_be_live] id=(id) {
            td { (engineer) }
            td { (user_id) }
            td { (reason) }
            td { (time(*started_at)) }
            td { @match state {
                State::InDoubt => { strong { "may be live until " (time(*until)) } }
                State::Live => { "live until " (time(*until)) }
                State::Refused => { "not started" }
                State::Ended(at) => { "ended " (time(at)) }
                State::Expired => { "over since " (time(*until)) }
            } }
            td { @if may_be_live { (end_button(id)) } }
        }
    }
}
