use std::{borrow::Cow, fmt};

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::{error::Category, value::RawValue};

/// Reads a JSON object and hands over each member: its name, and its value as it stands in the text.
///
/// Members come in their order, a repeated name as often as it stands there. Those before a fault have been
/// handed over when the fault is returned, so that an id can be saved from a broken answer. All reading of
/// objects goes through here: derived structs give up on a repeated name and lose the text of numbers.
pub(crate) fn for_each_member<'de>(
    json: &'de [u8],
    member: impl FnMut(Cow<'de, str>, &'de RawValue),
) -> Result<(), JsonFault> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    reader.deserialize_map(Members(member))?;
    Ok(reader.end()?)
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

/// What may be said of a JSON error: its category and its place. Its text is not kept, because it quotes values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonFault {
    category: &'static str,
    line: usize,
    column: usize,
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
    use super::for_each_member;

    fn members(json: &str) -> (Vec<(String, String)>, Option<String>) {
        let mut found = Vec::new();
        let end = for_each_member(json.as_bytes(), |name, value| {
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
    fn a_fault_never_quotes_a_value() {
        for json in [r#"{"a":canary}"#, r#""canary""#, "{\"a\":\"canary", "{\"canary\"}"] {
            let fault = members(json).1.unwrap();
            assert!(!fault.contains("canary"), "{fault}");
        }
    }
}
