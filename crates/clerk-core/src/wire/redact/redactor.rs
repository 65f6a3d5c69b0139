use serde_json::value::RawValue;

use super::{
    credential::{jwt_end, key_end},
    decoded::{Decoded, Quote},
    known_secrets::KnownSecrets,
    secret_values::{Kind, SecretValue, SecretValues},
};

const MARK: &str = "[redacted]";

/// How much is kept of a text that a server sent, in bytes.
pub(crate) const MAX_KEPT_LEN: usize = 4096;

/// How much is searched for secrets, in bytes: of a body for those that it names, and of a text for
/// the beginning that is kept.
const MAX_SEARCHED_LEN: usize = 64 * 1024;

/// How much is dropped from the end of what was searched, because a secret may be cut there.
const SLACK: usize = 1024;

/// Redacts secrets in text that a server wrote: the key, and whatever is or looks like a key, a
/// token or its URL.
///
/// Servers, and proxies in front of them, echo what they were sent. Text that was JSON is still
/// JSON with the same meaning. The cost is linear in the length of the text.
pub(crate) struct Redactor {
    known: KnownSecrets,
}

impl Redactor {
    /// Creates a redactor for a response. What its body names as secret is redacted everywhere.
    pub(crate) fn new(key: &str, body: &str) -> Self {
        let body = Decoded::new(truncated(body, MAX_SEARCHED_LEN));
        let strings = SecretValues::new(&body).filter(|value| value.kind == Kind::String);
        Self { known: KnownSecrets::new(key, strings.map(|value| body.bytes(value.range))) }
    }

    /// Redacts the beginning of a text, as much of it as is kept. It does not end with a part of a
    /// secret.
    pub(crate) fn redact_start(&self, text: &str) -> String {
        let searched = truncated(text, MAX_SEARCHED_LEN);
        let clean = self.redact(searched);
        let slack = if searched.len() < text.len() { SLACK } else { 0 };
        truncated(&clean, MAX_KEPT_LEN.min(clean.len().saturating_sub(slack))).to_owned()
    }

    /// Redacts a whole text.
    pub(crate) fn redact(&self, source: &str) -> String {
        let text = Decoded::new(source);
        let clean = self.redact_decoded(&text, is_json(source));
        // A character is looked at a few times, and by each part of a secret that begins with it.
        let max_reads = text.len() * (64 + 65 * self.known.crowd());
        debug_assert!(text.reads() <= max_reads, "redaction takes more than linear time");
        clean
    }

    fn redact_decoded(&self, text: &Decoded<'_>, is_json: bool) -> String {
        let clean = String::with_capacity(text.source(0..text.len()).len());
        let mut pass = Pass { known: &self.known, text, at: 0, is_json, in_string: false, clean };
        for SecretValue { range, kind } in SecretValues::new(text) {
            pass.copy_until(range.start);
            if pass.at < range.end {
                let quote = if let Kind::Other(Quote(quote)) = kind { quote } else { "" };
                pass.replace_until(range.end, quote);
            }
        }
        pass.copy_until(text.len());
        pass.clean
    }

    /// Returns `true` if the text contains a known secret, or a secret key of any instance.
    pub(crate) fn finds_secret(&self, text: &str) -> bool {
        let text = Decoded::new(text);
        let begins_at = |at| self.known.begins_at(&text, at) || key_end(&text, at).is_some();
        (0..text.len()).any(begins_at)
    }
}

/// One pass over a text, from its beginning to its end.
struct Pass<'a> {
    known: &'a KnownSecrets,
    text: &'a Decoded<'a>,
    at: usize,
    is_json: bool,
    /// Whether this is inside a string, if the text is JSON.
    in_string: bool,
    clean: String,
}

impl Pass<'_> {
    /// Copies what is not secret, until `end` or the end of the secret that begins before it.
    fn copy_until(&mut self, end: usize) {
        while self.at < end {
            self.in_string ^= self.text.quote(self.at) == Some(Quote::JSON);
            if let Some(secret_end) = self.secret_end() {
                self.replace_until(secret_end, "");
            } else {
                self.clean.push_str(self.text.source(self.at..self.at + 1));
                self.at += 1;
            }
        }
    }

    /// Returns where the secret that begins here ends.
    fn secret_end(&self) -> Option<usize> {
        let Self { known, text, at, is_json, .. } = *self;
        // Outside the strings of JSON, what looks like a secret is a number.
        if is_json && !self.in_string {
            return None;
        }
        let known_end = known.end(text, at);
        let end = match known_end {
            // What follows the whole key is no part of it, whatever it looks like.
            Some(end) if known.is_key(text.bytes(at..end)) => end,
            _ => [known_end, key_end(text, at), jwt_end(text, at)].into_iter().flatten().max()?,
        };
        let ends_string = |at: &usize| is_json && text.quote(*at) == Some(Quote::JSON);
        (at..end).find(ends_string).or(Some(end)).filter(|end| *end > at)
    }

    fn replace_until(&mut self, end: usize, quote: &str) {
        self.clean.extend([quote, MARK, quote]);
        self.at = end;
    }
}

/// Returns at most `max_len` bytes of the text, up to the end of a character.
fn truncated(text: &str, max_len: usize) -> &str {
    let end = (0..=max_len.min(text.len())).rfind(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// Returns `true` if the text is an array or an object in JSON.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<&RawValue>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Decoded, Redactor, is_json};

    const KEY: &str = "sk_test_canaryCANARYcanary0123456789abcdef";

    fn redact(text: &str, key: &str) -> String {
        Redactor::new(key, text).redact(text)
    }

    #[track_caller]
    fn assert_redacted<const N: usize>(cases: [(&str, &str); N]) {
        for (text, clean) in cases {
            assert_eq!(redact(text, KEY), clean);
            assert_eq!(redact(clean, KEY), clean, "redacting twice changes nothing");
        }
    }

    #[track_caller]
    fn assert_kept<const N: usize>(texts: [&str; N]) {
        assert_redacted(texts.map(|text| (text, text)));
    }

    #[test]
    fn the_key_is_redacted_everywhere() {
        assert_eq!(
            redact("a sk_one b \"Bearer sk_one\"", "sk_one"),
            "a [redacted] b \"Bearer [redacted]\""
        );
    }

    #[test]
    fn what_follows_the_key_is_kept() {
        assert_redacted([(
            r#"{"trace":"sk_test_canaryCANARYcanary0123456789abcdef_1"}"#,
            r#"{"trace":"[redacted]_1"}"#,
        )]);
    }

    #[test]
    fn short_keys_are_not_redacted() {
        assert_eq!(
            redact(r#"{"errors":[{"code":"clerk_key_invalid"}]}"#, "e"),
            r#"{"errors":[{"code":"clerk_key_invalid"}]}"#
        );
        assert_eq!((redact("abcde", "abcde"), redact("a", "")), ("abcde".into(), "a".into()));
    }

    #[test]
    fn a_key_that_is_cut_is_redacted() {
        assert_redacted([
            ("a sk_test_canaryCANARYcanary0123456789abcde b", "a [redacted] b"),
            ("a k_test_canaryCANARYcanary0123456789abcdef b", "a [redacted] b"),
            ("…456789abcdef", "…[redacted]"),
            ("…56789abcdef", "…56789abcdef"),
            ("xCANARYcanary0x", "x[redacted]x"),
        ]);
        for cut in ["sk_canar", "k_canary", "sk_canary"] {
            assert_eq!(redact(&format!("<{cut}>"), "sk_canary"), "<[redacted]>");
        }
        assert_eq!(redact("<sk_cana>", "sk_canary"), "<sk_cana>");
    }

    #[test]
    fn keys_of_other_instances_are_redacted() {
        assert_redacted([
            ("Bearersk_live_canary, SK_TEST_canary", "Bearer[redacted], [redacted]"),
            (r#"{"code":"sk_test_canary!"}"#, r#"{"code":"[redacted]!"}"#),
            // Another key that begins like ours.
            ("sk_test_canaryCANARYother", "[redacted]"),
        ]);
        assert_kept(["sk_test_", "keys look like sk_live_… or pk_live_a"]);
    }

    #[test]
    fn secret_members_are_recognized_by_how_their_names_end() {
        assert_redacted([
            (r#"{"actor_token":"canary"}"#, r#"{"actor_token":"[redacted]"}"#),
            (r#"{"Token":"canary"}"#, r#"{"Token":"[redacted]"}"#),
            (r#"{"access-token":"canary"}"#, r#"{"access-token":"[redacted]"}"#),
            (r#"{"ticketURL" : "canary"}"#, r#"{"ticketURL" : "[redacted]"}"#),
            (r#"{"__clerk_ticket":"canary"}"#, r#"{"__clerk_ticket":"[redacted]"}"#),
            (r#"{"client_secret":"canary"}"#, r#"{"client_secret":"[redacted]"}"#),
        ]);
    }

    #[test]
    fn secret_values_are_redacted_whatever_their_shape() {
        assert_redacted([
            (r#"{"token":["canary",["b]"]],"a":[1]}"#, r#"{"token":"[redacted]","a":[1]}"#),
            (
                r#"{"url":{"href":"canary","a":["}\"}",{}]},"b":{}}"#,
                r#"{"url":"[redacted]","b":{}}"#,
            ),
            (r#"{"token": 12345,"a":12345}"#, r#"{"token": "[redacted]","a":12345}"#),
            (r#"{"token":-1.5e+3}"#, r#"{"token":"[redacted]"}"#),
            (r#"{"m":"{\"token\":[\"canary"}"#, r#"{"m":"{\"token\":\"[redacted]\""}"#),
            (r#"{"m":"{\"token\":[1]}"}"#, r#"{"m":"{\"token\":\"[redacted]\"}"}"#),
            (r#"{"token":["canary",{"#, r#"{"token":"[redacted]""#),
            ("{'token':{'a':['canary']}}", "{'token':'[redacted]'}"),
            (r#"{"m":"'token':['canary","c":1}"#, r#"{"m":"'token':'[redacted]'","c":1}"#),
        ]);
    }

    #[test]
    fn secret_values_are_redacted_in_any_notation() {
        assert_redacted([
            ("{'token': 'canary'}", "{'token': '[redacted]'}"),
            (r#"{"m":"{'token':'canary'}"}"#, r#"{"m":"{'token':'[redacted]'}"}"#),
            (r#"{"m":"{'token':'canary"}"#, r#"{"m":"{'token':'[redacted]"}"#),
            (r#"{token: "canary", url:'canary'}"#, r#"{token: "[redacted]", url:'[redacted]'}"#),
            (r#"{"token" => "canary"}"#, r#"{"token" => "[redacted]"}"#),
            (r#"token="canary" a"#, r#"token="[redacted]" a"#),
            ("ticket=canary&token=canary", "ticket=[redacted]&token=[redacted]"),
            ("<a href='h?Ticket=canary'>", "<a href='h?Ticket=[redacted]'>"),
            ("%3Fticket%3Dcanary%26x%3D1", "%3Fticket%3D[redacted]%26x%3D1"),
            ("%253Fticket%253Dcanary%2526x", "%253Fticket%253D[redacted]%2526x"),
            ("url=h?ticket=eyJa.\r\n canary\r\nb=c", "url=[redacted]\r\nb=c"),
            (r#"{"m":"h?ticket\u003dcanary"}"#, r#"{"m":"h?ticket\u003d[redacted]"}"#),
            ("%22token%22%3A%22canary%22%2C", "%22token%22%3A%22[redacted]%22%2C"),
            ("&quot;token&quot;:&quot;canary&quot;,", "&quot;token&quot;:&quot;[redacted]&quot;,"),
            (
                r#"{"m":"{\n \"token\":\n\"canary\"}"}"#,
                r#"{"m":"{\n \"token\":\n\"[redacted]\"}"}"#,
            ),
        ]);
    }

    #[test]
    fn prose_and_codes_are_kept() {
        assert_kept([
            r#"{"errors":[{"code":"form_param_missing","meta":{"param_name":"actor.sub"}}]}"#,
            r#"{"errors":[{"code":"clerk_key_invalid","message":"the token is no URL: sorry"}]}"#,
            r#"{"code":"actor_token_cannot_be_revoked_code","message":"see https://clerk.com/docs"}"#,
            r#"[{"message":"invalid token:","long_message":"bad url=" },"a url: ", "url:"]"#,
            r#"{"bad token:":1,"m":"{\"a\":\"bad token:\",\"b\":1}"}"#,
            "unexpected token: { is not [",
            "the token = 5, the url > 3",
        ]);
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
        assert_redacted([(
            r#"{"message":"canary-1","actor_token":{"id":"act_12","token":"canary-1"},"id":"act_12"}"#,
            r#"{"message":"[redacted]","actor_token":"[redacted]","id":"act_12"}"#,
        )]);
    }

    #[test]
    fn only_strings_are_searched_for_elsewhere() {
        assert_redacted([
            ("ticket=missing: missing", "ticket=[redacted] missing"),
            (
                r#"{"token":["missing"],"url":123456,"a":["missing","123456"]}"#,
                r#"{"token":"[redacted]","url":"[redacted]","a":["missing","123456"]}"#,
            ),
        ]);
    }

    #[test]
    fn short_secrets_are_not_redacted_in_names_and_codes() {
        assert_redacted([
            (
                r#"{"errors":[{"code":"form_param_missing","meta":{"token":"missing"}}],"missing":1}"#,
                r#"{"errors":[{"code":"form_param_missing","meta":{"token":"[redacted]"}}],"missing":1}"#,
            ),
            (
                r#"{"message" : "is message; xmessage, message","token":"message"}"#,
                r#"{"message" : "is [redacted]; xmessage, [redacted]","token":"[redacted]"}"#,
            ),
            (
                r#"{"m":"\"canary\": no","a":["canary"],"x":"messages","token":"canary"}"#,
                r#"{"m":"\"[redacted]\": no","a":["[redacted]"],"x":"messages","token":"[redacted]"}"#,
            ),
            (
                r#"{"0123456789abcdef":"x_0123456789abcdef","token":"0123456789abcdef"}"#,
                r#"{"[redacted]":"x_[redacted]","token":"[redacted]"}"#,
            ),
        ]);
    }

    #[test]
    fn long_secrets_are_told_apart_by_their_ends() {
        let url =
            |end| format!("https://example.accounts.dev/v1/tickets/accept?strategy=ticket&t={end}");
        let text = format!(r#""url":"{}","url":"{}" "#, url("abc"), url("abcdef"));
        let clean = r#""url":"[redacted]","url":"[redacted]" "#;
        for (end, rest) in [("abc", ""), ("abcdef", ""), ("abcdex", "x"), ("x", "x")] {
            assert_eq!(
                redact(&format!("{text}{}", url(end)), KEY),
                format!("{clean}[redacted]{rest}")
            );
        }
        let other = "https://example.accounts.dev/docs";
        assert_eq!(redact(&format!("{text}{other}"), KEY), format!("{clean}{other}"));
    }

    #[test]
    fn a_limited_number_of_secrets_is_searched_for_elsewhere() {
        let members: Vec<_> =
            (10..30).map(|number| format!(r#""token":"canary-{number}""#)).collect();
        let members = format!("{0},{0}", members.join(","));
        let clean = redact(&format!("{members} canary-25 canary-26"), "sk_test_1");
        assert!(clean.ends_with(r#""token":"[redacted]" [redacted] canary-26"#), "{clean}");
    }

    #[test]
    fn what_looks_like_a_token_is_redacted() {
        let text = "see <https://c.accounts.dev/v1/tickets/accept?ticket=canary&x=1> and eyJhbGci.eyJpc3Mi.ca-na_ry, ok";
        assert_eq!(
            redact(text, "key"),
            "see <https://c.accounts.dev/v1/tickets/accept?ticket=[redacted]&x=1> and [redacted], ok"
        );
        assert_redacted([(
            r#"{"m":"eyJhbGci.canary\r\n canary","code":"c"}"#,
            r#"{"m":"[redacted]","code":"c"}"#,
        )]);
    }

    #[test]
    fn everything_else_is_kept() {
        assert_kept([
            "",
            "plain",
            r#"{"token":null,"url":true,"tokens":"a","x":"https://clerk.com/docs"}"#,
            "\"token\":\"",
            "ü\"url\"",
            "ticket=&x=1",
        ]);
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
        let clean = r#"{"a":"[redacted]","b":"[redacted]","u\u0072l":"[redacted]","c":"\\u005f\u00e9\u0022\n"}"#;
        assert_eq!(redact(text, "sk_one"), clean);
        assert_eq!(redact(r#"{"a":"sk\"\\one"}"#, "sk\"\\one"), r#"{"a":"[redacted]"}"#);
        assert_eq!(redact("<sk\"\\one>", "sk\"\\one"), "<[redacted]>");
        assert_eq!(redact(r#"{"a":"sk\/one"}"#, "sk/one"), r#"{"a":"[redacted]"}"#);
        assert_eq!(redact("Bearer%20sk%5Fone", "sk_one"), "Bearer%20[redacted]");
        assert_eq!(redact("ends with \\", "key"), "ends with \\");
    }

    #[test]
    fn json_stays_json() {
        let text = r#"{"a":"sk_one","token":"t\\","url":"https://u?ticket=x","b":"eyJabc.def"}"#;
        let value: Value = serde_json::from_str(&redact(text, "sk_one")).unwrap();
        assert_eq!(value["token"], "[redacted]");
    }

    #[test]
    fn in_json_a_secret_ends_with_its_string() {
        assert_redacted([
            (
                r#"{"token":"123456","used":123456,"a":"123456"}"#,
                r#"{"token":"[redacted]","used":123456,"a":"[redacted]"}"#,
            ),
            (
                r#" [{"token":"abc\",\"def"},"x abc","def","abc\",\"def"]"#,
                r#" [{"token":"[redacted]"},"x [redacted]","def","[redacted]"]"#,
            ),
            (
                r#"{"token":"\",\"abc","a":"x","b":"\",\"abc"}"#,
                r#"{"token":"[redacted]","a":"x","b":"[redacted]"}"#,
            ),
            ("\"token\":\"123456\" 123456", "\"token\":\"[redacted]\" [redacted]"),
        ]);
        // A trace id that is a number is not JSON.
        assert_eq!(Redactor::new(KEY, r#"{"token":"123456"}"#).redact("123456"), "[redacted]");
    }

    #[test]
    fn secrets_are_found_in_ids() {
        let redactor = Redactor::new(KEY, r#"{"token":"canary-1"}"#);
        for id in ["canary-1", "act_canary-1_x", "act_0123456789ab", "sk_live_a"] {
            assert!(redactor.finds_secret(id), "{id}");
        }
        // An id may contain the beginning of a JWT by chance.
        for id in ["", "act_1", "canary-2", "act_eyJa"] {
            assert!(!redactor.finds_secret(id), "{id}");
        }
    }

    #[test]
    fn the_beginning_of_a_text_is_cut_between_characters() {
        let redactor = Redactor::new(KEY, "");
        for (text, length) in [
            ("a".repeat(4096), 4096),
            ("a".repeat(5000), 4096),
            ("ü".repeat(5000), 4096),
            (format!("a{}", "ü".repeat(5000)), 4095),
            (format!("ab{}", "🦀".repeat(5000)), 4094),
            (String::new(), 0),
        ] {
            assert_eq!(redactor.redact_start(&text), text[..length]);
        }
    }

    #[test]
    fn nothing_of_a_secret_is_left_where_a_text_is_cut() {
        let secret = "canary-".repeat(8);
        let redactor = Redactor::new(KEY, &format!(r#""token":"{secret}""#));
        for shift in 0..80 {
            // The first secret makes room for the place at which the text is cut.
            let text = format!("eyJ{} {secret}{secret}", "a".repeat(65_536 - 5 - shift));
            let clean = redactor.redact_start(&text);
            assert!("[redacted] ".starts_with(&clean), "{clean}");
        }
        let text = format!("eyJ{} {}", "a".repeat(60_000), "b".repeat(10_000));
        let clean = redactor.redact_start(&text);
        assert!(clean.starts_with("[redacted] bbb") && clean.len() == 4096, "{clean}");
    }

    #[test]
    fn secrets_are_learned_from_the_beginning_of_a_body() {
        for (padding, clean) in [(65_000, "[redacted]"), (65_530, "canary-1")] {
            let body = format!(r#"{{"a":"{}","token":"canary-1"}}"#, "a".repeat(padding));
            assert_eq!(Redactor::new(KEY, &body).redact("canary-1"), clean);
        }
    }

    #[test]
    fn the_cost_is_linear() {
        let long = "a".repeat(2_000);
        let same_start: Vec<_> = (b'b'..b'r')
            .map(|byte| format!(r#""token":"{}{}","#, &long[..63], char::from(byte)))
            .collect();
        for (start, repeated) in [
            (format!(r#""token":"{long}1","#).repeat(14).as_str(), long.as_str()),
            (&same_start.concat(), "a"),
            (r#""token":""#, "a"),
            ("", r#""token":["#),
            ("", r#"{"token":"#),
            ("", r#"'token':[""#),
            ("", r#"\\\"token\\\":\\\""#),
            ("", r#""token":"a","#),
            ("", "token : "),
            ("", "token:\""),
            ("token", " "),
            ("token:", " "),
            ("token:\"", " "),
            ("", "ticket="),
            ("", "ticket=a&"),
            ("", "\\"),
            ("", "\\\""),
            ("%", "25"),
            ("", "&#0000"),
            ("", "eyJ"),
            ("", "eyJ\n"),
            ("", "eyJ\neyJ "),
            ("eyJ\n", " "),
            ("", KEY),
            ("", &KEY[..11]),
            ("", "ü"),
            ("", "🦀\"token\":\"🦀\","),
        ] {
            let cost = |length: usize| {
                let source = format!("{start}{}", repeated.repeat(length / repeated.len()));
                let text = Decoded::new(&source);
                Redactor::new(KEY, &source).redact_decoded(&text, is_json(&source));
                text.reads()
            };
            let (once, twice, four_times) = (cost(8_000), cost(16_000), cost(32_000));
            // The same amount is added again, apart from what is rounded.
            let (first, second) = (twice - once, four_times - twice);
            assert!(second <= 2 * first + 3_000, "{repeated:?}: {once}, {twice}, {four_times}");
        }
    }
}
