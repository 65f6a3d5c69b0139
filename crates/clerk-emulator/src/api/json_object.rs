use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of a JSON object, in their order, each value as the JSON that was sent.
///
/// A parsed value would turn `1.10` into `1.1`.
#[derive(Debug)]
pub(crate) struct JsonObject(Vec<(String, Box<RawValue>)>);

impl JsonObject {
    /// Returns the value of a member. Of duplicates, the last one wins, as in most JSON parsers.
    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = JsonObject;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonObject, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(JsonObject(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_json() {
        let object: JsonObject = serde_json::from_str(
            r#"{"a":1.10,"b":1e400,"c":{ "d" : 123456789012345678901234567890 }}"#,
        )
        .unwrap();
        assert_eq!(object.get("a").unwrap().get(), "1.10");
        assert_eq!(object.get("b").unwrap().get(), "1e400");
        assert_eq!(object.get("c").unwrap().get(), r#"{ "d" : 123456789012345678901234567890 }"#);
    }

    #[test]
    fn the_last_duplicate_wins() {
        let object: JsonObject = serde_json::from_str(r#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(object.get("a").unwrap().get(), "2");
    }

    #[test]
    fn arrays_are_rejected() {
        assert!(serde_json::from_str::<JsonObject>("[]").is_err());
    }
}
