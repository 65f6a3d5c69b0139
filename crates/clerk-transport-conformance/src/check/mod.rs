//! A check for each requirement, in a file of its own.

mod bench;
mod body_is_bounded;
mod dropped_call_ends;
mod failing_responses;
mod head_is_kept;
mod kind_fits;
mod no_redirects;
mod nothing_is_shown;
mod observation;
mod one_request_per_call;
mod only_complete_responses;
mod progress_is_marked;
mod request;
mod request_is_unchanged;
mod response_is_unchanged;
mod sent_no_if_unwritten;
mod sent_no_only_if_certain;
mod status_is_not_an_error;
mod thread_is_not_blocked;

pub(crate) use bench::Bench;
use observation::Observation;

use crate::Requirement;

/// Checks whether a transport meets a requirement, and returns what was observed if it does not.
pub(crate) async fn check(requirement: Requirement, bench: &Bench) -> Result<(), String> {
    let result = match requirement {
        Requirement::OneRequestPerCall => one_request_per_call::check(bench).await,
        Requirement::StatusIsNotAnError => status_is_not_an_error::check(bench).await,
        Requirement::OnlyCompleteResponses => only_complete_responses::check(bench).await,
        Requirement::HeadIsKept => head_is_kept::check(bench).await,
        Requirement::NoRedirects => no_redirects::check(bench).await,
        Requirement::BodyIsBounded => body_is_bounded::check(bench).await,
        Requirement::RequestIsUnchanged => request_is_unchanged::check(bench).await,
        Requirement::ResponseIsUnchanged => response_is_unchanged::check(bench).await,
        Requirement::NothingIsShown => nothing_is_shown::check(bench).await,
        Requirement::SentNoOnlyIfCertain => sent_no_only_if_certain::check(bench).await,
        Requirement::SentNoIfUnwritten => sent_no_if_unwritten::check(bench).await,
        Requirement::KindFits => kind_fits::check(bench).await,
        Requirement::ThreadIsNotBlocked => thread_is_not_blocked::check(bench).await,
        Requirement::DroppedCallEnds => dropped_call_ends::check(bench).await,
        Requirement::ProgressIsMarked => progress_is_marked::check(bench).await,
    };
    result.map_err(Observation::into_string)
}
