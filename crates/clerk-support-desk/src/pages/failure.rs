use axum::response::{IntoResponse, Response};
use maud::html;

use super::layout::{back, page};
use crate::failure::Failure;

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (title, advice) = self.words();
        tracing::warn!(failure = ?self, "{title}");
        let content = html! {
            p { (advice) }
            @if let Self::Start(error) | Self::End(error) = &self {
                dl {
                    dt { "What failed" } dd { (error) }
                    @if let Some(trace_id) = error.trace_id() {
                        dt { "Trace id, for Clerk's support" } dd { code { (trace_id) } }
                    }
                }
            }
            (back())
        };
        page(self.status(), title, &content)
    }
}
