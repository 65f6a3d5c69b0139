use serde::Serialize;

use super::{
    clock::UnixMillis,
    raw_json::RawJson,
    session::Session,
    signer::{INSTANCE_ID, Signer},
};

/// The issuer: the frontend API of an instance that does not exist.
pub(crate) const ISSUER: &str = "https://made-up-emulator-00.clerk.accounts.dev";

/// The category of a session token, the same in all of Clerk's.
const CATEGORY: &str = "cl_B7d4PD111AAA";

/// The lifetime of a session token for a client.
pub(crate) const LIFETIME_IN_SECONDS: i64 = 60;

/// The version of session tokens, which Clerk derives from the version of its API.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SessionTokenVersion {
    /// Without the claims `v` and `sts`.
    V1,
    /// The current version.
    #[default]
    V2,
}

/// A session token about to be signed.
#[derive(Debug)]
pub(crate) struct SessionToken<'a> {
    pub(crate) session: &'a Session,
    pub(crate) version: SessionTokenVersion,
    /// The origin of the application that asks for the token.
    pub(crate) authorized_party: &'a str,
    pub(crate) issued_at: UnixMillis,
    pub(crate) lifetime_in_seconds: i64,
}

#[derive(Serialize)]
struct Header {
    alg: &'static str,
    cat: &'static str,
    kid: &'static str,
    typ: &'static str,
}

#[derive(Serialize)]
struct Claims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<RawJson<'a>>,
    azp: &'a str,
    exp: i64,
    /// The minutes since the first and the second factor were verified, or -1.
    fva: [i64; 2],
    iat: i64,
    iss: &'a str,
    nbf: i64,
    sid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sts: Option<&'a str>,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<u8>,
}

impl SessionToken<'_> {
    pub(crate) fn sign(&self, signer: &Signer) -> String {
        let header = Header { alg: "RS256", cat: CATEGORY, kid: INSTANCE_ID, typ: "JWT" };
        signer.sign(&header, &self.claims())
    }

    fn claims(&self) -> Claims<'_> {
        let session = self.session;
        let issued_at = self.issued_at / 1000;
        let since_sign_in = (self.issued_at - session.created_at) / 60_000;
        let is_v2 = self.version == SessionTokenVersion::V2;
        Claims {
            act: session.actor.as_deref().map(RawJson),
            azp: self.authorized_party,
            exp: issued_at.saturating_add(self.lifetime_in_seconds),
            fva: [since_sign_in, -1],
            iat: issued_at,
            iss: ISSUER,
            nbf: issued_at - 10,
            sid: &session.id,
            sts: is_v2.then(|| session.status.as_str()),
            sub: &session.user_id,
            v: is_v2.then_some(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::state::issued_token::IssuedToken;

    fn claims(session: &Session, version: SessionTokenVersion) -> Value {
        let token = SessionToken {
            session,
            version,
            authorized_party: "http://localhost:3000",
            issued_at: 121_999,
            lifetime_in_seconds: LIFETIME_IN_SECONDS,
        };
        serde_json::to_value(token.claims()).unwrap()
    }

    #[test]
    fn an_impersonated_session_has_the_whole_actor() {
        let session = Session::impersonated(&IssuedToken::example(), "client_1".to_owned(), 1_000);
        let expected = json!({
            "act": { "sub": "user_2", "x": 1.1 },
            "azp": "http://localhost:3000",
            "exp": 181,
            "fva": [2, -1],
            "iat": 121,
            "iss": ISSUER,
            "nbf": 111,
            "sid": session.id,
            "sts": "active",
            "sub": "user_1",
            "v": 2,
        });
        assert_eq!(claims(&session, SessionTokenVersion::V2), expected);
    }

    #[test]
    fn a_user_s_own_session_has_no_actor() {
        let session = Session::own("user_1".to_owned(), "client_1".to_owned(), 1_000);
        assert_eq!(claims(&session, SessionTokenVersion::V2).get("act"), None);
    }

    #[test]
    fn version_1_has_fewer_claims() {
        let session = Session::own("user_1".to_owned(), "client_1".to_owned(), 1_000);
        let claims = claims(&session, SessionTokenVersion::V1);
        let names: Vec<_> = claims.as_object().unwrap().keys().collect();
        assert_eq!(names, ["azp", "exp", "fva", "iat", "iss", "nbf", "sid", "sub"]);
    }
}
