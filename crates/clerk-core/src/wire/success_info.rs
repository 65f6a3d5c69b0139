use http::StatusCode;

use super::{ResponseReader, redact::Redactor};
use crate::{domain::ActorTokenId, port::HttpResponse};

/// What may be shown of a success: nothing that echoes a secret.
pub(crate) struct SuccessInfo {
    pub(crate) status: StatusCode,
    pub(crate) trace_id: Option<String>,
    redactor: Redactor,
}

impl SuccessInfo {
    /// Looks at a response before it is read.
    pub(crate) fn of(response: &HttpResponse, reader: ResponseReader<'_>) -> Self {
        let (status, headers) = (response.status(), response.headers());
        let redactor = reader.redactor(&String::from_utf8_lossy(response.body().as_ref()));
        let trace_id = reader.response_info(status, headers, None, &redactor).trace_id;
        Self { status, trace_id, redactor }
    }

    /// Returns `true` if the id from the response echoes no secret.
    pub(crate) fn may_show(&self, id: &ActorTokenId) -> bool {
        !self.redactor.finds_secret(id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{HttpResponse, ResponseReader, SuccessInfo};
    use crate::{domain::SecretKey, port::Body};

    fn info(headers: &[(&'static str, &'static str)]) -> SuccessInfo {
        let body = Body::from(r#"{"token":"canary-token","id":"canary-token"}"#);
        let mut response = HttpResponse::new(body);
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        let key = SecretKey::new("sk_canary").unwrap();
        SuccessInfo::of(&response, ResponseReader { key: &key, timer: None })
    }

    #[test]
    fn the_trace_id_comes_from_a_header() {
        assert_eq!(info(&[]).trace_id, None);
        assert_eq!(info(&[("cf-ray", "ray")]).trace_id.as_deref(), Some("ray"));
        let both = [("cf-ray", "ray"), ("clerk-trace-id", "abc")];
        assert_eq!(info(&both).trace_id.as_deref(), Some("abc"));
    }

    #[test]
    fn a_trace_id_that_echoes_a_secret_is_redacted() {
        for secret in ["canary-token", "sk_canary"] {
            let info = info(&[("clerk-trace-id", secret)]);
            assert_eq!(info.trace_id.as_deref(), Some("[redacted]"), "{secret}");
        }
    }

    #[test]
    fn an_id_that_echoes_a_secret_must_not_be_shown() {
        for (id, may_show) in [("act_1", true), ("canary-token", false), ("sk_canary", false)] {
            assert_eq!(info(&[]).may_show(&id.parse().unwrap()), may_show, "{id}");
        }
    }
}
