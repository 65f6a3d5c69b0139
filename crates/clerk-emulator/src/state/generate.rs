use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::clock::UnixMillis;

/// The frontend API of an instance that does not exist.
const FRONTEND_API: &str = "https://made-up-emulator-00.clerk.accounts.dev";

pub(crate) fn secret_key() -> String {
    format!("sk_test_{}", base62(40))
}

pub(crate) fn actor_token_id() -> String {
    id("act")
}

pub(crate) fn client_id() -> String {
    id("client")
}

pub(crate) fn session_id() -> String {
    id("sess")
}

/// Returns 32 hexadecimal digits, the form of a W3C trace id, which is what Clerk sends.
pub(crate) fn trace_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// Returns a ticket in the form of a JWT. Its signature is random bytes.
pub(crate) fn ticket(id: &str, created_at: UnixMillis, expires_in_seconds: u64) -> String {
    let header = json!({ "alg": "RS256", "kid": "ins_emulator", "typ": "JWT" }).to_string();
    let expires_at =
        u64::try_from(created_at / 1000).unwrap_or(0).saturating_add(expires_in_seconds);
    let claims = json!({ "exp": expires_at, "iss": FRONTEND_API, "sid": id, "st": "actor_token" })
        .to_string();
    let signature: [u8; 256] = std::array::from_fn(|_| fastrand::u8(..));
    [header.as_bytes(), claims.as_bytes(), &signature]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".")
}

pub(crate) fn ticket_url(ticket: &str) -> String {
    format!("{FRONTEND_API}/v1/tickets/accept?ticket={ticket}")
}

fn id(kind: &str) -> String {
    format!("{kind}_{}", base62(27))
}

fn base62(length: usize) -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_a_kind_and_27_letters_or_digits() {
        for (id, kind) in
            [(actor_token_id(), "act_"), (client_id(), "client_"), (session_id(), "sess_")]
        {
            let random = id.strip_prefix(kind).unwrap();
            assert_eq!(random.len(), 27);
            assert!(random.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn ids_differ() {
        assert_ne!(actor_token_id(), actor_token_id());
    }

    #[test]
    fn tickets_have_three_base64url_parts_of_which_two_are_json() {
        let ticket = ticket("act_1", 1_700_000_000_000, 600);
        let parts: Vec<_> =
            ticket.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        let [header, claims, _signature] = parts.try_into().unwrap();
        let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header.get("typ").unwrap(), "JWT");
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims.get("exp").unwrap(), 1_700_000_600);
    }

    #[test]
    fn trace_ids_are_32_hexadecimal_digits() {
        let id = trace_id();
        assert_eq!(id.len(), 32);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
