use std::{
    future::Future as _,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use clerk_core::{
    Actor, ActorToken, ActorTokenId, ActorTokenStatus, ActorTokens, Body, Call, Claims,
    CreateActorToken, Error, HttpRequest, HttpResponse, HttpTransport, SecretKey, TransportError,
    UserId, async_trait,
    http::{HeaderValue, StatusCode, Uri},
};
use serde_json::value::RawValue;

const KEY: &str = "sk_test_canary";

/// The user in every command.
pub(crate) const USER_ID: &str = "user_1";
/// The `sub` of the actor in a command whose response is read.
pub(crate) const SUB: &str = "a";

/// A transport that responds from memory, and keeps the request.
#[derive(Clone, Default)]
struct FromMemory {
    response: Arc<Mutex<Option<HttpResponse>>>,
    request: Arc<Mutex<Option<HttpRequest>>>,
}

#[async_trait]
impl HttpTransport for FromMemory {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        *self.request.lock().unwrap() = Some(request);
        Ok(self.response.lock().unwrap().take().unwrap_or_default())
    }
}

impl FromMemory {
    fn client(&self) -> ActorTokens {
        ActorTokens::new(self.clone(), SecretKey::new(KEY).unwrap())
    }

    fn responding(status: StatusCode, body: impl Into<Body>) -> Self {
        let mut response = HttpResponse::new(body.into());
        *response.status_mut() = status;
        Self { response: Arc::new(Mutex::new(Some(response))), ..Self::default() }
    }

    fn request(&self) -> HttpRequest {
        self.request.lock().unwrap().take().expect("a request was sent")
    }
}

/// Runs a call that completes at once.
fn run(call: Call<ActorToken>) -> Result<ActorToken, Error> {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("a transport that responds from memory does not wait"),
    }
}

fn act_1() -> ActorTokenId {
    ActorTokenId::new("act_1").unwrap()
}

fn create(actor: Actor) -> CreateActorToken {
    CreateActorToken::new(UserId::new(USER_ID).unwrap(), actor)
}

fn shows_no_key(error: &Error) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(KEY), "{shown}");
}

/// Returns what a create and a revoke make of the body of a success.
fn both(body: &[u8]) -> (Result<ActorToken, Error>, Result<ActorToken, Error>) {
    let client = || FromMemory::responding(StatusCode::OK, body.to_vec()).client();
    let created = run(client().create(create(Actor::new(SUB).unwrap())));
    (created, run(client().revoke(&act_1())))
}

/// Checks that the body of a success is either read, without anything invented, or an ambiguous
/// error.
pub(crate) fn success_response(body: &[u8]) {
    let (created, revoked) = both(body);
    match &created {
        Ok(token) => {
            let json = std::str::from_utf8(body).expect("JSON is UTF-8");
            assert!(json.contains("actor_token"), "{json}");
            assert!(token.actor.is_empty() || json.contains(token.actor.as_json()), "{json}");
        }
        Err(error) => {
            assert!(matches!(error, Error::Unexpected(_)) && error.is_ambiguous(), "{error:?}");
            shows_no_key(error);
        }
    }
    match (revoked, created) {
        (Ok(revoked), Ok(created)) => {
            assert_eq!(revoked, created);
            assert_eq!((revoked.id, revoked.status), (act_1(), ActorTokenStatus::Revoked));
        }
        // A create may reject a revoked token, but has read it as well.
        (Ok(revoked), Err(error)) => assert_eq!(error.actor_token_id(), Some(&revoked.id)),
        (Err(error), _) => assert!(error.is_ambiguous()),
    }
}

/// Checks that an incomplete body is never a success.
pub(crate) fn incomplete_response(body: &[u8]) {
    let (created, revoked) = both(body);
    for result in [created, revoked] {
        let error = result.expect_err("an incomplete response is not a success");
        assert!(error.is_ambiguous(), "{error:?}");
    }
}

/// Checks that an error response is an error with its status, and that no more of the body is kept
/// than the limit.
pub(crate) fn error_response(status: u16, body: &[u8]) {
    let status = StatusCode::from_u16(300 + status % 300).unwrap();
    let error =
        run(FromMemory::responding(status, body.to_vec()).client().revoke(&act_1())).unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(status), 1));
    shows_no_key(&error);
    let kept = match &error {
        Error::Api(api) => api.body(),
        Error::Unexpected(unexpected) => unexpected.body(),
        other => panic!("{other:?}"),
    };
    assert!(kept.len() <= 4096 && !kept.contains(KEY));
}

/// Checks that a `Retry-After` is a duration or ignored.
pub(crate) fn retry_after(value: &[u8]) {
    let Ok(header) = HeaderValue::from_bytes(value) else { return };
    let transport = FromMemory::responding(StatusCode::TOO_MANY_REQUESTS, "");
    if let Some(response) = transport.response.lock().unwrap().as_mut() {
        response.headers_mut().insert("retry-after", header);
    }
    let error = run(transport.client().revoke(&act_1())).unwrap_err();
    let text = String::from_utf8_lossy(value);
    let digits = text.trim_matches([' ', '\t']);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let expected = digits.parse().map_or(Duration::MAX, Duration::from_secs);
        assert_eq!(error.retry_after(), Some(expected), "{text}");
    } else {
        assert_eq!(error.retry_after(), None, "a date cannot be read without a timer: {text}");
    }
}

/// Checks that every valid id stays in its path segment.
pub(crate) fn id(text: &str) {
    let valid = (1..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    assert_eq!(UserId::new(text).is_ok(), valid);
    let Ok(id) = ActorTokenId::new(text) else { return assert!(!valid) };
    let transport = FromMemory::default();
    drop(run(transport.client().revoke(&id)));
    assert_eq!(
        transport.request().uri().to_string(),
        format!("https://api.clerk.com/v1/actor_tokens/{text}/revoke")
    );
}

/// Checks that claims keep their JSON when they are read and when they are sent.
pub(crate) fn claims(text: &str) {
    let Ok(claims) = Claims::from_json(text) else {
        return assert!(Actor::from_json(text).is_err());
    };
    assert_eq!(claims.as_json(), text.trim_matches([' ', '\t', '\n', '\r']));
    assert_eq!(Claims::from_json(claims.as_json()).unwrap(), claims);
    assert_eq!(serde_json::to_string(&claims).unwrap(), claims.as_json());
    for name in claims.names() {
        let value = claims
            .get::<Box<RawValue>>(name)
            .expect("the name exists")
            .expect("every value is JSON");
        assert!(claims.as_json().contains(value.get()));
    }
    let Ok(actor) = Actor::from_json(text) else { return };
    assert_eq!(Some(actor.sub()), claims.sub());
    let transport = FromMemory::default();
    drop(run(transport.client().create(create(actor.clone()))));
    let body = transport.request().into_body().into_bytes();
    assert_eq!(body, format!(r#"{{"user_id":"user_1","actor":{}}}"#, claims.as_json()));
    let longer = actor.with_claim("another claim", 1.5).unwrap();
    assert_eq!(longer.claims().get::<f64>("another claim"), Some(Ok(1.5)));
}

/// Checks that requests go to an accepted base URL, over TLS or to this machine.
pub(crate) fn base_url(text: &str) {
    let transport = FromMemory::default();
    let builder = ActorTokens::builder(transport.clone(), SecretKey::new(KEY).unwrap());
    let Ok(client) = builder.base_url(text).build() else { return };
    drop(run(client.revoke(&act_1())));
    let request = transport.request();
    let uri: &Uri = request.uri();
    let host = uri.host().unwrap();
    assert!(!host.is_empty() && !uri.authority().unwrap().as_str().contains('@'));
    assert!(uri.query().is_none() && uri.path().ends_with("/actor_tokens/act_1/revoke"), "{uri}");
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") => assert!(
            host.starts_with("127.")
                || host == "[::1]"
                || host.eq_ignore_ascii_case("localhost")
                || host.starts_with('['),
            "{uri}"
        ),
        other => panic!("{other:?}"),
    }
}
