use super::decoded::Decoded;

/// What secret keys begin with, in any case.
const KEY_PREFIXES: [&str; 2] = ["sk_test_", "sk_live_"];

/// Returns where the secret key that begins at `start` ends, whichever instance it belongs to.
pub(super) fn key_end(text: &Decoded<'_>, start: usize) -> Option<usize> {
    text.byte(start).filter(|byte| byte.eq_ignore_ascii_case(&b's'))?;
    let is_prefix = |prefix: &str| {
        text.bytes(start..start + prefix.len()).eq_ignore_ascii_case(prefix.as_bytes())
    };
    let prefix = KEY_PREFIXES.into_iter().find(|prefix| is_prefix(prefix))?;
    let end = start + prefix.len();
    text.byte(end).filter(u8::is_ascii_alphanumeric).map(|_| credential_end(text, end))
}

/// Returns where the JWT that begins at `start` ends. It begins with `{"` in base64.
pub(super) fn jwt_end(text: &Decoded<'_>, start: usize) -> Option<usize> {
    text.byte(start).filter(|byte| *byte == b'e')?;
    (text.bytes(start..start + 3) == b"eyJ").then(|| credential_end(text, start))
}

/// Returns where the credential that begins at `start` ends.
pub(super) fn credential_end(text: &Decoded<'_>, start: usize) -> usize {
    unfolded_end(text, text.skip(start, is_part_of_credential))
}

/// Returns where a value without quotation marks that begins at `start` ends.
pub(super) fn unquoted_end(text: &Decoded<'_>, start: usize) -> usize {
    unfolded_end(text, text.skip(start, is_part_of_unquoted))
}

/// Returns where a secret ends that may be folded into several lines, of which one ends at `end`.
///
/// The next line belongs to it if it is a single word. Otherwise it is prose or another header.
fn unfolded_end(text: &Decoded<'_>, mut end: usize) -> usize {
    while let Some(line) = next_line(text, end) {
        let word_end = text.skip(line, |byte| byte != b'=' && is_part_of_credential(byte));
        let line_end = text.skip(word_end, |byte| byte == b'=');
        let goes_on = |next| is_blank(next) || is_part_of_unquoted(next);
        if word_end == line || text.byte(line_end).is_some_and(goes_on) {
            break;
        }
        end = line_end;
    }
    end
}

/// Returns where the next line begins, after its indentation, if this line ends at `end`.
fn next_line(text: &Decoded<'_>, end: usize) -> Option<usize> {
    let line_feed = if text.byte(end) == Some(b'\r') { end + 1 } else { end };
    (text.byte(line_feed) == Some(b'\n')).then(|| text.skip(line_feed + 1, is_blank))
}

/// Returns `true` for the characters of keys, JWTs and numbers.
fn is_part_of_credential(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'+')
}

/// Returns `true` for anything but what ends a value in a URL, a form, prose or HTML.
fn is_part_of_unquoted(byte: u8) -> bool {
    !is_whitespace(byte) && !matches!(byte, b'&' | b'"' | b'\'' | b'<' | b'>')
}

pub(super) fn is_whitespace(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b'\r' | b'\n')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::{Decoded, jwt_end, key_end};

    #[test]
    fn keys_of_any_instance_are_recognized() {
        for (source, length) in [
            ("sk_test_a1", Some(10)),
            ("sk_live_a-1_b.", Some(14)),
            ("SK_Live_a", Some(9)),
            ("sk%5Ftest%5Fa", Some(9)),
            ("sk_live_a\r\n b\"", Some(13)),
            ("sk_test_", None),
            ("sk_test_…", None),
            ("sk_live_ a", None),
            ("sk_prod_a", None),
            ("pk_test_a", None),
            ("sk_tes", None),
        ] {
            assert_eq!(key_end(&Decoded::new(source), 0), length, "{source}");
        }
    }

    #[test]
    fn jwts_are_recognized() {
        for (source, length) in [
            ("eyJhbGci.eyJpc3Mi.ca-na_ry=", Some(27)),
            ("eyJ", Some(3)),
            ("eyJa, b", Some(4)),
            ("eyja", None),
            ("ey", None),
            ("aeyJ", None),
        ] {
            assert_eq!(jwt_end(&Decoded::new(source), 0), length, "{source}");
        }
    }

    #[test]
    fn a_folded_credential_ends_on_its_last_line() {
        for (source, rest) in [
            ("eyJa\nb", ""),
            ("eyJa\r\n \tb", ""),
            (r"eyJa\r\n  b\n\tc", ""),
            ("eyJa\nb\nc\"", "\""),
            ("eyJa\n\"", "\n\""),
            ("eyJa\n\nb", "\n\nb"),
            ("eyJa\rb", "\rb"),
            ("eyJa\r\nHost: b", "\r\nHost: b"),
            ("eyJa\nSee b", "\nSee b"),
            ("eyJa\nSee\tb", "\nSee\tb"),
            ("eyJa\nb==", ""),
            ("eyJa\n==", "\n=="),
            ("eyJa\nb=c", "\nb=c"),
            ("eyJa\nb/c", "\nb/c"),
            ("eyJa\nb<", "<"),
            ("eyJa b", " b"),
        ] {
            let text = Decoded::new(source);
            let end = jwt_end(&text, 0).unwrap();
            assert_eq!(text.source(end..text.len()), rest, "{source}");
        }
    }
}
