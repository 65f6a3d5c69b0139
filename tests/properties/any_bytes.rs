//! What holds for any bytes at all. The fuzzer looks for bytes for which it does not; `main.rs`
//! tries some in every run.

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

/// The user and the `sub` of the actor in a command whose response is any bytes.
pub(crate) const USER_ID: &str = "user_1";
pub(crate) const SUB: &str = "a";

/// Answers at once with what it was given, and keeps what it was asked.
#[derive(Clone, Default)]
struct FromMemory {
    answer: Arc<Mutex<Option<HttpResponse>>>,
    asked: Arc<Mutex<Option<HttpRequest>>>,
}

#[async_trait]
impl HttpTransport for FromMemory {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        *self.asked.lock().unwrap() = Some(request);
        Ok(self.answer.lock().unwrap().take().unwrap_or_default())
    }
}

impl FromMemory {
    fn client(&self) -> ActorTokens {
        ActorTokens::new(self.clone(), SecretKey::new(KEY).unwrap())
    }

    fn answering(status: StatusCode, body: impl Into<Body>) -> Self {
        let mut response = HttpResponse::new(body.into());
        *response.status_mut() = status;
        Self { answer: Arc::new(Mutex::new(Some(response))), ..Self::default() }
    }

    fn asked(&self) -> HttpRequest {
        self.asked.lock().unwrap().take().expect("nothing was sent")
    }
}

/// Runs a call that never waits.
fn run(call: Call<ActorToken>) -> Result<ActorToken, Error> {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("a transport that answers from memory does not wait"),
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

/// A success is read as what it is, or is an ambiguous error: nothing is invented.
pub(crate) fn answer(body: &[u8]) {
    let created = run(FromMemory::answering(StatusCode::OK, body.to_vec())
        .client()
        .create(create(Actor::new(SUB).unwrap())));
    let revoked =
        run(FromMemory::answering(StatusCode::OK, body.to_vec()).client().revoke(&act_1()));
    match &created {
        Ok(token) => {
            let text = std::str::from_utf8(body).expect("JSON is UTF-8");
            assert!(text.contains("actor_token"), "{text}");
            assert!(token.actor.is_empty() || text.contains(token.actor.as_json()), "{text}");
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
        // A revoked token may be refused as the response to a create, but it has been read.
        (Ok(revoked), Err(error)) => assert_eq!(error.actor_token_id(), Some(&revoked.id)),
        (Err(error), _) => assert!(error.is_ambiguous()),
    }
}

/// A refusal is always an error, of the status that came, and keeps no more than it may.
pub(crate) fn refusal(status: u16, body: &[u8]) {
    let status = StatusCode::from_u16(300 + status % 300).unwrap();
    let error =
        run(FromMemory::answering(status, body.to_vec()).client().revoke(&act_1())).unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(status), 1));
    shows_no_key(&error);
    let kept = match &error {
        Error::Api(api) => api.body(),
        Error::Unexpected(unexpected) => unexpected.body(),
        other => panic!("{other:?}"),
    };
    assert!(kept.len() <= 4096 && !kept.contains(KEY));
}

/// `Retry-After` is a duration or nothing, whatever it says.
pub(crate) fn retry_after(value: &[u8]) {
    let Ok(header) = HeaderValue::from_bytes(value) else { return };
    let transport = FromMemory::answering(StatusCode::TOO_MANY_REQUESTS, "");
    transport.answer.lock().unwrap().as_mut().unwrap().headers_mut().insert("retry-after", header);
    let error = run(transport.client().revoke(&act_1())).unwrap_err();
    let text = String::from_utf8_lossy(value);
    let digits = text.trim_matches([' ', '\t']);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let expected = digits.parse().map_or(Duration::MAX, Duration::from_secs);
        assert_eq!(error.retry_after(), Some(expected), "{text}");
    } else {
        assert_eq!(
            error.retry_after(),
            None,
            "a date needs a calendar, and there is no timer: {text}"
        );
    }
}

/// What is an id stays in its path segment; what could leave it is none.
pub(crate) fn id(text: &str) {
    let proper = (1..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    assert_eq!(UserId::new(text).is_ok(), proper);
    let Ok(id) = ActorTokenId::new(text) else { return assert!(!proper) };
    let transport = FromMemory::default();
    drop(run(transport.client().revoke(&id)));
    assert_eq!(
        transport.asked().uri().to_string(),
        format!("https://api.clerk.com/v1/actor_tokens/{text}/revoke")
    );
}

/// Claims keep their text, in both directions.
pub(crate) fn claims(text: &str) {
    let Ok(claims) = Claims::from_json(text) else {
        return assert!(Actor::from_json(text).is_err());
    };
    assert_eq!(claims.as_json(), text.trim_matches([' ', '\t', '\n', '\r']));
    assert_eq!(Claims::from_json(claims.as_json()).unwrap(), claims);
    assert_eq!(serde_json::to_string(&claims).unwrap(), claims.as_json());
    for name in claims.names() {
        let value =
            claims.get::<Box<RawValue>>(name).expect("it has that name").expect("any JSON is that");
        assert!(claims.as_json().contains(value.get()));
    }
    let Ok(actor) = Actor::from_json(text) else { return };
    assert_eq!(Some(actor.sub()), claims.sub());
    let transport = FromMemory::default();
    drop(run(transport.client().create(create(actor.clone()))));
    let body = transport.asked().into_body().into_bytes();
    assert_eq!(body, format!(r#"{{"user_id":"user_1","actor":{}}}"#, claims.as_json()));
    let longer = actor.with_claim("another claim", 1.5).unwrap();
    assert_eq!(longer.claims().get::<f64>("another claim"), Some(Ok(1.5)));
}

/// A base URL that is accepted leads where it says, over TLS or to this machine.
pub(crate) fn base_url(text: &str) {
    let transport = FromMemory::default();
    let builder = ActorTokens::builder(transport.clone(), SecretKey::new(KEY).unwrap());
    let Ok(client) = builder.base_url(text).build() else { return };
    drop(run(client.revoke(&act_1())));
    let asked = transport.asked();
    let uri: &Uri = asked.uri();
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
