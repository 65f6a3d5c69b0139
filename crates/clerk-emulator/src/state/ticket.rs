use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    clock::UnixMillis,
    signer::{INSTANCE_ID, Signer},
};

/// The claims of a ticket, which signs somebody in once.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// The lifetime in seconds.
    eis: u64,
    exp: i64,
    iid: String,
    /// What the ticket is for: the id of an actor token.
    pub(crate) sid: String,
    st: String,
}

impl Ticket {
    pub(crate) fn new(actor_token_id: &str, now: UnixMillis, expires_in_seconds: u64) -> Self {
        let lifetime = i64::try_from(expires_in_seconds).unwrap_or(i64::MAX);
        Self {
            eis: expires_in_seconds,
            exp: (now / 1000).saturating_add(lifetime),
            iid: INSTANCE_ID.to_owned(),
            sid: actor_token_id.to_owned(),
            st: "actor_token".to_owned(),
        }
    }

    pub(crate) fn sign(&self, signer: &Signer) -> String {
        signer.sign(&json!({ "alg": "RS256", "typ": "JWT" }), self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_has_the_claims_of_clerk_s() {
        let signer = Signer::new().unwrap();
        let jwt = Ticket::new("act_1", 1_700_000_000_999, 600).sign(&signer);
        let expected = json!({
            "eis": 600, "exp": 1_700_000_600, "iid": INSTANCE_ID, "sid": "act_1", "st": "actor_token",
        });
        assert_eq!(signer.verify::<serde_json::Value>(&jwt), Some(expected));
    }

    #[test]
    fn long_lifetimes_do_not_overflow() {
        assert_eq!(Ticket::new("act_1", 1_700_000_000_000, u64::MAX).exp, i64::MAX);
    }
}
