use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
    forward_to_deserialize_any,
};
use serde_json::value::RawValue;

/// Reads the JSON of a value as it was written.
///
/// `serde_json` recognizes the newtype struct that a `RawValue` asks for, and passes on a map with
/// the JSON. Everything else passes on a newtype struct. `RawValue` rejects that, but its message
/// says nothing that would help.
pub(super) fn raw_json<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Box<RawValue>, D::Error> {
    Box::<RawValue>::deserialize(Raw(deserializer))
}

const NO_JSON: &str = "the JSON was not kept as it was written; read it with `serde_json`, outside \
                       of `#[serde(flatten)]` and of enums that are not externally tagged";

/// A deserializer, or a visitor, that knows when the JSON is lost.
struct Raw<T>(T);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Raw<D> {
    type Error = D::Error;

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Raw(visitor))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, D::Error> {
        Err(D::Error::custom(NO_JSON))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Raw<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(map)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, _: D) -> Result<V::Value, D::Error> {
        Err(D::Error::custom(NO_JSON))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::value::RawValue;

    use super::raw_json;

    #[derive(Debug, Deserialize)]
    struct Raw(#[serde(deserialize_with = "raw_json")] Box<RawValue>);

    #[derive(Debug, Deserialize)]
    struct Inner {
        raw: Raw,
    }

    #[derive(Debug, Deserialize)]
    struct Flattened {
        #[serde(flatten)]
        _inner: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[serde(tag = "type")]
    enum Tagged {
        A(#[expect(dead_code, reason = "never constructed")] Inner),
    }

    #[derive(Debug, Deserialize)]
    struct FlattenedItself {
        #[serde(flatten)]
        _raw: Raw,
    }

    #[test]
    fn the_json_is_kept_as_it_was_written() {
        let json = r#"{"raw": {"a" : 1.10} }"#;
        let Raw(raw) = serde_json::from_str::<Inner>(json).unwrap().raw;
        assert_eq!(raw.get(), r#"{"a" : 1.10}"#);
        let Raw(raw) = serde_json::from_reader::<_, Inner>(json.as_bytes()).unwrap().raw;
        assert_eq!(raw.get(), r#"{"a" : 1.10}"#);
    }

    #[test]
    fn an_error_says_why_there_is_no_json() {
        let json = r#"{"type":"A","raw":{"canary":1}}"#;
        for error in [
            serde_json::from_str::<Flattened>(json).unwrap_err(),
            serde_json::from_str::<Tagged>(json).unwrap_err(),
            serde_json::from_str::<FlattenedItself>(json).unwrap_err(),
        ] {
            let error = error.to_string();
            assert!(error.starts_with("the JSON was not kept as it was written; "), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
