//! The `act` claim of a session token, in a struct that `jsonwebtoken` decodes.

use clerk_actor_tokens::{Actor, UserId};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::value::RawValue;

/// What to decode a session token into, as in `jsonwebtoken::decode::<SessionClaims>(…)`.
#[derive(serde::Deserialize)]
struct SessionClaims {
    sub: UserId,
    act: Option<Actor>, // only an impersonated session has one
}

impl SessionClaims {
    /// Returns `true` unless somebody else acts as the user.
    fn may_delete_the_account(&self) -> bool {
        self.act.is_none()
    }

    fn who(&self) -> String {
        match &self.act {
            Some(actor) => format!("{} as {}", actor.sub(), self.sub),
            None => self.sub.to_string(),
        }
    }
}

const KEY: &[u8] = b"the tests' own";

/// Signs a session token that never expires, with this `act` claim.
fn session_token(act: &str) -> String {
    let payload = format!(r#"{{"sub":"user_1","sid":"sess_1","exp":99999999999{act}}}"#);
    let payload = RawValue::from_string(payload).unwrap();
    encode(&Header::default(), &payload, &EncodingKey::from_secret(KEY)).unwrap()
}

fn decoded(token: &str) -> Result<SessionClaims, jsonwebtoken::errors::Error> {
    let validation = Validation::default();
    Ok(decode::<SessionClaims>(token, &DecodingKey::from_secret(KEY), &validation)?.claims)
}

#[test]
fn the_actor_is_read_exactly_as_it_was_given() {
    let given = Actor::from_json(
        r#"{ "sub":"user_support", "audit_id" : 123456789012345678901234567890,"price":1.10 }"#,
    )
    .unwrap();
    let token = session_token(&format!(r#","act":{}"#, given.claims().as_json()));
    let claims = decoded(&token).unwrap();
    assert_eq!(claims.act.as_ref(), Some(&given));
    assert_eq!(
        (claims.may_delete_the_account(), claims.who()),
        (false, "user_support as user_1".to_owned())
    );
}

#[test]
fn a_session_of_the_user_has_no_actor() {
    for act in ["", r#","act":null"#] {
        let claims = decoded(&session_token(act)).unwrap();
        assert_eq!((claims.may_delete_the_account(), claims.who()), (true, "user_1".to_owned()));
    }
}

#[test]
fn an_actor_without_a_sub_is_an_error_and_not_a_session_of_the_user() {
    for (act, reason) in [
        (r#"{"iss":"canary"}"#, "invalid actor.sub: must be present"),
        (r#""canary""#, "expected a JSON object"),
        (r#"{"sub":"canary","sub":"b"}"#, "invalid actor: duplicate key `sub`"),
    ] {
        let error = decoded(&session_token(&format!(r#","act":{act}"#))).err().unwrap().to_string();
        assert!(error.contains(reason) && !error.contains("canary"), "{error}");
    }
}

#[test]
fn the_readme_shows_this_struct() {
    let blocks = include_str!("../README.md").split("```rust\n").skip(1);
    let mut blocks = blocks.filter_map(|block| block.split("```").next());
    let block = blocks.find(|block| block.contains("SessionClaims")).unwrap();
    let (_, block) = block.split_once("\n\n").unwrap();
    assert!(include_str!("session_token.rs").contains(block), "{block}");
}
