use std::borrow::Cow;

/// Returns a parameter of a query or of a form. Of duplicates, the last one wins.
pub(crate) fn parameter<'a>(encoded: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    let parameters = form_urlencoded::parse(encoded);
    parameters.filter(|(key, _)| key == name).last().map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_the_last_duplicate_wins() {
        let encoded = b"a=1&b=x%2By+z&a=2&c";
        assert_eq!(parameter(encoded, "a").unwrap(), "2");
        assert_eq!(parameter(encoded, "b").unwrap(), "x+y z");
        assert_eq!(parameter(encoded, "c").unwrap(), "");
        assert_eq!(parameter(encoded, "d"), None);
    }
}
