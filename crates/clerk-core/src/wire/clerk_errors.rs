use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    domain::{Claims, for_each_member},
    error::ClerkError,
};

/// The body of a refusal, as far as it could be read.
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
        let end = for_each_member(body, |name, value| match &*name {
            "errors" => match Option::<Vec<&RawValue>>::deserialize(value) {
                Ok(entries) => {
                    listed = true;
                    found.errors = entries.unwrap_or_default().into_iter().map(entry).collect();
                }
                Err(_) => listed = false,
            },
            "meta" => found.meta = claims(value),
            "clerk_trace_id" => found.clerk_trace_id = string(value),
            _ => {}
        });
        found.is_complete = listed && end.is_ok();
        found
    }
}

/// Reads one entry of the list. A part that is missing or invalid does not affect the others.
fn entry(value: &RawValue) -> ClerkError {
    let mut error = ClerkError::default();
    let end = for_each_member(value.get(), |name, value| match &*name {
        "code" => error.code = string(value).unwrap_or_default(),
        "message" => error.message = string(value).unwrap_or_default(),
        "long_message" => error.long_message = string(value),
        "meta" => error.meta = claims(value),
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

fn claims(value: &RawValue) -> Claims {
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
