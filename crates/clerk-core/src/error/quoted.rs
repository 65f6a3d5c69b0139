use std::fmt::{self, Write as _};

/// A string that a server wrote, for a log line: on one line, in one direction, and cut to a
/// bounded length.
///
/// What is not printable is escaped: control characters, line and paragraph separators, and the
/// characters that change the direction of text.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_CHARS: usize = 200;
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(MAX_CHARS) {
            match character {
                '"' | '\'' | '\\' => f.write_char(character)?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        if characters.next().is_some() { f.write_str("…") } else { Ok(()) }
    }
}

impl fmt::Debug for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
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
    fn line_breaks_and_changes_of_direction_are_escaped() {
        assert_eq!(
            Quoted("a\u{2028}b\u{2029}c\u{202e}d\u{2066}e\u{85}f\u{200f}g\u{feff}").to_string(),
            r"a\u{2028}b\u{2029}c\u{202e}d\u{2066}e\u{85}f\u{200f}g\u{feff}"
        );
        assert_eq!(Quoted("it's \"quoted\" \\").to_string(), "it's \"quoted\" \\");
        assert_eq!(format!("{:?}", Quoted("a\nb")), "\"a\\nb\"");
    }

    #[test]
    fn long_strings_are_cut() {
        assert_eq!(Quoted(&"ü".repeat(200)).to_string(), "ü".repeat(200));
        assert_eq!(Quoted(&"ü".repeat(201)).to_string(), "ü".repeat(200) + "…");
    }
}
