use std::fmt;

use serde::{
    Deserialize, Deserializer as _,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::redact::MAX_KEPT_LEN;
use crate::{
    domain::{Claims, for_each_member},
    error::ClerkError,
};

/// How many entries are kept. A real response has one or two.
const MAX_ENTRIES: usize = 64;

/// The body of a refusal, as far as it could be read. What is kept of it is bounded, whatever a
/// server sends.
#[derive(Debug, Default, PartialEq)]
pub(super) struct ClerkErrors {
    pub(super) errors: Vec<ClerkError>,
    pub(super) meta: Claims,
    pub(super) clerk_trace_id: Option<String>,
    /// Whether the body was JSON to its end and had a list of errors.
    pub(super) is_complete: bool,
}

impl ClerkErrors {
    pub(super) fn parse(body: &str) -> Self {
        let mut found = Self::default();
        let mut listed = false;
        let end = for_each_member(body, |name, value| match (&*name, value.raw()) {
            ("errors", list) => match entries(list) {
                Some(entries) => {
                    listed = true;
                    found.errors = entries;
                }
                None => listed = false,
            },
            ("meta", meta) => found.meta = claims(meta),
            ("clerk_trace_id", id) => found.clerk_trace_id = string(id),
            _ => {}
        });
        found.is_complete = listed && end.is_ok();
        found
    }
}

/// Reads the list, or `null`, which stands for an empty one.
fn entries(value: &RawValue) -> Option<Vec<ClerkError>> {
    if value.get() == "null" {
        return Some(Vec::new());
    }
    value.deserialize_seq(Entries).ok()
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Vec<ClerkError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of errors")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while entries.len() < MAX_ENTRIES {
            match list.next_element::<&RawValue>()? {
                Some(value) => entries.push(entry(value)),
                None => return Ok(entries),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(entries)
    }
}

/// Reads one entry of the list. A part that is missing or invalid does not affect the others.
fn entry(value: &RawValue) -> ClerkError {
    let mut error = ClerkError::default();
    let end = for_each_member(value.get(), |name, value| match (&*name, value.raw()) {
        ("code", code) => error.code = string(code).unwrap_or_default(),
        ("message", message) => error.message = string(message).unwrap_or_default(),
        ("long_message", message) => error.long_message = string(message),
        ("meta", meta) => error.meta = claims(meta),
        _ => {}
    });
    if end.is_err() {
        error.message = string(value).unwrap_or_default();
    }
    error
}

/// Reads a string, or else the JSON of anything but `null`, so that nothing is lost.
fn string(value: &RawValue) -> Option<String> {
    match Option::<String>::deserialize(value) {
        Ok(string) => string,
        Err(_) => Some(value.get().to_owned()),
    }
}

/// Reads an object. One that is too long is not kept at all: part of an object is not an object.
fn claims(value: &RawValue) -> Claims {
    if value.get().len() > MAX_KEPT_LEN {
        return Claims::default();
    }
    Claims::parse(value.get().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Claims, ClerkError, ClerkErrors};

    #[test]
    fn a_complete_body_is_read_in_full() {
        let read = ClerkErrors::parse(
            r#"{"errors":[{"message":"is missing","long_message":"actor.sub must be included.","code":"form_param_missing","meta":{"param_name":"actor.sub"}},
                {"message":"m2","long_message":"l2","code":"c2"}],"meta":{"n":1.10},"clerk_trace_id":"abc","new":1}"#,
        );
        let first = ClerkError {
            code: "form_param_missing".to_owned(),
            message: "is missing".to_owned(),
            long_message: Some("actor.sub must be included.".to_owned()),
            meta: Claims::from_json(r#"{"param_name":"actor.sub"}"#).unwrap(),
        };
        assert_eq!((read.errors.len(), read.errors.first()), (2, Some(&first)));
        assert_eq!((read.errors[1].code(), read.errors[1].meta().as_json()), ("c2", "{}"));
        assert_eq!(
            (read.meta.as_json(), read.clerk_trace_id.as_deref(), read.is_complete),
            (r#"{"n":1.10}"#, Some("abc"), true)
        );
    }

    #[test]
    fn missing_null_and_invalid_parts_do_not_affect_the_rest() {
        let read = ClerkErrors::parse(
            r#"{"errors":[{"code":"a"},{"code":null,"message":"b","meta":null},{"code":7,"message":"c","meta":[],"long_message":{}},"bare",null],"meta":null,"clerk_trace_id":null}"#,
        );
        assert!(read.is_complete);
        let codes: Vec<_> = read
            .errors
            .iter()
            .map(|error| (error.code(), error.message(), error.long_message()))
            .collect();
        assert_eq!(
            codes,
            [
                ("a", "", None),
                ("", "b", None),
                ("7", "c", Some("{}")),
                ("", "bare", None),
                ("", "", None)
            ]
        );
    }

    #[test]
    fn a_long_list_is_complete_and_its_first_entries_are_kept() {
        let list: Vec<_> = (0..200).map(|number| format!(r#"{{"code":"c{number}"}}"#)).collect();
        let read = ClerkErrors::parse(&format!(r#"{{"errors":[{}]}}"#, list.join(",")));
        assert!(read.is_complete);
        assert_eq!((read.errors.len(), read.errors[63].code()), (64, "c63"));
        assert!(!ClerkErrors::parse(&format!(r#"{{"errors":[{}"#, list.join(","))).is_complete);
    }

    #[test]
    fn of_half_a_million_entries_few_are_kept() {
        let numbers = vec!["0"; 500_000].join(",");
        assert_eq!(ClerkErrors::parse(&format!(r#"{{"errors":[{numbers}]}}"#)).errors.len(), 64);
    }

    #[test]
    fn a_meta_of_up_to_4_kib_is_kept() {
        let meta = |length: usize| {
            let filler = "x".repeat(length - r#"{"m":""}"#.len());
            let json = format!(r#"{{"errors":[],"meta":{{"m":"{filler}"}}}}"#);
            ClerkErrors::parse(&json).meta.as_json().len()
        };
        assert_eq!((meta(4096), meta(4097)), (4096, "{}".len()));
    }

    #[test]
    fn an_empty_list_is_complete() {
        for body in [r#"{"errors":[]}"#, r#"{"errors":null}"#] {
            let read = ClerkErrors::parse(body);
            assert!(read.is_complete && read.errors.is_empty());
        }
    }

    #[test]
    fn other_bodies_are_incomplete_but_keep_the_trace_id() {
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            "null",
            r#"{"errors":{}}"#,
            r#"{"errors":"x"}"#,
            r#"{"errors":[]"#,
            r#"{"error":"x"}"#,
        ] {
            assert!(!ClerkErrors::parse(body).is_complete, "{body}");
        }
        let read = ClerkErrors::parse(r#"{"clerk_trace_id":"abc","errors":[{"co"#);
        assert_eq!((read.is_complete, read.clerk_trace_id.as_deref()), (false, Some("abc")));
    }
}
