use std::{borrow::Cow, fmt, ops::Range, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _},
    ser::Error as _,
};
use serde_json::value::RawValue;

use super::{ClaimError, InvalidInput, JsonError, for_each_member, raw_json, same_json};

const SUB: &str = "sub";

/// A JSON object, kept exactly as it was written: `1.10` stays `1.10`, and `1e400` and integers of
/// any length survive.
///
/// Clerk puts such an object into the `act` claim of an impersonated session, and into the `meta`
/// of an error. Reading a claim parses only that claim, into whatever type is requested.
///
/// # Examples
///
/// ```
/// use clerk_core::Claims;
///
/// let json = r#"{"sub":"user_support","price":1.10,"audit_id":123456789012345678901234567890}"#;
/// let claims = Claims::from_json(json)?;
/// assert_eq!(claims.as_json(), json);
/// assert_eq!(claims.sub(), Some("user_support"));
/// assert_eq!(claims.get::<f64>("price").unwrap()?, 1.1);
/// assert!(claims.get::<u64>("audit_id").unwrap().is_err(), "too large for a `u64`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Claims {
    /// Empty for the empty object, which takes no memory.
    json: String,
    members: Vec<Member>,
    sub: Option<JsonStr>,
}

#[derive(Clone)]
struct Member {
    name: JsonStr,
    value: Range<usize>,
}

/// A string in the JSON: a part of it, or a copy if it had to be unescaped.
#[derive(Clone)]
enum JsonStr {
    Span(Range<usize>),
    Unescaped(Box<str>),
}

impl Claims {
    /// Parses a JSON object.
    ///
    /// If a name occurs more than once, [`get`](Self::get) reads its last value, and
    /// [`as_json`](Self::as_json) still contains all of them.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] if `json` is not a single JSON object.
    pub fn from_json(json: &str) -> Result<Self, InvalidInput> {
        let json = json.trim_matches([' ', '\t', '\n', '\r']);
        Self::parse(json.to_owned()).map_err(|error| InvalidInput::new("claims", error.to_string()))
    }

    /// Parses a JSON object without whitespace around it.
    pub(crate) fn parse(json: String) -> Result<Self, JsonError> {
        let mut members = Vec::new();
        let mut sub = None;
        for_each_member(&json, |name, value| {
            if name == SUB {
                sub = value.string().map(|sub| JsonStr::new(sub, &json));
            }
            let value = span(value.raw().get(), &json);
            members.push(Member { name: JsonStr::new(name, &json), value });
        })?;
        Ok(Self { json, members, sub })
    }

    /// Creates claims that consist of a `sub`, without parsing what was just written.
    pub(super) fn of_sub(sub: &str) -> Self {
        let mut json = String::with_capacity(r#"{"sub":""}"#.len() + sub.len());
        json.push('{');
        let name = JsonStr::write(SUB, &mut json);
        json.push(':');
        let start = json.len();
        let sub = JsonStr::write(sub, &mut json);
        let value = start..json.len();
        json.push('}');
        Self { json, members: vec![Member { name, value }], sub: Some(sub) }
    }

    /// Adds a claim to claims with a `sub`, or replaces the earlier one with the same name. `value`
    /// is JSON; everything else stays as it was written.
    pub(super) fn insert(&mut self, name: &str, value: &str) {
        let earlier = self.names().position(|existing| existing == name);
        match earlier {
            Some(index) => self.replace(index, value),
            None => self.push(name, value),
        }
    }

    fn push(&mut self, name: &str, value: &str) {
        // There is a `sub` before it, so the object is not empty.
        self.json.pop();
        self.json.push(',');
        let name = JsonStr::write(name, &mut self.json);
        self.json.push(':');
        let start = self.json.len();
        self.json.push_str(value);
        self.members.push(Member { name, value: start..self.json.len() });
        self.json.push('}');
    }

    fn replace(&mut self, index: usize, value: &str) {
        let Some(earlier) = self.members.get(index).map(|member| member.value.clone()) else {
            return;
        };
        self.json.replace_range(earlier.clone(), value);
        let shift = |span: &mut Range<usize>| {
            for end in [&mut span.start, &mut span.end] {
                if *end >= earlier.end {
                    *end = *end - earlier.len() + value.len();
                }
            }
        };
        for member in &mut self.members {
            shift(&mut member.value);
            member.name.span_mut().map(shift);
        }
        self.sub.as_mut().and_then(JsonStr::span_mut).map(shift);
    }

    /// Returns the `sub` claim if there is one and it is a string.
    pub fn sub(&self) -> Option<&str> {
        self.sub.as_ref().map(|sub| sub.resolve(self.as_json()))
    }

    /// Parses one claim as a `T`, or returns `None` if there is no claim with that name.
    ///
    /// Request a `Box<serde_json::value::RawValue>` to get the claim exactly as it was written.
    ///
    /// # Errors
    ///
    /// [`ClaimError`] if the claim does not match `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<Result<T, ClaimError>> {
        let member =
            self.members.iter().rfind(|member| member.name.resolve(self.as_json()) == name)?;
        let claim = serde_json::from_str(self.slice(&member.value));
        Some(claim.map_err(|error| ClaimError::new(name, &error)))
    }

    /// Returns the names of the claims, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.name.resolve(self.as_json()))
    }

    /// Returns the whole object as JSON, exactly as it was written.
    pub fn as_json(&self) -> &str {
        if self.json.is_empty() { "{}" } else { &self.json }
    }

    /// Returns `true` if there are no claims.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns `true` if both are the same JSON, however it is written.
    pub(crate) fn same_json(&self, other: &Self) -> bool {
        let raw = |claims: &Self| serde_json::from_str::<Box<RawValue>>(claims.as_json());
        matches!((raw(self), raw(other)), (Ok(one), Ok(other)) if same_json(&one, &other))
    }

    fn slice(&self, span: &Range<usize>) -> &str {
        self.as_json().get(span.clone()).unwrap_or_default()
    }
}

impl JsonStr {
    fn new(string: Cow<'_, str>, json: &str) -> Self {
        match string {
            Cow::Borrowed(string) => Self::Span(span(string, json)),
            Cow::Owned(string) => Self::Unescaped(string.into()),
        }
    }

    /// Appends a string to the JSON, in quotes.
    fn write(string: &str, json: &mut String) -> Self {
        let must_be_escaped = |byte: u8| byte.is_ascii_control() || matches!(byte, b'"' | b'\\');
        if string.bytes().any(must_be_escaped) {
            // A string can always be serialized.
            json.push_str(&serde_json::to_string(string).unwrap_or_default());
            return Self::Unescaped(string.into());
        }
        json.push('"');
        let start = json.len();
        json.push_str(string);
        let end = json.len();
        json.push('"');
        Self::Span(start..end)
    }

    fn span_mut(&mut self) -> Option<&mut Range<usize>> {
        match self {
            Self::Span(span) => Some(span),
            Self::Unescaped(_) => None,
        }
    }

    fn resolve<'a>(&'a self, json: &'a str) -> &'a str {
        match self {
            Self::Span(span) => json.get(span.clone()).unwrap_or_default(),
            Self::Unescaped(string) => string,
        }
    }
}

/// Returns where in `json` a slice of it begins and ends.
fn span(slice: &str, json: &str) -> Range<usize> {
    let start = slice.as_ptr().addr().saturating_sub(json.as_ptr().addr());
    start..start + slice.len()
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_json())
    }
}

impl PartialEq for Claims {
    /// Compares the JSON as it was written: `1.10` and `1.1` differ.
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl Eq for Claims {}

impl FromStr for Claims {
    type Err = InvalidInput;

    fn from_str(json: &str) -> Result<Self, InvalidInput> {
        Self::from_json(json)
    }
}

/// `serde_json` writes the object exactly as it was written.
///
/// It cannot do so within `#[serde(flatten)]` or an internally tagged enum, and other formats
/// cannot at all: use [`as_json`](Claims::as_json) there.
impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.as_json()).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// `serde_json` reads the object exactly as it was written.
///
/// # Errors
///
/// Anything but a JSON object is an error. So is every object within `#[serde(flatten)]`, in an
/// enum that is not externally tagged, or in another format: the text of its numbers is lost before
/// it gets here. If that does no harm, read a [`serde_json::Value`] there, and pass its JSON to
/// [`from_json`](Claims::from_json).
impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<str>::from(raw_json(deserializer)?);
        Self::parse(json.into()).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::Claims;
    use crate::domain::UserId;

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Row {
        act: Option<Claims>,
    }

    #[test]
    fn values_are_kept_exactly() {
        let json = r#"{"sub":"a","n":123456789012345678901234567890,"f":1.10,"e":1e400,"o":{"x" : [1, {"y":"\u00fc"}]},"ü":"🦀"}"#;
        let claims = Claims::from_json(json).unwrap();
        assert_eq!(claims.as_json(), json);
        assert_eq!(serde_json::to_string(&claims).unwrap(), json);
        assert_eq!(format!("{claims:?}"), json);
        for (name, value) in
            [("n", "123456789012345678901234567890"), ("f", "1.10"), ("e", "1e400")]
        {
            assert_eq!(claims.get::<Box<RawValue>>(name).unwrap().unwrap().get(), value);
        }
        assert_eq!(claims.get::<String>("ü").unwrap().unwrap(), "🦀");
        assert_eq!(claims.names().collect::<Vec<_>>(), ["sub", "n", "f", "e", "o", "ü"]);
    }

    #[test]
    fn escaped_names_and_values_are_read() {
        let claims = Claims::from_json(r#"{"s\u0075b":"J\u00fcrgen \"J\" /","x\ny":1}"#).unwrap();
        assert_eq!(claims.sub(), Some("Jürgen \"J\" /"));
        assert_eq!(claims.get::<u8>("x\ny"), Some(Ok(1)));
    }

    #[test]
    fn sub_is_none_unless_it_is_a_string() {
        for json in
            ["{}", r#"{"sub":1}"#, r#"{"sub":null}"#, r#"{"sub":{"a":1}}"#, r#"{"Sub":"a"}"#]
        {
            assert_eq!(Claims::from_json(json).unwrap().sub(), None, "{json}");
        }
    }

    #[test]
    fn the_last_value_of_a_duplicate_name_is_read() {
        let claims = Claims::from_json(r#"{"sub":"a","n":1,"n":2,"sub":"b"}"#).unwrap();
        assert_eq!((claims.sub(), claims.get::<u8>("n")), (Some("b"), Some(Ok(2))));
    }

    #[test]
    fn non_objects_are_rejected_without_quoting_them() {
        for json in ["", "null", "[]", "\"canary\"", "{\"a\":canary}", "{} canary"] {
            let error = Claims::from_json(json).unwrap_err().to_string();
            assert!(error.starts_with("invalid claims: ") && !error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn serde_keeps_the_object_exactly() {
        let json = r#"{"act":{ "n" : 1.10, "s\u0075b":"J\u00fc", "e":1e400,"n":2 }}"#;
        for row in [serde_json::from_str::<Row>(json), serde_json::from_reader(json.as_bytes())] {
            let row = row.unwrap();
            assert_eq!(row.act.as_ref().unwrap().sub(), Some("Jü"));
            assert_eq!(serde_json::to_string(&row).unwrap(), json);
        }
        for json in [r#"{"act":null}"#, "{}"] {
            assert_eq!(serde_json::from_str::<Row>(json).unwrap(), Row { act: None }, "{json}");
        }
        assert_eq!(r#" {"a":1} "#.parse(), Claims::from_json(r#"{"a":1}"#));
    }

    #[test]
    fn serde_rejects_non_objects_without_quoting_them() {
        for json in [r#""canary""#, "[]", "1", "true"] {
            let error = serde_json::from_str::<Claims>(json).unwrap_err().to_string();
            assert_eq!(error, "expected a JSON object", "{json}");
        }
        assert_eq!(
            serde_json::from_str::<Row>(r#"{"act":"canary"}"#).unwrap_err().to_string(),
            "expected a JSON object at line 1 column 16"
        );
    }

    #[test]
    fn claim_errors_name_the_claim_but_never_quote_its_value() {
        let claims = Claims::from_json(r#"{"plan":"canary"}"#).unwrap();
        let error = claims.get::<u8>("plan").unwrap().unwrap_err();
        assert_eq!(error.name(), "plan");
        assert_eq!(
            error.to_string(),
            "claim \"plan\" does not match the requested type at line 1, column 8"
        );
        assert_eq!(claims.get::<u8>("other"), None);
    }

    #[test]
    fn unknown_positions_are_left_out_of_claim_errors() {
        let claims = Claims::from_json(r#"{"user":"canary/1"}"#).unwrap();
        let error = claims.get::<UserId>("user").unwrap().unwrap_err();
        assert_eq!(error.to_string(), "claim \"user\" does not match the requested type");
    }

    #[test]
    fn the_default_is_the_empty_object() {
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
    fn deep_nesting_does_not_overflow_the_stack() {
        let deep =
            format!(r#"{{"sub":"a","deep":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        let claims = Claims::from_json(&deep).unwrap();
        assert_eq!(claims.as_json(), deep);
        assert!(claims.get::<serde_json::Value>("deep").unwrap().is_err());
    }
}
