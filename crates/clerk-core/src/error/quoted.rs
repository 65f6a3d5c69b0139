use std::fmt::{self, Write as _};

/// A string that a server wrote, for a log line: on one line, and cut to a bounded length.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_CHARS: usize = 200;
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(MAX_CHARS) {
            if character.is_control() {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        if characters.next().is_some() { f.write_str("…") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Quoted;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(Quoted("a\nb\u{1b}[31mü").to_string(), "a\\nb\\u{1b}[31mü");
    }

    #[test]
    fn long_strings_are_cut() {
        assert_eq!(Quoted(&"ü".repeat(200)).to_string(), "ü".repeat(200));
        assert_eq!(Quoted(&"ü".repeat(201)).to_string(), "ü".repeat(200) + "…");
    }
}
