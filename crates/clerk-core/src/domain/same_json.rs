use std::{borrow::Cow, collections::BTreeMap};

use serde_json::value::RawValue;

use super::{JsonValue, decimal::Decimal, for_each_member};

/// How deep values are compared by their meaning. Deeper ones are equal only if they are written in
/// the same way, which bounds the stack and the time.
const MAX_DEPTH: usize = 128;

/// Returns `true` if two JSON values mean the same.
///
/// The order of members, whitespace and the notation of strings and numbers do not matter. Numbers
/// are compared by their exact value. Of members with the same name, the last one counts.
pub(super) fn same_json(one: &RawValue, other: &RawValue) -> bool {
    same(one, other, MAX_DEPTH)
}

fn same(one: &RawValue, other: &RawValue, depth: usize) -> bool {
    if one.get() == other.get() {
        return true;
    }
    let Some(depth) = depth.checked_sub(1) else { return false };
    match (first_byte(one), first_byte(other)) {
        (b'{', b'{') => {
            let (one, other) = (members(one), members(other));
            one.len() == other.len()
                && one.iter().zip(&other).all(|((name, value), (other_name, other))| {
                    name == other_name && same(value, other, depth)
                })
        }
        (b'[', b'[') => {
            let (one, other) = (elements(one), elements(other));
            one.len() == other.len()
                && one.iter().zip(&other).all(|(one, other)| same(one, other, depth))
        }
        // A string with an unpaired surrogate is none, and equal only to itself.
        (b'"', b'"') => matches!((JsonValue::from(one).string(), JsonValue::from(other).string()),
            (Some(one), Some(other)) if one == other),
        // So is a number whose exponent is out of range.
        (b'-' | b'0'..=b'9', b'-' | b'0'..=b'9') => {
            matches!((Decimal::parse(one.get()), Decimal::parse(other.get())),
                (Some(one), Some(other)) if one == other)
        }
        _ => false,
    }
}

fn first_byte(value: &RawValue) -> u8 {
    value.get().bytes().next().unwrap_or_default()
}

fn members(object: &RawValue) -> BTreeMap<Cow<'_, str>, &RawValue> {
    let mut members = BTreeMap::new();
    // Raw values are valid JSON, so nothing is lost.
    let _valid = for_each_member(object.get(), |name, value| {
        members.insert(name, value.raw());
    });
    members
}

fn elements(array: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(array.get()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::same_json;

    fn same(one: &str, other: &str) -> bool {
        let raw = |json| serde_json::from_str::<&RawValue>(json).unwrap();
        let same = same_json(raw(one), raw(other));
        assert_eq!(same_json(raw(other), raw(one)), same, "{one} and {other}: order matters");
        same
    }

    #[test]
    fn the_order_of_members_whitespace_and_escapes_do_not_matter() {
        for (one, other) in [
            (r#"{"sub":"a","x":1}"#, "{ \"x\" : 1,\n\t\"sub\":\"a\" }"),
            (r#"{"sub":"J\u00fcrgen\/"}"#, r#"{"s\u0075b":"Jürgen/"}"#),
            (r#"["\ud83e\udd80"]"#, r#"[ "🦀" ]"#),
            (r#"{"a":{"b":[1,{"c":null,"d":true}]}}"#, r#"{"a":{"b":[1,{"d":true,"c":null}]}}"#),
            ("{}", "{ }"),
            ("[]", "[ ]"),
        ] {
            assert!(same(one, other), "{one} and {other}");
        }
    }

    #[test]
    fn numbers_are_equal_if_their_values_are() {
        assert!(same(r#"{"n":[1.0,1e2,-0,1e999999999]}"#, r#"{"n":[1,100,0,10e999999998]}"#));
        assert!(!same("[9007199254740992]", "[9007199254740993]"));
        assert!(!same("[1e999999999]", "[2e999999999]"));
        let out_of_range = format!("1e{}", "9".repeat(10_000));
        assert!(same(&out_of_range, &out_of_range));
        assert!(!same(&out_of_range, &format!("{out_of_range}0")));
        assert!(!same(&out_of_range, "1"));
    }

    #[test]
    fn different_values_differ() {
        for (one, other) in [
            (r#"{"sub":"a"}"#, r#"{"sub":"b"}"#),
            (r#"{"sub":"a"}"#, r#"{"sub":"a","x":null}"#),
            (r#"{"x":1}"#, r#"{"y":1}"#),
            ("[1,2]", "[2,1]"),
            ("[1]", "[1,1]"),
            ("1", "\"1\""),
            ("null", "false"),
            ("true", "false"),
            ("{}", "[]"),
            ("0", "null"),
            (r#""a""#, r#""A""#),
            (r#""\ud800""#, r#""\ud801""#),
        ] {
            assert!(!same(one, other), "{one} and {other}");
        }
    }

    #[test]
    fn the_last_member_with_a_name_counts() {
        assert!(same(r#"{"x":1,"x":2}"#, r#"{"x":2}"#));
        assert!(!same(r#"{"x":1,"x":2}"#, r#"{"x":1}"#));
    }

    #[test]
    fn deep_nesting_neither_overflows_the_stack_nor_takes_long() {
        let deep = |inner| format!("{}{inner}{}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(same(&deep("1"), &deep("1")));
        assert!(!same(&deep("1"), &deep("2")));
        assert!(!same(&deep("1"), &deep("1.0")), "deeper than what is compared by meaning");
        let nested = |inner| format!("{}{inner}{}", "[".repeat(127), "]".repeat(127));
        assert!(same(&nested("1"), &nested("1.0")));
    }
}
