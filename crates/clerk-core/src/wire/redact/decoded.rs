use std::{cell::Cell, ops::Range};

/// Text as it reads without its escapes, one byte per character.
///
/// Secrets are echoed in many notations: an underscore may come as `\u005f`, `%5F` or `&#95;`, a
/// quotation mark as `\"`, `%22` or `&quot;`. Here they look alike, and each can be traced to how
/// it was written. A character outside ASCII is represented by the last byte of its UTF-8.
pub(super) struct Decoded<'a> {
    source: &'a str,
    bytes: Vec<u8>,
    /// Where each character starts in the source.
    starts: Vec<usize>,
    /// How many characters were looked at, counted in debug builds only.
    reads: Cell<usize>,
}

/// A quotation mark with the backslashes that belong to it: `"`, `\"`, `'`, `%22` or `&quot;`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote<'a>(pub(super) &'a str);

impl<'a> Decoded<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let mut bytes = Vec::with_capacity(source.len());
        let mut starts = Vec::with_capacity(source.len());
        let mut rest = source;
        while !rest.is_empty() {
            let (byte, length) = first_character(rest);
            bytes.push(byte);
            starts.push(source.len() - rest.len());
            rest = rest.get(length..).unwrap_or_default();
        }
        Self { source, bytes, starts, reads: Cell::new(0) }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.count_reads(1);
        self.bytes.get(at).copied()
    }

    /// Returns the characters in this range, or none if the text ends before it does.
    pub(super) fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.count_reads(range.len());
        self.bytes.get(range).unwrap_or_default()
    }

    /// Returns how the characters in this range were written.
    pub(super) fn source(&self, range: Range<usize>) -> &'a str {
        let start = |at| self.starts.get(at).copied().unwrap_or(self.source.len());
        self.source.get(start(range.start)..start(range.end)).unwrap_or_default()
    }

    /// Returns the quotation mark at this position, if there is one.
    pub(super) fn quote(&self, at: usize) -> Option<Quote<'a>> {
        self.byte(at).filter(|byte| is_quote(*byte)).map(|_| Quote(self.source(at..at + 1)))
    }

    /// Returns the first position from `at` on whose character is not skipped.
    pub(super) fn skip(&self, mut at: usize, is_skipped: impl Fn(u8) -> bool) -> usize {
        while self.byte(at).is_some_and(&is_skipped) {
            at += 1;
        }
        at
    }

    /// Returns how many characters were looked at so far, in a debug build.
    pub(super) fn reads(&self) -> usize {
        self.reads.get()
    }

    fn count_reads(&self, reads: usize) {
        if cfg!(debug_assertions) {
            self.reads.set(self.reads.get() + reads);
        }
    }
}

impl<'a> Quote<'a> {
    /// The quotation mark around a string of JSON that is not itself inside a string.
    pub(super) const JSON: Self = Quote("\"");

    /// Returns `true` if this ends the string that `opening` began, or a string around it.
    pub(super) fn closes(self, opening: Self) -> bool {
        let is_same_mark = [opening.mark(), Self::JSON.0].contains(&self.mark());
        is_same_mark && self.depth() <= opening.depth()
    }

    fn depth(self) -> u32 {
        depth(self.0.len() - self.mark().len())
    }

    fn mark(self) -> &'a str {
        self.0.trim_start_matches('\\')
    }
}

/// Returns how many strings surround the one whose quotation mark follows this many backslashes.
///
/// Each of them doubles the backslashes and adds one, so the depth is the number of trailing ones
/// in their count. Any other backslashes are content of the string.
fn depth(backslashes: usize) -> u32 {
    backslashes.trailing_ones()
}

/// Returns the first character of a text that is not empty, and the length of its notation.
fn first_character(text: &str) -> (u8, usize) {
    let rest = text.trim_start_matches('\\');
    let backslashes = text.len() - rest.len();
    let Some(first) = rest.chars().next() else { return (b'\\', backslashes) };
    let decoded = match first {
        '%' => percent_encoded(rest),
        '&' => html_entity(rest),
        _ if backslashes > 0 => escaped(rest),
        _ => None,
    };
    let (byte, length) = decoded.unwrap_or_else(|| (byte(first.into()), first.len_utf8()));
    let own = if is_quote(byte) { (1 << depth(backslashes)) - 1 } else { backslashes };
    match backslashes - own {
        0 => (byte, backslashes + length),
        content => (b'\\', content),
    }
}

/// Decodes what follows the backslashes of an escape sequence.
fn escaped(text: &str) -> Option<(u8, usize)> {
    match text.as_bytes().first()? {
        b'n' => Some((b'\n', 1)),
        b'r' => Some((b'\r', 1)),
        b't' => Some((b'\t', 1)),
        b'u' => Some((byte(number(text.get(1..5)?, 16)?), 5)),
        b'x' => Some((byte(number(text.get(1..3)?, 16)?), 3)),
        _ => None,
    }
}

/// Decodes `%3D`, even if its percent sign is itself encoded: `%253D`.
fn percent_encoded(text: &str) -> Option<(u8, usize)> {
    let digits = text.strip_prefix('%')?.trim_start_matches("25");
    let code = number(digits.get(..2)?, 16).filter(|code| *code < 0x80)?;
    Some((byte(code), text.len() - digits.len() + 2))
}

/// Decodes `&quot;`, `&#34;` and `&#x22;`.
fn html_entity(text: &str) -> Option<(u8, usize)> {
    const MAX_LEN: usize = 10;
    let end = text.bytes().take(MAX_LEN).position(|byte| byte == b';')?;
    let byte = match text.get(1..end)? {
        "quot" => b'"',
        "apos" => b'\'',
        "amp" => b'&',
        "lt" => b'<',
        "gt" => b'>',
        name => {
            let decimal = name.strip_prefix('#')?;
            byte(match decimal.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => number(hexadecimal, 16)?,
                None => number(decimal, 10)?,
            })
        }
    };
    Some((byte, end + 1))
}

/// Parses digits, but not a sign, which `from_str_radix` accepts.
fn number(digits: &str, radix: u32) -> Option<u32> {
    let all_digits = digits.chars().all(|digit| digit.is_digit(radix));
    u32::from_str_radix(digits, radix).ok().filter(|_| all_digits)
}

/// Returns the byte that represents a character.
fn byte(code: u32) -> u8 {
    let last = if code < 0x80 { code } else { 0x80 | (code & 0x3f) };
    u8::try_from(last).unwrap_or_default()
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

#[cfg(test)]
mod tests {
    use super::{Decoded, Quote};

    fn decoded(source: &str) -> String {
        let text = Decoded::new(source);
        assert_eq!(text.source(0..text.len()), source);
        text.bytes(0..text.len()).iter().copied().map(char::from).collect()
    }

    #[test]
    fn every_notation_reads_the_same() {
        for source in [
            r#"a_="'&<>/"#,
            r#"\a\_\=\"\'\&\<\>\/"#,
            r"\u0061\u005f\u003d\u0022\u0027\u0026\u003C\u003E\u002f",
            r"\x61\x5f\x3d\x22\x27\x26\x3C\x3e\x2F",
            r"\\\u0061\\\u005f\\\u003d\\\u0022\\\u0027\\\u0026\\\u003C\\\u003E\\\u002f",
            "%61%5f%3d%22%27%26%3C%3E%2f",
            "%2561%255f%25253d%2522%2527%2526%253C%253E%252f",
            "a&#95;&#x3d;&quot;&apos;&amp;&lt;&gt;&#X2F;",
            "&#97;&#095;&#61;&#34;&#39;&#38;&#60;&#62;&#47;",
        ] {
            assert_eq!(decoded(source), r#"a_="'&<>/"#, "{source}");
        }
        assert_eq!(decoded(r"a\r\n\tb"), "a\r\n\tb");
        assert_eq!(decoded("%0d%0A%09"), "\r\n\t");
    }

    #[test]
    fn every_look_at_a_character_is_counted() {
        let text = Decoded::new("abc");
        assert_eq!(text.reads(), 0);
        text.byte(0);
        text.byte(9);
        text.bytes(0..3);
        assert_eq!(text.reads(), if cfg!(debug_assertions) { 5 } else { 0 });
    }

    #[test]
    fn other_text_is_left_alone() {
        for source in [
            "",
            "u0061",
            "x61",
            "100%",
            "5 % 3",
            "%zz",
            "%+1",
            "%25",
            "%c3",
            "a & b",
            "&copy;",
            "&#;",
            "&#x;",
            "&#+1;",
            "&quot",
            "&#00000034;",
            "&",
            "%",
        ] {
            assert_eq!(decoded(source), source);
        }
        assert_eq!(decoded(r"\u00"), "u00");
        assert_eq!(decoded(r"\u+061"), "u+061");
        assert_eq!(decoded(r"\x6"), "x6");
    }

    #[test]
    fn characters_outside_ascii_are_one_byte_each() {
        let byte = |source| Decoded::new(source).bytes(0..1).first().copied();
        assert_eq!(decoded("aü🦀b").chars().count(), 4);
        assert_eq!(
            (byte("ü"), byte(r"\u00fc"), byte("&#252;")),
            (Some(0xbc), Some(0xbc), Some(0xbc))
        );
        assert_eq!(byte("🦀"), "🦀".bytes().last());
    }

    #[test]
    fn a_quotation_mark_has_its_own_backslashes() {
        for (source, quote, content) in [
            (r#"""#, r#"""#, ""),
            (r#"\""#, r#"\""#, ""),
            (r#"\\""#, r#"""#, r"\\"),
            (r#"\\\""#, r#"\\\""#, ""),
            (r#"\\\\\""#, r#"\""#, r"\\\\"),
            (r"\\\\\\\u0022", r"\\\\\\\u0022", ""),
            (r"\\\%22", r"\\\%22", ""),
        ] {
            let text = Decoded::new(source);
            let last = text.len() - 1;
            assert_eq!(text.quote(last).unwrap().0, quote);
            assert_eq!(text.source(0..last), content);
        }
        assert_eq!(decoded(r"ends with \\"), r"ends with \");
        assert!(Decoded::new("a").quote(0).is_none() && Decoded::new("").quote(0).is_none());
    }

    #[test]
    fn a_string_ends_at_its_own_mark_or_that_of_a_string_around_it() {
        for (quote, opening, closes) in [
            ("\"", "\"", true),
            ("\"", r#"\\\""#, true),
            (r#"\""#, r#"\\\""#, true),
            (r#"\\\""#, r#"\""#, false),
            (r#"\""#, "\"", false),
            ("'", "'", true),
            ("'", "\"", false),
            ("\"", "'", true),
            (r#"\""#, "'", false),
            ("%22", "%22", true),
            ("%22", "&quot;", false),
            ("%22", "\"", false),
            ("\"", "&quot;", true),
        ] {
            assert_eq!(Quote(quote).closes(Quote(opening)), closes, "{quote} after {opening}");
        }
    }
}
