use std::{
    future::Future as _,
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
};

use clerk_core::{
    ActorTokenId, ActorTokens, Error, HttpRequest, HttpResponse, HttpTransport, SecretKey,
    TransportError, async_trait,
    http::{HeaderValue, StatusCode},
};
use serde_json::{json, value::RawValue};

const KEY: &str = "sk_test_GqzwyGQZWYvkjpmhVKJPMHlioGqyjLIOqvw";
const CANARY: &str = "canary.Qzwy-GQZWY_vkjp";

/// How much of the key in a row may be left: fewer than twelve characters, and those that the
/// text in front of it makes part of an escape, as in `\u0073k_test`.
const LONGEST_PIECE: usize = 18;

/// The forms in which a secret comes, where `@` is the canary.
const FORMS: [&str; 20] = [
    r#""token":"@""#,
    r#""actor_token" : "@""#,
    r#""ticketURL":"https://@""#,
    r#""token":["a","@"]"#,
    r#""url":{"href":"@","b":[]}"#,
    "'Access-Token':'@'",
    "token=@&",
    "ticket%3D@%26",
    r"?ticket\u003d@\u0026",
    r#"\"secret\":\"@\""#,
    "%22token%22%3A%22@%22",
    "&quot;token&quot;:&quot;@&quot;",
    "sk_live_@",
    "SK_TEST_@",
    "eyJhbGci.eyJpc3Mi.@",
    "eyJhbGci.eyJpc3Mi\r\n  @\r\n",
    r"eyJhbGci.eyJpc3Mi\n@\n",
    KEY,
    "sk_test_GqzwyGQZWYvkjpmhVKJPMHlioGqyjLIOq",
    "k_test_GqzwyGQZWYvkjpmhVKJPMHlioGqyjLIOqvw",
];

/// A transport that has one response.
struct FromMemory(Mutex<Option<HttpResponse>>);

#[async_trait]
impl HttpTransport for FromMemory {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        Ok(self.0.lock().unwrap().take().unwrap())
    }
}

/// Returns the error of a call that is refused with this body and this trace id.
fn refused(body: &str, trace_id: &str) -> Error {
    let mut response = HttpResponse::new(body.to_owned().into());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    if let Ok(trace_id) = HeaderValue::from_str(trace_id) {
        response.headers_mut().insert("cf-ray", trace_id);
    }
    let transport = FromMemory(Mutex::new(Some(response)));
    let client = ActorTokens::new(transport, SecretKey::new(KEY).unwrap());
    let call = client.revoke(&ActorTokenId::new("act_1").unwrap());
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.unwrap_err(),
        Poll::Pending => panic!("a transport that responds from memory does not wait"),
    }
}

fn body(error: &Error) -> &str {
    match error {
        Error::Api(api) => api.body(),
        Error::Unexpected(unexpected) => unexpected.body(),
        other => panic!("{other:?}"),
    }
}

fn assert_shows_no_secret(error: &Error) {
    let api = if let Error::Api(api) = error { Some((api.errors(), api.meta())) } else { None };
    let shown = format!("{error} {error:?} {:?} {} {api:?}", error.trace_id(), body(error));
    assert!(!shown.contains(CANARY), "{shown}");
    let mut pieces = (0..).map_while(|start| KEY.get(start..start + LONGEST_PIECE));
    assert_eq!(pieces.find(|piece| shown.contains(piece)), None, "{shown}");
}

/// Plants a secret into a text. The first character chooses its form, and the first `@` its place.
pub(crate) fn redaction(input: &str) {
    let mut characters = input.chars();
    let choice = characters.next().map_or(0, |first| first as usize);
    let (before, after) = characters.as_str().split_once('@').unwrap_or((input, ""));
    if input.contains(&CANARY[..8]) || input.contains(&KEY[8..16]) {
        return;
    }
    let secret = FORMS[choice % FORMS.len()].replace('@', CANARY);
    // A backslash in front of the secret would be a part of it.
    let text = format!("{}{secret}{after}", before.trim_end_matches('\\'));

    let error = refused(&text, &secret);
    assert_shows_no_secret(&error);
    let redacted = body(&error);
    if redacted.len() < 4000 {
        let twice = refused(redacted, "");
        assert_eq!(body(&refused(body(&twice), "")), body(&twice), "redaction comes to an end");
        if serde_json::from_str::<&RawValue>(&text).is_ok() {
            assert!(serde_json::from_str::<&RawValue>(redacted).is_ok(), "{text}: {redacted}");
        }
    }

    let entry = json!({ "code": "c", "message": text, "meta": { "param_name": text } });
    let error = refused(&json!({ "errors": [entry] }).to_string(), "");
    assert_shows_no_secret(&error);
    let Error::Api(api) = &error else { panic!("{error:?}") };
    assert_eq!((api.errors().len(), api.errors()[0].code()), (1, "c"));
    assert!(api.errors()[0].meta().get::<String>("param_name").unwrap().is_ok());

    // Debug builds panic if the cost is not linear, which shows only in a long text.
    if choice.is_multiple_of(32) {
        refused(&text.repeat(1 + 20_000 / text.len()), "");
    }
}
