use std::io;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde::{Serialize, de::DeserializeOwned};

use super::published_key::PRIVATE_KEY;

/// The id of the instance, which also names its key. All emulators share both.
pub(crate) const INSTANCE_ID: &str = "ins_EmulatorWithAPublicTestKey0";

/// Signs and verifies JWTs, with RS256 (RFC 7515, section 3.1, and RFC 7518, section 3.3).
#[derive(Debug)]
pub(crate) struct Signer {
    key_pair: RsaKeyPair,
    random: SystemRandom,
}

/// A list of public keys (RFC 7517, section 5), which has one.
#[derive(Debug, Serialize)]
pub(crate) struct Jwks {
    keys: [Jwk; 1],
}

#[derive(Debug, Serialize)]
struct Jwk {
    r#use: &'static str,
    kty: &'static str,
    kid: &'static str,
    alg: &'static str,
    n: String,
    e: String,
}

impl Signer {
    pub(crate) fn new() -> io::Result<Self> {
        let base64: String = PRIVATE_KEY.lines().filter(|line| !line.starts_with('-')).collect();
        let pkcs8 = STANDARD.decode(base64).map_err(io::Error::other)?;
        let key_pair = RsaKeyPair::from_pkcs8(&pkcs8).map_err(io::Error::other)?;
        Ok(Self { key_pair, random: SystemRandom::new() })
    }

    /// Returns a JWT with this header and these claims.
    pub(crate) fn sign(&self, header: &impl Serialize, claims: &impl Serialize) -> String {
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.key_pair.public().modulus_len()];
        let (random, message) = (&self.random, signed.as_bytes());
        if self.key_pair.sign(&RSA_PKCS1_SHA256, random, message, &mut signature).is_err() {
            // Only if the system has no random numbers. Without a signature, nobody accepts it.
            signature.clear();
        }
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Returns the claims of a JWT that was signed with this key.
    pub(crate) fn verify<T: DeserializeOwned>(&self, jwt: &str) -> Option<T> {
        let (signed, signature) = jwt.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let public_key = PublicKeyComponents::<Vec<u8>>::from(self.key_pair.public_key());
        public_key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).ok()?;
        let (_header, claims) = signed.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// Returns what verifiers need to know.
    pub(crate) fn jwks(&self) -> Jwks {
        let PublicKeyComponents::<Vec<u8>> { n, e } = self.key_pair.public_key().into();
        let jwk = Jwk {
            r#use: "sig",
            kty: "RSA",
            kid: INSTANCE_ID,
            alg: "RS256",
            n: URL_SAFE_NO_PAD.encode(n),
            e: URL_SAFE_NO_PAD.encode(e),
        };
        Jwks { keys: [jwk] }
    }
}

fn encode(part: &impl Serialize) -> String {
    // Never fails: every part is made of strings, numbers and JSON that was parsed before.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::state::published_key::PUBLIC_KEY;

    #[test]
    fn a_signed_jwt_is_verified() {
        let signer = Signer::new().unwrap();
        let claims = json!({ "sub": "user_1" });
        let jwt = signer.sign(&json!({ "alg": "RS256" }), &claims);
        assert_eq!(signer.verify::<Value>(&jwt), Some(claims));
    }

    #[test]
    fn an_altered_jwt_is_not_verified() {
        let signer = Signer::new().unwrap();
        let jwt = signer.sign(&json!({ "alg": "RS256" }), &json!({ "sub": "user_1" }));
        let (head, _) = jwt.split_once('.').unwrap();
        let (content, signature) = jwt.rsplit_once('.').unwrap();
        let other = signer.sign(&json!({ "alg": "RS256" }), &json!({ "sub": "user_2" }));
        let (_, of_other) = other.rsplit_once('.').unwrap();
        for altered in [
            String::new(),
            "..".to_owned(),
            content.to_owned(),
            format!("{content}."),
            format!("{content}.{of_other}"),
            format!("{content}.{signature}="),
            format!("{head}.{}.{signature}", encode(&json!({ "sub": "user_2" }))),
            format!("{}.{signature}", encode(&json!({ "alg": "none" }))),
        ] {
            assert_eq!(signer.verify::<Value>(&altered), None, "{altered}");
        }
    }

    #[test]
    fn the_key_has_2048_bits_and_the_usual_exponent() {
        let Jwks { keys: [jwk] } = Signer::new().unwrap().jwks();
        assert_eq!(URL_SAFE_NO_PAD.decode(jwk.n).unwrap().len(), 256);
        assert_eq!(jwk.e, "AQAB");
    }

    #[test]
    fn the_public_key_belongs_to_the_private_key() {
        let base64: String = PUBLIC_KEY.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(base64).unwrap();
        assert!(der.ends_with(Signer::new().unwrap().key_pair.public_key().as_ref()));
    }
}
