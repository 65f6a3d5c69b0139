const MARK: &str = "[redacted]";

/// Members whose values are secrets, wherever they occur, even in JSON inside a JSON string
/// (`\"token\":\"…\"`).
const SECRET_MEMBERS: [&str; 3] = ["\"token", "\"url", "\"ticket"];

/// The length from which the key, or a secret found by the name of its member, is redacted
/// everywhere. A shorter one is not a credential, and redacting every "a" would ruin the text.
const MIN_SECRET_LEN: usize = 6;

/// How many such secrets are looked for, so that the cost of a body full of them stays linear.
const MAX_SECRETS: usize = 16;

/// Redacts every secret in text that a server wrote: the key, and whatever is or looks like a token
/// or its URL.
///
/// Servers, and proxies in front of them, echo what they were sent. Text that was JSON is still
/// JSON with the same meaning.
pub(super) fn redact(text: &str, key: &str) -> String {
    let mut text = unescape_plain_characters(text);
    // The key, and how JSON writes a key that has such characters.
    let mut secrets = vec![key.to_owned(), key.replace('\\', r"\\").replace('"', "\\\"")];
    secrets.retain(|secret| secret.len() >= MIN_SECRET_LEN);
    for name in SECRET_MEMBERS {
        text = redact_member(&text, name, &mut secrets);
    }
    let text = redact_everywhere(&text, &secrets);
    // A ticket in a URL, and a JWT, which begins with `{"` in base64.
    let text = redact_runs(&text, "ticket=", "ticket=", |byte| {
        !matches!(byte, b'&' | b'"' | b'\'' | b'<' | b'>' | b'\\') && !byte.is_ascii_whitespace()
    });
    redact_runs(&text, "eyJ", "", |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=')
    })
}

/// Replaces JSON escapes of characters that need none, such as `\u0041` or `\/`, so that no secret
/// hides behind them.
fn unescape_plain_characters(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let hex = after.strip_prefix('u').and_then(|hex| hex.get(..4));
        let character = hex.and_then(|hex| u8::from_str_radix(hex.strip_prefix("00")?, 16).ok());
        let (written, length) = match character {
            Some(byte) if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\') => {
                (Some(char::from(byte)), 5)
            }
            _ if after.starts_with('/') => (Some('/'), 1),
            _ => (None, after.chars().next().map_or(0, char::len_utf8)),
        };
        match written {
            Some(character) => plain.push(character),
            // A character that must be escaped stays escaped.
            None => plain.extend(["\\", after.get(..length).unwrap_or_default()]),
        }
        rest = after.get(length..).unwrap_or_default();
    }
    plain + rest
}

/// Redacts the string values of the members called `name`, and collects those to be redacted
/// elsewhere too.
fn redact_member(text: &str, name: &str, secrets: &mut Vec<String>) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(name) {
        clean.extend([before, name]);
        rest = after;
        let Some((value, escapes)) = string_value(after) else { continue };
        // The end of the name, the colon, whitespace and the opening quotation mark.
        let lead = after.len() - value.len();
        let (value, after_value) = value.split_at(end_of_string(value, escapes));
        if value.len() >= MIN_SECRET_LEN && secrets.len() < MAX_SECRETS {
            secrets.push(value.to_owned());
        }
        clean.push_str(after.get(..lead).unwrap_or_default());
        clean.push_str(if value.is_empty() { "" } else { MARK });
        rest = after_value;
    }
    clean + rest
}

/// Redacts these secrets wherever they occur, in one pass: a mark is never looked at again, so the
/// text cannot grow without bound.
fn redact_everywhere(text: &str, secrets: &[String]) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let secret = secrets.iter().find(|secret| rest.starts_with(secret.as_str()));
        let (piece, after) = rest.split_at(secret.map_or(next.len_utf8(), String::len));
        clean.push_str(if secret.is_some() { MARK } else { piece });
        rest = after;
    }
    clean
}

/// Returns what follows the opening quotation mark of a member's value, and how many backslashes
/// precede that mark: none, or one in JSON inside a JSON string, and so on.
fn string_value(after_name: &str) -> Option<(&str, usize)> {
    let after_name = after_name.trim_start_matches('\\').strip_prefix('"')?;
    let mark = after_name.trim_start().strip_prefix(':')?.trim_start();
    let value = mark.trim_start_matches('\\');
    Some((value.strip_prefix('"')?, mark.len() - value.len()))
}

/// Returns where a string ends whose quotation marks are preceded by this many backslashes.
///
/// A mark inside the string is escaped once more, which doubles the backslashes and adds one. So
/// the number of trailing ones in their count is how often a mark is escaped. A mark that is
/// escaped less often ends an outer string, in which this one was cut.
fn end_of_string(text: &str, escapes: usize) -> usize {
    let mut backslashes = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        let depth = backslashes.trailing_ones();
        match byte {
            b'\\' => backslashes += 1,
            b'"' if depth <= escapes.trailing_ones() => return at - ((1 << depth) - 1),
            _ => backslashes = 0,
        }
    }
    text.len()
}

/// Returns `true` if the text contains the key.
pub(super) fn contains_key(text: &str, key: &str) -> bool {
    key.len() >= MIN_SECRET_LEN && text.contains(key)
}

/// Redacts every run of characters after `marker`. Of the marker itself, `kept` is kept.
fn redact_runs(text: &str, marker: &str, kept: &str, is_part: impl Fn(u8) -> bool) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, run)) = rest.split_once(marker) {
        let end = run.bytes().position(|byte| !is_part(byte)).unwrap_or(run.len());
        clean.extend([before, kept, MARK]);
        rest = run.get(end..).unwrap_or_default();
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn the_key_is_redacted_everywhere() {
        assert_eq!(
            redact("a sk_one b \"Bearer sk_one\"", "sk_one"),
            "a [redacted] b \"Bearer [redacted]\""
        );
    }

    #[test]
    fn short_keys_are_not_redacted() {
        assert_eq!(
            redact(r#"{"errors":[{"code":"clerk_key_invalid"}]}"#, "e"),
            r#"{"errors":[{"code":"clerk_key_invalid"}]}"#
        );
    }

    #[test]
    fn nested_json_is_redacted() {
        let mut text = r#"{"token":"opaque\"-\\","id":"act_1"}"#.to_owned();
        for _ in 0..3 {
            let clean = redact(&format!("{text} opaque"), "key");
            assert!(!clean.contains("opaque\\"), "{clean}");
            assert!(
                clean.contains("[redacted]")
                    && clean.contains("act_1")
                    && clean.ends_with(" opaque"),
                "{clean}"
            );
            text = format!(r#"{{"message":"{}"}}"#, text.replace('\\', r"\\").replace('"', "\\\""));
        }
        assert_eq!(
            redact(
                r#"{"message":"said {\"url\": \"https://secret/1\"} and https://secret/1"}"#,
                "key"
            ),
            r#"{"message":"said {\"url\": \"[redacted]\"} and [redacted]"}"#
        );
    }

    #[test]
    fn a_nested_string_ends_with_its_outer_string() {
        for (text, clean) in [
            (
                r#"{"message":"bad: {\"token\": \"abcdefgh"}],"clerk_trace_id":"t1"}"#,
                r#"{"message":"bad: {\"token\": \"[redacted]"}],"clerk_trace_id":"t1"}"#,
            ),
            (
                r#"[{"message":"{\"url\":\"https://sec/1"},{"code":"b","message":"see \"x\" now"}]"#,
                r#"[{"message":"{\"url\":\"[redacted]"},{"code":"b","message":"see \"x\" now"}]"#,
            ),
            (
                r#"{"a":"{\"b\":\"{\\\"token\\\":\\\"abc\"}","c":1}"#,
                r#"{"a":"{\"b\":\"{\\\"token\\\":\\\"[redacted]\"}","c":1}"#,
            ),
        ] {
            assert_eq!(redact(text, "key"), clean);
        }
    }

    #[test]
    fn values_of_secret_members_are_redacted_everywhere() {
        let text = r#"{"token" : "canary\"1-and-more","deep":[{"url":"canary-2-and-more"}],"message":"canary\"1-and-more and canary-2-and-more","ticket":"canary3"}"#;
        let clean = redact(text, "key");
        assert!(!clean.contains("canary"), "{clean}");
        assert!(
            clean
                .starts_with(r#"{"token" : "[redacted]","deep":[{"url":"[redacted]"}],"message":"#),
            "{clean}"
        );
    }

    #[test]
    fn a_limited_number_of_secrets_is_looked_for_elsewhere() {
        let members: Vec<_> =
            (10..30).map(|number| format!(r#""token":"canary-{number}""#)).collect();
        let clean = redact(&format!("{} canary-23 canary-24", members.join(",")), "sk_test_1");
        assert!(clean.ends_with(r#""token":"[redacted]" [redacted] canary-24"#), "{clean}");
    }

    #[test]
    fn what_looks_like_a_token_is_redacted() {
        let text = "see <https://c.accounts.dev/v1/tickets/accept?ticket=canary&x=1> and eyJhbGci.eyJpc3Mi.ca-na_ry, ok";
        assert_eq!(
            redact(text, "key"),
            "see <https://c.accounts.dev/v1/tickets/accept?ticket=[redacted]&x=1> and [redacted], ok"
        );
    }

    #[test]
    fn everything_else_is_kept() {
        for text in [
            "",
            "plain",
            r#"{"token":null,"url":1,"tokens":"a","x":"https://clerk.com/docs"}"#,
            "\"token\":\"",
            "ü\"url\"",
        ] {
            assert_eq!(redact(text, "key"), text);
        }
    }

    #[test]
    fn short_values_are_redacted_only_in_place() {
        assert_eq!(
            redact(r#"{"token":"e","url":"","x":"see"}"#, "key"),
            r#"{"token":"[redacted]","url":"","x":"see"}"#
        );
    }

    #[test]
    fn many_secrets_do_not_make_the_text_grow() {
        // Found by fuzzing: each value was also redacted inside earlier marks, so the text doubled.
        let text = "\"url\":\"d\",\"token\":\"e\",".repeat(2_000);
        assert_eq!(redact(&text, "key").len(), text.len() + 4_000 * ("[redacted]".len() - 1));
        let distinct: Vec<_> =
            (0..2_000).map(|n| format!("\"url\":\"secret-number-{n:06}\"")).collect();
        assert!(!redact(&distinct.join(","), "key").contains("secret-number"));
    }

    #[test]
    fn secrets_behind_escapes_are_redacted() {
        let text = r#"{"a":"sk\u005fone","b":"\u0073k_\u006fne","u\u0072l":"https:\/\/canary","c":"\\u005f\u00e9\u0022\n"}"#;
        let clean =
            r#"{"a":"[redacted]","b":"[redacted]","url":"[redacted]","c":"\\u005f\u00e9\u0022\n"}"#;
        assert_eq!(redact(text, "sk_one"), clean);
        assert_eq!(redact(r#"{"a":"sk\"\\one"}"#, "sk\"\\one"), r#"{"a":"[redacted]"}"#);
        assert_eq!(redact(r#"{"a":"sk\/one"}"#, "sk/one"), r#"{"a":"[redacted]"}"#);
        assert_eq!(redact("ends with \\", "key"), "ends with \\");
    }

    #[test]
    fn json_stays_json() {
        let text = r#"{"a":"sk_one","token":"t\\","url":"https://u?ticket=x","b":"eyJabc.def"}"#;
        let value: serde_json::Value = serde_json::from_str(&redact(text, "sk_one")).unwrap();
        assert_eq!(value["token"], "[redacted]");
    }
}
