use clerk_actor_tokens::{Actor, SessionId, UserId};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    errors::{Error, ErrorKind},
    jwk::JwkSet,
};

/// What a session token says.
#[derive(Debug, serde::Deserialize)]
pub struct Session {
    pub sid: SessionId,
    pub sub: UserId,
    /// Who is really there, if it is not the user.
    pub act: Option<Actor>,
}

impl Session {
    /// Returns who is there, for pages and logs.
    pub fn who(&self) -> String {
        match &self.act {
            Some(actor) => format!("{} as {}", actor.sub(), self.sub),
            None => self.sub.to_string(),
        }
    }
}

/// Verifies session tokens, without a request to Clerk.
pub struct Verifier {
    keys: JwkSet,
    validation: Validation,
}

impl Verifier {
    pub fn new(jwks: &str, issuer: &str) -> serde_json::Result<Self> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[issuer]);
        validation.validate_nbf = true;
        Ok(Self { keys: serde_json::from_str(jwks)?, validation })
    }

    pub fn verify(&self, token: &str) -> Result<Session, Error> {
        let id = decode_header(token)?.kid.unwrap_or_default();
        let key = self.keys.find(&id).ok_or(ErrorKind::InvalidKeyFormat)?;
        Ok(decode(token, &DecodingKey::from_jwk(key)?, &self.validation)?.claims)
    }
}
