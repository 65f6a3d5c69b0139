/// How much is kept of a string or a body that a server sent with a refusal, in bytes.
pub(super) const MAX_LEN: usize = 4096;

/// Cuts a string to at most `MAX_LEN` bytes, between two characters.
pub(super) fn truncate(mut string: String) -> String {
    let end = (0..=MAX_LEN.min(string.len())).rfind(|end| string.is_char_boundary(*end));
    string.truncate(end.unwrap_or_default());
    string.shrink_to_fit();
    string
}

#[cfg(test)]
mod tests {
    use super::{MAX_LEN, truncate};

    #[test]
    fn strings_are_cut_between_characters() {
        assert_eq!(truncate("ü".repeat(10)), "ü".repeat(10));
        assert_eq!(truncate("ü".repeat(MAX_LEN)).len(), MAX_LEN);
        assert_eq!(truncate(format!("a{}", "ü".repeat(MAX_LEN))).len(), MAX_LEN - 1);
    }

    #[test]
    fn the_rest_of_a_string_takes_no_memory() {
        assert!(truncate("a".repeat(100 * MAX_LEN)).capacity() <= 2 * MAX_LEN);
    }
}
