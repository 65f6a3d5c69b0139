use std::{borrow::Cow, fmt, ops::Range};

use serde::{Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap as _};
use serde_json::value::RawValue;

use super::{InvalidInput, JsonFault, for_each_member, text};

/// Holds a JSON object whose values keep their exact text: `1.10` stays `1.10`, `1e400` and
/// integers of any length survive.
///
/// It is what Clerk puts into the `act` claim of the impersonated session, and the `meta` of an
/// error. Reading a claim parses that claim alone, into whatever type is asked for.
///
/// ```
/// use clerk_core::Claims;
///
/// let claims = Claims::from_json(r#"{"sub":"user_2","price":1.10,"ticket":123456789012345678901234567890}"#)?;
/// assert_eq!(claims.sub(), Some("user_2"));
/// assert_eq!(claims.get::<f64>("price").unwrap()?, 1.1);
/// assert!(claims.get::<u64>("ticket").unwrap().is_err(), "it does not fit, and is not bent until it does");
/// assert!(claims.as_json().contains("123456789012345678901234567890"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Claims {
    /// `None` stands for the empty object.
    json: Option<Box<RawValue>>,
    members: Vec<Member>,
    sub: Option<Text>,
}

#[derive(Clone)]
struct Member {
    name: Text,
    value: Range<usize>,
}

/// Text that stands in the JSON as it is read, or that had to be unescaped.
#[derive(Clone)]
enum Text {
    Span(Range<usize>),
    Unescaped(Box<str>),
}

impl Claims {
    /// Reads a JSON object and keeps its text.
    ///
    /// Of a name that stands twice, [`get`](Self::get) reads the last; both stay in the text.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if the text is not one JSON object.
    pub fn from_json(json: &str) -> Result<Self, InvalidInput> {
        let raw: Box<RawValue> = serde_json::from_str(json)
            .map_err(|error| InvalidInput::new("claims", JsonFault::from(error).to_string()))?;
        Self::from_raw(raw).map_err(|fault| InvalidInput::new("claims", fault.to_string()))
    }

    pub(crate) fn from_raw(raw: Box<RawValue>) -> Result<Self, JsonFault> {
        let json = raw.get();
        let mut members = Vec::new();
        let mut sub = None;
        for_each_member(json, |name, value| {
            if name == "sub" {
                sub = text(value).map(|sub| Text::new(sub, json));
            }
            members.push(Member { name: Text::new(name, json), value: span(value.get(), json) });
        })?;
        Ok(Self { json: Some(raw), members, sub })
    }

    /// Gives the `sub` claim, if there is one and it is text.
    pub fn sub(&self) -> Option<&str> {
        self.sub.as_ref().map(|sub| sub.within(self.as_json()))
    }

    /// Reads one claim as `T`; `None` if there is no claim of that name.
    ///
    /// To have its text, ask for a `Box<serde_json::value::RawValue>`.
    ///
    /// # Errors
    ///
    /// [`ClaimError`] if the claim is not a `T`. It names the claim and does not quote it.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<Result<T, ClaimError>> {
        let member =
            self.members.iter().rfind(|member| member.name.within(self.as_json()) == name)?;
        let value = serde_json::from_str(self.text(&member.value));
        Some(value.map_err(|error| ClaimError { name: name.to_owned(), fault: error.into() }))
    }

    /// Gives the names of the claims, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.name.within(self.as_json()))
    }

    /// Gives the whole object as the JSON text that it came as.
    pub fn as_json(&self) -> &str {
        self.json.as_deref().map_or("{}", RawValue::get)
    }

    /// Tells whether there is no claim at all.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Gives the names with the text of their values, in their order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members
            .iter()
            .map(|member| (member.name.within(self.as_json()), self.text(&member.value)))
    }

    fn text(&self, span: &Range<usize>) -> &str {
        self.as_json().get(span.clone()).unwrap_or_default()
    }
}

impl Text {
    fn new(text: Cow<'_, str>, json: &str) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Span(span(text, json)),
            Cow::Owned(text) => Self::Unescaped(text.into()),
        }
    }

    fn within<'a>(&'a self, json: &'a str) -> &'a str {
        match self {
            Self::Span(span) => json.get(span.clone()).unwrap_or_default(),
            Self::Unescaped(text) => text,
        }
    }
}

/// Tells where a part of `json` that was borrowed from it stands.
fn span(part: &str, json: &str) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(json.as_ptr().addr());
    start..start + part.len()
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_json())
    }
}

impl PartialEq for Claims {
    /// Compares the JSON text: `1.10` and `1.1` are two things here.
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl Eq for Claims {}

impl Serialize for Claims {
    /// Writes the object as it stands; `serde_json` keeps every value's text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.json {
            Some(json) => json.serialize(serializer),
            None => serializer.serialize_map(Some(0))?.end(),
        }
    }
}

/// Says that a claim is not of the type that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("claim {name:?} is not of the type asked for: {fault}")]
pub struct ClaimError {
    name: String,
    fault: JsonFault,
}

impl ClaimError {
    /// Names the claim.
    pub fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::Claims;

    #[test]
    fn every_value_keeps_its_text() {
        let json = r#"{"sub":"a","n":123456789012345678901234567890,"f":1.10,"e":1e400,"o":{"x" : [1, {"y":"\u00fc"}]},"ü":"🦀"}"#;
        let claims = Claims::from_json(json).unwrap();
        assert_eq!(claims.as_json(), json);
        assert_eq!(serde_json::to_string(&claims).unwrap(), json);
        assert_eq!(format!("{claims:?}"), json);
        for (name, text) in [("n", "123456789012345678901234567890"), ("f", "1.10"), ("e", "1e400")]
        {
            assert_eq!(claims.get::<Box<RawValue>>(name).unwrap().unwrap().get(), text);
        }
        assert_eq!(claims.get::<String>("ü").unwrap().unwrap(), "🦀");
        assert_eq!(claims.names().collect::<Vec<_>>(), ["sub", "n", "f", "e", "o", "ü"]);
    }

    #[test]
    fn escapes_are_read_and_not_lost() {
        let claims = Claims::from_json(r#"{"s\u0075b":"J\u00fcrgen \"J\" /","x\ny":1}"#).unwrap();
        assert_eq!(claims.sub(), Some("Jürgen \"J\" /"));
        assert_eq!(claims.get::<u8>("x\ny"), Some(Ok(1)));
    }

    #[test]
    fn sub_is_there_only_as_text() {
        for json in
            ["{}", r#"{"sub":1}"#, r#"{"sub":null}"#, r#"{"sub":{"a":1}}"#, r#"{"Sub":"a"}"#]
        {
            assert_eq!(Claims::from_json(json).unwrap().sub(), None, "{json}");
        }
    }

    #[test]
    fn of_a_repeated_name_the_last_is_read() {
        let claims = Claims::from_json(r#"{"sub":"a","n":1,"n":2,"sub":"b"}"#).unwrap();
        assert_eq!((claims.sub(), claims.get::<u8>("n")), (Some("b"), Some(Ok(2))));
    }

    #[test]
    fn what_is_no_object_is_refused_without_quoting_it() {
        for json in ["", "null", "[]", "\"canary\"", "{\"a\":canary}", "{} canary"] {
            let refusal = Claims::from_json(json).unwrap_err().to_string();
            assert!(
                refusal.starts_with("invalid claims: ") && !refusal.contains("canary"),
                "{refusal}"
            );
        }
    }

    #[test]
    fn a_claim_error_names_the_claim_and_does_not_quote_it() {
        let claims = Claims::from_json(r#"{"plan":"canary"}"#).unwrap();
        let error = claims.get::<u8>("plan").unwrap().unwrap_err();
        assert_eq!(error.name(), "plan");
        assert_eq!(
            error.to_string(),
            "claim \"plan\" is not of the type asked for: JSON of another shape at line 1, column 8"
        );
        assert_eq!(claims.get::<u8>("other"), None);
    }

    #[test]
    fn the_empty_object_is_the_default() {
        assert_eq!(
            (
                Claims::default().as_json(),
                serde_json::to_string(&Claims::default()).unwrap().as_str()
            ),
            ("{}", "{}")
        );
        assert_eq!(Claims::default(), Claims::from_json("{}").unwrap());
        assert_ne!(
            Claims::from_json(r#"{"a":1.10}"#).unwrap(),
            Claims::from_json(r#"{"a":1.1}"#).unwrap()
        );
        assert!(
            Claims::default().is_empty() && !Claims::from_json(r#"{"a":1}"#).unwrap().is_empty()
        );
    }

    #[test]
    fn nesting_without_end_is_kept_and_does_not_overflow() {
        let deep =
            format!(r#"{{"sub":"a","deep":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        let claims = Claims::from_json(&deep).unwrap();
        assert_eq!(claims.as_json(), deep);
        assert!(claims.get::<serde_json::Value>("deep").unwrap().is_err());
    }
}
