use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::JsonError;

/// The value of a member, as its JSON text.
#[derive(Clone, Copy)]
pub(crate) struct JsonValue<'a> {
    raw: &'a RawValue,
    /// Whether a string may contain escapes.
    may_have_escapes: bool,
}

impl<'a> JsonValue<'a> {
    pub(crate) fn raw(self) -> &'a RawValue {
        self.raw
    }

    pub(crate) fn is_null(self) -> bool {
        self.raw.get() == "null"
    }

    /// Returns the string that the value is, or `None` if it is not a string.
    ///
    /// A string without escapes is borrowed: a `RawValue` is known to be valid JSON, so there is
    /// nothing left to parse.
    pub(crate) fn string(self) -> Option<Cow<'a, str>> {
        let quoted = self.raw.get().strip_prefix('"')?.strip_suffix('"')?;
        if self.may_have_escapes && has_escapes(quoted) {
            serde_json::from_str(self.raw.get()).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(quoted))
        }
    }
}

impl<'a> From<&'a RawValue> for JsonValue<'a> {
    fn from(raw: &'a RawValue) -> Self {
        Self { raw, may_have_escapes: true }
    }
}

fn has_escapes(json: &str) -> bool {
    // No early exit, so that many bytes are compared at a time: tokens are long and have no
    // escapes.
    let is_escape = |byte| byte == b'\\';
    json.bytes().fold(false, |found, byte| found | is_escape(byte))
}

/// Calls `member` with the name and the value of each member of a JSON object, in order.
///
/// A duplicate name is passed each time it occurs. One that is not a string, because it contains an
/// unpaired surrogate, is passed as its JSON text. The members before an error are passed before
/// the error is returned, so that an id can be recovered from a broken response.
///
/// All JSON objects are read here, because derived structs reject duplicate names and lose the
/// exact form of numbers.
pub(crate) fn for_each_member<'de>(
    json: &'de str,
    member: impl FnMut(Cow<'de, str>, JsonValue<'de>),
) -> Result<(), JsonError> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    // Hardly any response contains an escape. In one that does not, names and strings are as they
    // are written.
    deserializer.deserialize_map(Members { member, may_have_escapes: has_escapes(json) })?;
    Ok(deserializer.end()?)
}

struct Members<F> {
    member: F,
    may_have_escapes: bool,
}

impl<'de, F: FnMut(Cow<'de, str>, JsonValue<'de>)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = self.next_name(&mut members)? {
            let raw = members.next_value()?;
            (self.member)(name, JsonValue { raw, may_have_escapes: self.may_have_escapes });
        }
        Ok(())
    }
}

impl<F> Members<F> {
    fn next_name<'de, A: MapAccess<'de>>(
        &self,
        members: &mut A,
    ) -> Result<Option<Cow<'de, str>>, A::Error> {
        if !self.may_have_escapes {
            return Ok(members.next_key()?.map(Cow::Borrowed));
        }
        // JSON allows an unpaired surrogate in a name and a string does not. Nobody looks for such
        // a name, but it must not hide the members after it.
        let name = members.next_key::<&RawValue>()?;
        Ok(name.map(|name| JsonValue::from(name).string().unwrap_or(Cow::Borrowed(name.get()))))
    }
}

/// Returns the bytes as a string, with U+FFFD for whatever is not UTF-8.
///
/// Nearly all bytes are, and checking that takes a fraction of the time that
/// `String::from_utf8_lossy` does.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde::de::Deserializer as _;
    use serde_json::value::RawValue;

    use super::{JsonValue, Members, for_each_member};

    fn members(json: &str) -> (Vec<(String, String)>, Option<String>) {
        let mut found = Vec::new();
        let result = for_each_member(json, |name, value| {
            found.push((name.into_owned(), value.raw().get().to_owned()));
        });
        (found, result.err().map(|error| error.to_string()))
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn values_are_exact_and_duplicate_names_are_passed_in_order() {
        let (found, error) = members(r#" {"a": 1.10, "b":{"c" : [1e400]}, "\u0061": null} "#);
        assert_eq!(found, pairs(&[("a", "1.10"), ("b", r#"{"c" : [1e400]}"#), ("a", "null")]));
        assert_eq!(error, None);
    }

    #[test]
    fn members_before_an_error_are_passed() {
        let (found, error) = members(r#"{"id":"act_1","status":"#);
        assert_eq!(found, pairs(&[("id", r#""act_1""#)]));
        assert_eq!(error.unwrap(), "unexpected end of JSON at line 1, column 23");
    }

    #[test]
    fn anything_but_a_single_object_is_an_error() {
        for json in ["null", "[]", "1", "\"a\""] {
            assert_eq!(members(json).1.unwrap(), "expected a JSON object", "{json}");
        }
        for json in ["", "{} {}", "{}x", "<html>"] {
            assert!(members(json).1.is_some(), "{json}");
        }
    }

    #[test]
    fn strings_are_read_with_and_without_escapes() {
        let read =
            |json| JsonValue::from(serde_json::from_str::<&RawValue>(json).unwrap()).string();
        assert!(matches!(read(r#""Jürgen's""#), Some(Cow::Borrowed("Jürgen's"))));
        assert_eq!(read(r#""a\"\u00fc\/""#).as_deref(), Some("a\"ü/"));
        assert_eq!(read(r#"" a ""#).as_deref(), Some(" a "));
        assert_eq!(read(r#""""#).as_deref(), Some(""));
        for other in ["1", "null", "true", "[\"a\"]", "{}", r#""\ud800""#] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn errors_never_quote_values() {
        for json in [r#"{"a":canary}"#, r#""canary""#, "{\"a\":\"canary", "{\"canary\"}"] {
            let error = members(json).1.unwrap();
            assert!(!error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn the_expected_type_is_an_object() {
        let error = serde_json::Deserializer::from_str("1")
            .deserialize_map(Members { member: |_, _| {}, may_have_escapes: false })
            .unwrap_err();
        assert!(error.to_string().contains("expected a JSON object"), "{error}");
    }
}
