use std::{borrow::Cow, fmt};

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::{error::Category, value::RawValue};

/// Reads a JSON object and hands over each member: its name, and its value as it stands in the
/// text.
///
/// Members come in their order, a repeated name as often as it stands there. Those before a fault
/// have been handed over when the fault is returned, so that an id can be saved from a broken
/// answer. All reading of objects goes through here: derived structs give up on a repeated name and
/// lose the text of numbers.
pub(crate) fn for_each_member<'de>(
    json: &'de str,
    member: impl FnMut(Cow<'de, str>, &'de RawValue),
) -> Result<(), JsonFault> {
    let mut reader = serde_json::Deserializer::from_str(json);
    reader.deserialize_map(Members(member))?;
    Ok(reader.end()?)
}

/// Reads JSON text; `None` of anything else.
///
/// What holds no escape stands in the JSON as it is, and the JSON is known to be good: there is
/// nothing left to parse.
pub(crate) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let quoted = value.get().strip_prefix('"')?.strip_suffix('"')?;
    // Without an early end, so that many bytes are looked at in one step: tokens are long and have
    // no escape.
    let is_escape = |byte| byte == b'\\';
    if quoted.bytes().fold(false, |found, byte| found | is_escape(byte)) {
        serde_json::from_str(value.get()).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(quoted))
    }
}

struct Members<F>(F);

impl<'de, F: FnMut(Cow<'de, str>, &'de RawValue)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some((Name(name), value)) = members.next_entry()? {
            (self.0)(name, value);
        }
        Ok(())
    }
}

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// What may be said of a JSON error: its category and its place. Its text is not kept, because it
/// quotes values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonFault {
    category: &'static str,
    line: usize,
    column: usize,
}

impl JsonFault {
    /// Says that after this much text something stands that is no text.
    pub(crate) fn not_utf8(text: &str) -> Self {
        let last_line = text.rsplit('\n').next().unwrap_or_default();
        Self {
            category: "not UTF-8",
            line: text.matches('\n').count() + 1,
            column: last_line.len() + 1,
        }
    }
}

impl From<serde_json::Error> for JsonFault {
    fn from(error: serde_json::Error) -> Self {
        let category = match error.classify() {
            Category::Io | Category::Syntax => "not JSON",
            Category::Eof => "JSON that ends too early",
            Category::Data => "JSON of another shape",
        };
        Self { category, line: error.line(), column: error.column() }
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { category, line, column } = self;
        // A value that was built in memory has no place.
        if *line == 0 {
            f.write_str(category)
        } else {
            write!(f, "{category} at line {line}, column {column}")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::value::RawValue;

    use super::{JsonFault, for_each_member, text};

    fn members(json: &str) -> (Vec<(String, String)>, Option<String>) {
        let mut found = Vec::new();
        let end = for_each_member(json, |name, value| {
            found.push((name.into_owned(), value.get().to_owned()));
        });
        (found, end.err().map(|fault| fault.to_string()))
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn values_keep_their_text_and_repeated_names_their_order() {
        let (found, fault) = members(r#" {"a": 1.10, "b":{"c" : [1e400]}, "\u0061": null} "#);
        assert_eq!(found, pairs(&[("a", "1.10"), ("b", r#"{"c" : [1e400]}"#), ("a", "null")]));
        assert_eq!(fault, None);
    }

    #[test]
    fn members_before_a_fault_are_handed_over() {
        let (found, fault) = members(r#"{"id":"act_1","status":"#);
        assert_eq!(found, pairs(&[("id", r#""act_1""#)]));
        assert_eq!(fault.unwrap(), "JSON that ends too early at line 1, column 23");
    }

    #[test]
    fn whatever_is_no_single_object_is_a_fault() {
        for json in ["", "null", "[]", "1", "\"a\"", "{} {}", "{}x", "<html>"] {
            assert!(members(json).1.is_some(), "{json}");
        }
    }

    #[test]
    fn text_is_read_with_and_without_escapes() {
        let read = |json| text(serde_json::from_str::<&RawValue>(json).unwrap());
        assert!(matches!(read(r#""Jürgen's""#), Some(Cow::Borrowed("Jürgen's"))));
        assert_eq!(read(r#""a\"\u00fc\/""#).as_deref(), Some("a\"ü/"));
        assert_eq!(read(r#"" a ""#).as_deref(), Some(" a "));
        assert_eq!(read(r#""""#).as_deref(), Some(""));
        for other in ["1", "null", "true", "[\"a\"]", "{}", r#""\ud800""#] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_text_is_placed() {
        assert_eq!(JsonFault::not_utf8("").to_string(), "not UTF-8 at line 1, column 1");
        assert_eq!(JsonFault::not_utf8("{\n \"a").to_string(), "not UTF-8 at line 2, column 4");
    }

    #[test]
    fn a_fault_never_quotes_a_value() {
        for json in [r#"{"a":canary}"#, r#""canary""#, "{\"a\":\"canary", "{\"canary\"}"] {
            let fault = members(json).1.unwrap();
            assert!(!fault.contains("canary"), "{fault}");
        }
    }

    #[test]
    fn what_is_expected_is_an_object() {
        use serde::de::Deserializer as _;
        let error = serde_json::Deserializer::from_str("1")
            .deserialize_map(super::Members(|_, _| {}))
            .unwrap_err();
        assert!(error.to_string().contains("expected a JSON object"), "{error}");
    }
}
