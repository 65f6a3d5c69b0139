use http::{HeaderMap, StatusCode, response};

use super::{Operation, clerk_errors::ClerkErrors, redact::Redactor};
use crate::{
    domain::{ActorTokenId, Claims, SecretKey},
    error::{
        ClerkError, Failure, Mismatch, Reason, Refusal, ResponseInfo, Stage, Timeout, Unexpected,
    },
    port::{Body, HttpResponse, Timer, TransportError, TransportErrorKind},
    retry::retry_after,
};

/// Reads responses, and failures of the transport, without keeping secrets.
#[derive(Clone, Copy)]
pub(crate) struct ResponseReader<'a> {
    /// Redacted from whatever is kept.
    pub(crate) key: &'a SecretKey,
    /// The clock from which a `Retry-After` date is counted.
    pub(crate) timer: Option<&'a dyn Timer>,
}

impl ResponseReader<'_> {
    /// Reads the response to an operation.
    #[expect(clippy::result_large_err, reason = "what it returns on success is larger still")]
    pub(crate) fn read<O: Operation>(
        self,
        operation: &O,
        response: HttpResponse,
    ) -> Result<O::Output, Failure> {
        let (head, body) = response.into_parts();
        if !head.status.is_success() {
            return Err(self.refusal(&head, &body));
        }
        let output = match head.status {
            StatusCode::NO_CONTENT => Err(Reason::NoContent.into()),
            _ => operation.read(without_byte_order_mark(&body)),
        };
        output.map_err(|mismatch| self.unexpected_success(mismatch, &head, &body))
    }

    /// Describes an attempt for which the transport received no complete response.
    pub(crate) fn transport_failure(self, error: TransportError) -> Failure {
        let redactor = self.redactor("");
        let response = match (error.status(), error.headers()) {
            (Some(status), Some(headers)) => self.response_info(status, headers, None, &redactor),
            _ => ResponseInfo::default(),
        };
        let stage = if error.kind() == TransportErrorKind::Timeout {
            Stage::Timeout(Timeout::Transport(error))
        } else {
            Stage::Transport(error)
        };
        Failure { stage, response }
    }

    /// Describes a success that is not what was asked for. Its body may be a credential, so
    /// nothing of it is kept.
    fn unexpected_success(
        self,
        mismatch: Mismatch,
        head: &response::Parts,
        body: &Body,
    ) -> Failure {
        let Mismatch { reason, actor_token_id, trace_id } = mismatch;
        let redactor = self.redactor(&String::from_utf8_lossy(body.as_ref()));
        // Errors show the id, so one that echoes a secret is dropped.
        let is_safe = |id: &ActorTokenId| !redactor.finds_secret(id.as_str());
        let response = self.response_info(head.status, &head.headers, trace_id, &redactor);
        let (status, body_length, body) = (head.status, body.as_ref().len(), String::new());
        Failure {
            stage: Stage::Unexpected(Unexpected { status, reason, body_length, body }),
            response: ResponseInfo { actor_token_id: actor_token_id.filter(is_safe), ..response },
        }
    }

    /// Returns `true` if an id from the caller is not the secret key by mistake.
    pub(crate) fn may_show(self, id: &ActorTokenId) -> bool {
        !self.redactor("").finds_secret(id.as_str())
    }

    fn refusal(self, head: &response::Parts, body: &Body) -> Failure {
        let (status, body_length) = (head.status, body.as_ref().len());
        let body = String::from_utf8_lossy(without_byte_order_mark(body));
        let redactor = self.redactor(&body);
        let ClerkErrors { errors, meta, clerk_trace_id, is_complete } = ClerkErrors::parse(&body);
        let errors = errors.into_iter().map(|error| redact_error(error, &redactor)).collect();
        let meta = redact_claims(&meta, &redactor);
        let body = redactor.redact_start(&body);
        let stage = if is_complete {
            Stage::Refused(Refusal { status, errors, meta: Box::new(meta), body })
        } else {
            let reason = Reason::NotClerkErrors;
            Stage::Unexpected(Unexpected { status, reason, body_length, body })
        };
        let response = self.response_info(status, &head.headers, clerk_trace_id, &redactor);
        Failure { stage, response }
    }

    pub(super) fn redactor(self, body: &str) -> Redactor {
        Redactor::new(self.key.expose(), body)
    }

    pub(super) fn response_info(
        self,
        status: StatusCode,
        headers: &HeaderMap,
        trace_id: Option<String>,
        redactor: &Redactor,
    ) -> ResponseInfo {
        let header =
            |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let trace_id = trace_id
            .into_iter()
            .chain(["clerk-trace-id", "cf-ray"].into_iter().filter_map(header))
            .find(|trace_id| !trace_id.is_empty())
            .map(|trace_id| redactor.redact_start(&trace_id));
        let retry_after = retry_after(headers, self.timer.map(Timer::wall_clock));
        ResponseInfo { status: Some(status), trace_id, retry_after, actor_token_id: None }
    }
}

/// Returns the body without the byte order mark that some servers put before JSON.
fn without_byte_order_mark(body: &Body) -> &[u8] {
    body.as_ref().strip_prefix(b"\xef\xbb\xbf").unwrap_or(body.as_ref())
}

/// Redacts an error, and keeps at most the beginning of each string.
fn redact_error(error: ClerkError, redactor: &Redactor) -> ClerkError {
    ClerkError {
        code: redactor.redact_start(&error.code),
        message: redactor.redact_start(&error.message),
        long_message: error.long_message.map(|message| redactor.redact_start(&message)),
        meta: redact_claims(&error.meta, redactor),
    }
}

/// Redacts claims, which are still a JSON object afterwards.
fn redact_claims(claims: &Claims, redactor: &Redactor) -> Claims {
    Claims::from_json(&redactor.redact(claims.as_json())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        domain::{Actor, ActorToken, CreateActorToken, UserId},
        error::Error,
        wire::CreateToken,
    };

    const TOKEN: &str = r#"{"object":"actor_token","id":"act_1","status":"pending","user_id":"user_1","token":"canary","created_at":1,"updated_at":1}"#;

    fn key() -> SecretKey {
        SecretKey::new("sk_canary").unwrap()
    }

    fn response(
        status: u16,
        headers: &[(&'static str, &str)],
        body: impl Into<Body>,
    ) -> HttpResponse {
        let builder = http::Response::builder().status(status);
        headers
            .iter()
            .fold(builder, |builder, (name, value)| builder.header(*name, *value))
            .body(body.into())
            .unwrap()
    }

    fn into_error(failure: Failure) -> Error {
        failure.into_error(1, false, "api.clerk.com:443")
    }

    fn created(response: HttpResponse) -> Result<ActorToken, Error> {
        let actor = Actor::new("user_support").unwrap();
        let create =
            CreateToken::new(CreateActorToken::new(UserId::new("user_1").unwrap(), actor)).unwrap();
        ResponseReader { key: &key(), timer: None }.read(&create, response).map_err(into_error)
    }

    #[test]
    fn every_2xx_with_a_token_is_a_success_except_204() {
        for status in [200, 201, 202] {
            assert_eq!(created(response(status, &[], TOKEN)).unwrap().id.as_str(), "act_1");
        }
        let Err(Error::Unexpected(error)) = created(response(204, &[], TOKEN)) else {
            panic!("204 is not a success")
        };
        assert_eq!(error.status().as_u16(), 204);
        assert!(error.to_string().contains("no content"), "{error}");
    }

    #[test]
    fn a_mismatch_keeps_status_trace_id_and_id_but_nothing_of_its_body() {
        let body = r#"{"object":"user","id":"act_9","token":"canary","clerk_trace_id":"abc"}"#;
        let error = created(response(200, &[("cf-ray", "no")], body)).unwrap_err();
        assert_eq!(error.status().unwrap(), 200);
        assert_eq!(
            (error.trace_id(), error.actor_token_id().unwrap().as_str()),
            (Some("abc"), "act_9")
        );
        let Error::Unexpected(unexpected) = &error else { panic!("{error:?}") };
        assert_eq!((unexpected.body(), unexpected.body_length()), ("", body.len()));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn ids_that_echo_the_key_are_dropped() {
        let error =
            created(response(200, &[], r#"{"id":"act_sk_canary","clerk_trace_id":"sk_canary"}"#))
                .unwrap_err();
        assert_eq!((error.actor_token_id(), error.trace_id()), (None, Some("[redacted]")));
        // An id may contain the beginning of a JWT by chance. It is the only handle on a token that
        // may be live.
        let error = created(response(200, &[], r#"{"id":"act_2abeyJ9xkz"}"#)).unwrap_err();
        assert_eq!(error.actor_token_id().unwrap().as_str(), "act_2abeyJ9xkz");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn clerk_errors_are_read_whatever_the_content_type() {
        for content_type in ["application/json", "application/json; charset=utf-8", "text/html"] {
            let response = response(
                422,
                &[("content-type", content_type)],
                r#"{"errors":[{"code":"c","message":"m"}]}"#,
            );
            let Err(Error::Api(api)) = created(response) else { panic!("not an api error") };
            assert_eq!((api.status().as_u16(), api.errors()[0].code()), (422, "c"));
        }
    }

    #[test]
    fn other_refusals_are_unexpected_and_keep_their_body() {
        let Err(Error::Unexpected(error)) = created(response(502, &[], "<html>sk_canary</html>"))
        else {
            panic!()
        };
        assert_eq!((error.status().as_u16(), error.body()), (502, "<html>[redacted]</html>"));
    }

    #[test]
    fn ids_that_echo_a_secret_of_the_body_are_dropped() {
        for body in [
            r#"{"id":"canary-1","token":"canary-1","clerk_trace_id":"canary-1"}"#,
            r#"{"id":"act_canary-1","user":{"url":"canary-1"},"clerk_trace_id":"req canary-1"}"#,
            r#"{"id":"sk_live_canary","clerk_trace_id":"sk_live_canary"}"#,
            r#"{"id":"k_canary","clerk_trace_id":"k_canary"}"#,
        ] {
            let error = created(response(200, &[], body)).unwrap_err();
            assert_eq!(error.actor_token_id(), None, "{body}");
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("[redacted]") && !shown.contains("canary"), "{shown}");
        }
    }

    #[test]
    fn a_trace_id_that_echoes_a_secret_of_the_body_is_redacted() {
        let body = r#"{"errors":[],"meta":{"token":"canary-1"}}"#;
        for (cf_ray, trace_id) in [
            ("canary-1", "[redacted]"),
            ("sk_canar", "[redacted]"),
            ("ray sk_live_canary", "ray [redacted]"),
        ] {
            let error = created(response(400, &[("cf-ray", cf_ray)], body)).unwrap_err();
            assert_eq!(error.trace_id(), Some(trace_id));
            assert!(!format!("{error} {error:?}").contains("canar"), "{error}");
        }
    }

    #[test]
    fn errors_are_read_from_a_body_of_any_length() {
        let padding = "x".repeat(100_000);
        let body = format!(
            r#"{{"token":"canary-1","a":"{padding}","errors":[{{"code":"c","message":"canary-1"}}]}}"#
        );
        let Err(Error::Api(api)) = created(response(422, &[], body)) else { panic!() };
        assert_eq!((api.errors()[0].code(), api.errors()[0].message()), ("c", "[redacted]"));
        assert_eq!(api.body().len(), 4096);
    }

    #[test]
    fn a_secret_across_the_cut_is_redacted_as_a_whole() {
        for secret in ["sk_canary", r#""token":"canary-1""#, "eyJcanary.canary", "ticket=canary"] {
            for shift in 0..30 {
                let body = format!("{} {secret}", "x".repeat(4095 - shift));
                let Err(Error::Unexpected(error)) = created(response(500, &[], body)) else {
                    panic!()
                };
                let end = error.body().trim_start_matches('x');
                assert!(!end.contains("ca") && !end.contains("sk_"), "{end}");
            }
        }
    }

    #[test]
    fn an_escaped_key_is_redacted() {
        let body = r#"{"errors":[{"code":"sk\u005fcanary","message":"\u0073k_canary","long_message":"Bearer sk\u005Fcanary","meta":{"a":"sk\u005fcanary"}}]}"#;
        let error = created(response(401, &[], body)).unwrap_err();
        let Error::Api(api) = &error else { panic!("{error:?}") };
        assert_eq!(api.errors()[0].meta().get::<String>("a"), Some(Ok("[redacted]".to_owned())));
        let shown = format!("{error} {error:?} {}", api.body());
        assert!(shown.contains("[redacted]") && !shown.contains("canary"), "{shown}");
    }

    #[test]
    fn what_is_kept_of_a_refusal_is_bounded() {
        let long = "x".repeat(200_000);
        let body = format!(
            r#"{{"errors":[{{"code":"{long}","message":"{long}","long_message":"{long}","meta":{{"m":"{long}"}}}}],"meta":{{"m":"{long}"}},"clerk_trace_id":"{long}"}}"#
        );
        let error = created(response(400, &[], body)).unwrap_err();
        let Error::Api(api) = &error else { panic!("{error:?}") };
        let first = &api.errors()[0];
        for kept in [
            first.code(),
            first.message(),
            first.long_message().unwrap(),
            api.trace_id().unwrap(),
            api.body(),
        ] {
            assert_eq!(kept.len(), 4096);
        }
        assert!(first.meta().is_empty() && api.meta().is_empty());
        assert!(format!("{error:?} {api:?}").len() < 10_000);
    }

    #[test]
    fn a_byte_order_mark_hides_nothing() {
        assert!(created(response(200, &[], format!("\u{feff}{TOKEN}"))).is_ok());
        let error = created(response(200, &[], "\u{feff}{\"id\":\"act_9\"}")).unwrap_err();
        assert_eq!(error.actor_token_id().unwrap().as_str(), "act_9");
        let refusal = "\u{feff}{\"errors\":[{\"code\":\"c\"}]}";
        let Err(Error::Api(api)) = created(response(422, &[], refusal)) else { panic!() };
        assert_eq!(api.errors()[0].code(), "c");
    }

    #[test]
    fn bodies_are_cut_at_four_kib_between_characters() {
        let Err(Error::Unexpected(error)) = created(response(500, &[], "ü".repeat(5000))) else {
            panic!()
        };
        assert_eq!((error.body().len(), error.body_length()), (4096, 10_000));
        let Err(Error::Unexpected(error)) =
            created(response(500, &[], format!("a{}", "ü".repeat(5000))))
        else {
            panic!()
        };
        assert_eq!(error.body().len(), 4095);
    }

    #[test]
    fn the_trace_id_comes_from_the_body_or_else_from_a_header() {
        let both = [("clerk-trace-id", "header"), ("cf-ray", "ray")];
        let trace_id = |headers: &[(&'static str, &str)], body: &'static str| {
            created(response(400, headers, body)).unwrap_err().trace_id().map(str::to_owned)
        };
        assert_eq!(trace_id(&both, r#"{"errors":[],"clerk_trace_id":"body"}"#).unwrap(), "body");
        assert_eq!(trace_id(&both, r#"{"errors":[],"clerk_trace_id":null}"#).unwrap(), "header");
        assert_eq!(trace_id(&both, r#"{"errors":[],"clerk_trace_id":""}"#).unwrap(), "header");
        assert_eq!(trace_id(&both[1..], "").unwrap(), "ray");
        assert_eq!(trace_id(&[("clerk-trace-id", ""), ("cf-ray", "ray")], "").unwrap(), "ray");
        assert_eq!(trace_id(&[("cf-ray", "")], ""), None);
        assert_eq!(trace_id(&[], ""), None);
        assert_eq!(trace_id(&[("cf-ray", "sk_canary")], "").unwrap(), "[redacted]");
    }

    #[test]
    fn a_long_trace_id_is_cut() {
        let trace_id = "x".repeat(5000);
        let error = created(response(400, &[("cf-ray", &trace_id)], "")).unwrap_err();
        assert_eq!(error.trace_id(), Some(&trace_id[..4096]));
    }

    #[test]
    fn retry_after_is_read_from_every_refusal() {
        for (status, body) in [(429, "{\"errors\":[]}"), (503, "")] {
            let error = created(response(status, &[("retry-after", "7")], body)).unwrap_err();
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        }
    }

    #[test]
    fn a_transport_failure_keeps_the_head_that_arrived() {
        let (head, _) =
            response(503, &[("clerk-trace-id", "abc"), ("retry-after", "7")], "").into_parts();
        let reader = ResponseReader { key: &key(), timer: None };
        let cut = TransportError::new(TransportErrorKind::Incomplete, "x").with_head(head);
        let error = into_error(reader.transport_failure(cut));
        assert!(matches!(error, Error::Transport(_)));
        assert_eq!(
            (error.status().unwrap().as_u16(), error.trace_id(), error.retry_after()),
            (503, Some("abc"), Some(Duration::from_secs(7)))
        );
        let timeout = TransportError::new(TransportErrorKind::Timeout, "x");
        let error = into_error(reader.transport_failure(timeout));
        assert!(matches!(error, Error::Timeout(_)) && error.status().is_none());
    }
}
