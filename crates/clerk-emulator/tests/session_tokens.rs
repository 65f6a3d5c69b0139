//! Session tokens, and the keys that verify them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod http_client;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clerk_emulator::{Emulator, NewToken, Session, SessionError, SessionTokenVersion};
use http_client::{Request, Response};
use ring::{rsa::PublicKeyComponents, signature::RSA_PKCS1_2048_8192_SHA256};
use serde_json::{Value, json};

const ACTOR: &str = r#"{ "sub":"user_2", "n":1.10, "big":12345678901234567890123 }"#;

fn impersonate(emulator: &Emulator) -> Session {
    let token = emulator.issue(NewToken::new("user_1", ACTOR)).unwrap();
    emulator.sign_in(&token.token).unwrap()
}

/// Verifies a JWT with the keys that the emulator publishes, and returns its header and its claims
/// as JSON.
fn verified(emulator: &Emulator, jwt: &str) -> [String; 2] {
    let jwks = Request::get(emulator, "/.well-known/jwks.json").send(emulator).json();
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let [n, e] = ["n", "e"].map(|name| decode(jwks["keys"][0][name].as_str().unwrap()));
    let key = PublicKeyComponents { n, e };
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &decode(signature)).unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    [header, claims].map(|part| String::from_utf8(decode(part)).unwrap())
}

fn decode(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

fn json_of(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn create_token(emulator: &Emulator, id: &str, body: &str) -> Response {
    let path = format!("/v1/sessions/{id}/tokens");
    Request { path, ..Request::create(emulator, body) }.send(emulator)
}

#[test]
fn a_session_token_is_a_jwt_with_the_whole_actor() {
    let emulator = Emulator::start().unwrap();
    let session = impersonate(&emulator);
    let response = create_token(&emulator, &session.id, "").json();
    assert_eq!(response["object"], "token");
    let [header, claims] = verified(&emulator, response["jwt"].as_str().unwrap());
    assert!(claims.contains(&format!(r#""act":{ACTOR},"#)), "{claims}");
    let jwks = Request::get(&emulator, "/v1/jwks").send(&emulator).json();
    let expected = json!({ "alg": "RS256", "cat": "cl_B7d4PD111AAA", "kid": jwks["keys"][0]["kid"], "typ": "JWT" });
    assert_eq!(json_of(&header), expected);
    let claims = json_of(&claims);
    let issued_at = claims["iat"].as_i64().unwrap();
    assert!((session.created_at / 1000..session.created_at / 1000 + 60).contains(&issued_at));
    assert_eq!(claims["exp"], issued_at + 60);
    assert_eq!(claims["nbf"], issued_at - 10);
    assert_eq!((&claims["sub"], &claims["sid"]), (&json!("user_1"), &json!(session.id)));
    assert!(claims["iss"].as_str().unwrap().starts_with("https://"));
    assert_eq!(format!("{}/v1", claims["azp"].as_str().unwrap()), emulator.base_url());
    assert_eq!((&claims["v"], &claims["sts"]), (&json!(2), &json!("active")));
    assert_eq!(claims.get("aud"), None);
}

#[test]
fn a_test_gets_session_tokens_without_http() {
    let emulator = Emulator::start().unwrap();
    let own = emulator.start_session("user_3");
    let [_, claims] = verified(&emulator, &emulator.session_token(&own.id).unwrap());
    let claims = json_of(&claims);
    assert_eq!((&claims["sub"], claims.get("act")), (&json!("user_3"), None));
    emulator.end_session(&own.id).unwrap();
    assert!(matches!(emulator.session_token(&own.id), Err(SessionError::NotLive(_))));
    assert_eq!(emulator.session_token("sess_unknown"), Err(SessionError::NotFound));
}

#[test]
fn version_1_can_be_chosen() {
    let emulator =
        Emulator::builder().session_token_version(SessionTokenVersion::V1).start().unwrap();
    let session = impersonate(&emulator);
    let [_, claims] = verified(&emulator, &emulator.session_token(&session.id).unwrap());
    let claims = json_of(&claims);
    assert_eq!((claims.get("v"), claims.get("sts")), (None, None));
    assert_eq!(claims["act"]["sub"], "user_2");
}

#[test]
fn both_key_endpoints_publish_the_same_key() {
    let emulator = Emulator::start().unwrap();
    let with_key = Request::get(&emulator, "/v1/jwks").send(&emulator);
    let anyone = Request::get(&emulator, "/.well-known/jwks.json");
    let anyone = Request { authorization: None, ..anyone }.send(&emulator);
    assert_eq!(with_key.header("Content-Type"), Some("application/json"));
    assert_eq!((with_key.status(), &with_key.body), (200, &anyone.body));
    assert_eq!(with_key.body, emulator.jwks());
    let key = &with_key.json()["keys"][0];
    for (name, value) in [("use", "sig"), ("kty", "RSA"), ("alg", "RS256"), ("e", "AQAB")] {
        assert_eq!(key[name], value);
    }
    assert!(key["kid"].as_str().unwrap().starts_with("ins_"));
    assert!(emulator.jwt_key().starts_with("-----BEGIN PUBLIC KEY-----\n"));
}

#[test]
fn a_ticket_is_verified_by_the_same_key() {
    let emulator = Emulator::start().unwrap();
    let token = emulator.issue(NewToken::new("user_1", ACTOR).expires_in_seconds(600)).unwrap();
    let [header, claims] = verified(&emulator, &token.token);
    assert_eq!(json_of(&header), json!({ "alg": "RS256", "typ": "JWT" }));
    let expected = json!({
        "eis": 600,
        "exp": token.created_at / 1000 + 600,
        "iid": json_of(&claims)["iid"],
        "sid": token.id,
        "st": "actor_token",
    });
    assert_eq!(json_of(&claims), expected);
}

#[test]
fn the_lifetime_of_a_token_for_a_backend_can_be_chosen() {
    let emulator = Emulator::start().unwrap();
    let id = impersonate(&emulator).id;
    for (body, lifetime) in
        [("{}", 60), (r#"{"expires_in_seconds":30}"#, 30), (r#"{"expires_in_seconds":null}"#, 60)]
    {
        let response = create_token(&emulator, &id, body).json();
        let [_, claims] = verified(&emulator, response["jwt"].as_str().unwrap());
        let claims = json_of(&claims);
        assert_eq!(claims["exp"], claims["iat"].as_i64().unwrap() + lifetime, "{body}");
    }
    for (body, status) in [(r#"{"expires_in_seconds":29}"#, 422), ("[]", 400)] {
        assert_eq!(create_token(&emulator, &id, body).status(), status, "{body}");
    }
}

#[test]
fn there_are_no_tokens_of_a_session_that_is_over() {
    let emulator = Emulator::start().unwrap();
    let id = impersonate(&emulator).id;
    emulator.advance(Duration::from_secs(600));
    for id in [id.as_str(), "sess_unknown"] {
        let response = create_token(&emulator, id, "");
        assert_eq!((response.status(), response.code().as_str()), (404, "resource_not_found"));
    }
}

#[test]
fn tokens_follow_the_emulator_s_clock() {
    let emulator = Emulator::start().unwrap();
    let session = emulator.start_session("user_1");
    emulator.advance(Duration::from_secs(3600));
    let [_, claims] = verified(&emulator, &emulator.session_token(&session.id).unwrap());
    let claims = json_of(&claims);
    assert!(claims["iat"].as_i64().unwrap() >= session.created_at / 1000 + 3600);
    assert_eq!(claims["fva"], json!([60, -1]));
}

#[test]
fn the_authorized_party_is_the_website_that_asks() {
    let emulator = Emulator::start().unwrap();
    let token = emulator.issue(NewToken::new("user_1", ACTOR)).unwrap();
    let form = format!("strategy=ticket&ticket={}", token.token);
    let sign_in = Request::form(&emulator, "/v1/client/sign_ins", form)
        .header("Origin", "http://localhost:3000")
        .send(&emulator);
    let jwt = &sign_in.json()["client"]["sessions"][0]["last_active_token"]["jwt"];
    let [_, claims] = verified(&emulator, jwt.as_str().unwrap());
    assert_eq!(json_of(&claims)["azp"], "http://localhost:3000");

    let (cookie, _) = sign_in.header("Set-Cookie").unwrap().split_once(';').unwrap();
    let path = format!("/v1/client/sessions/{}/tokens", emulator.sessions()[0].id);
    for (origin, expected) in [
        ("https://app.example", "https://app.example"),
        ("null", emulator.base_url().strip_suffix("/v1").unwrap()),
    ] {
        let request = Request::form(&emulator, path.as_str(), "").header("Origin", origin);
        let response = request.header("Cookie", cookie).send(&emulator).json();
        let [_, claims] = verified(&emulator, response["jwt"].as_str().unwrap());
        assert_eq!(json_of(&claims)["azp"], expected);
    }
}

#[test]
fn the_publishable_key_names_the_issuer() {
    let emulator = Emulator::start().unwrap();
    let key = emulator.publishable_key();
    let frontend_api = key.strip_prefix("pk_test_").unwrap();
    let frontend_api = base64::engine::general_purpose::STANDARD.decode(frontend_api).unwrap();
    let session = emulator.start_session("user_1");
    let [_, claims] = verified(&emulator, &emulator.session_token(&session.id).unwrap());
    let issuer = json_of(&claims)["iss"].as_str().unwrap().to_owned();
    assert_eq!(
        format!("https://{}", String::from_utf8(frontend_api).unwrap()),
        format!("{issuer}$")
    );
}
