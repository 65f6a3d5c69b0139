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

pub(crate) fn sign_in_id() -> String {
    id("sia")
}

/// Returns 32 hexadecimal digits, the form of a W3C trace id, which is what Clerk sends.
pub(crate) fn trace_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}

pub(crate) fn rotating_token() -> String {
    base62(32)
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
        for (id, kind) in [
            (actor_token_id(), "act_"),
            (client_id(), "client_"),
            (session_id(), "sess_"),
            (sign_in_id(), "sia_"),
        ] {
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
    fn trace_ids_are_32_hexadecimal_digits() {
        let id = trace_id();
        assert_eq!(id.len(), 32);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
