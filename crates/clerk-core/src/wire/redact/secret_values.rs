use std::ops::Range;

use super::{
    credential::{credential_end, is_whitespace, unquoted_end},
    decoded::{Decoded, Quote},
};

/// What the names of secret members end in, in any case: `actor_token`, `ticketUrl`.
const SECRET_NAMES: [&str; 4] = ["token", "ticket", "url", "secret"];

/// A value whose name says that it is secret.
pub(super) struct SecretValue<'a> {
    /// The characters to redact. The quotation marks of a string are not among them.
    pub(super) range: Range<usize>,
    pub(super) kind: Kind<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// `"token": "…"`, `'token': '…'` or `token: "…"`
    String,
    /// An array, an object or a number, with the quotation mark that a string in its place has.
    Other(Quote<'a>),
    /// `token=…`
    Unquoted,
}

/// An iterator over the secret values of a text, in the order of their names, including those in
/// JSON inside a string.
pub(super) struct SecretValues<'a> {
    text: &'a Decoded<'a>,
    at: usize,
    /// Where the last array or object ends. Secret strings inside it are found as well, but not
    /// the ends of arrays and objects inside it: finding all of them would take quadratic time.
    nesting_end: usize,
}

impl<'a> SecretValues<'a> {
    pub(super) fn new(text: &'a Decoded<'a>) -> Self {
        Self { text, at: 0, nesting_end: 0 }
    }

    /// Returns the value after a colon or an equals sign, if the name before it is a secret's.
    fn value_after(&mut self, sign_at: usize) -> Option<SecretValue<'a>> {
        let text = self.text;
        let sign = text.byte(sign_at).filter(|sign| matches!(sign, b':' | b'='))?;
        let name_end = end_without_whitespace(text, sign_at);
        let name_quote = name_end.checked_sub(1).and_then(|last| text.quote(last));
        if !is_secret_name(text, name_end - usize::from(name_quote.is_some())) {
            return None;
        }
        // Ruby writes `=>`.
        let start = text.skip(sign_at + 1, |byte| is_whitespace(byte) || byte == b'>');
        let first = text.byte(start)?;
        let (range, kind) = match (text.quote(start), name_quote) {
            (Some(quote), _) if Some(quote) == name_quote || is_opening(text, start) => {
                (start + 1..string_end(text, start + 1, quote), Kind::String)
            }
            (None, Some(quote)) if matches!(first, b'[' | b'{') && start >= self.nesting_end => {
                self.nesting_end = nesting_end(text, start, quote);
                (start..self.nesting_end, Kind::Other(quote))
            }
            (None, Some(quote)) if first == b'-' || first.is_ascii_digit() => {
                (start..credential_end(text, start), Kind::Other(quote))
            }
            (None, None) if sign == b'=' && start == sign_at + 1 => {
                (start..unquoted_end(text, start), Kind::Unquoted)
            }
            _ => return None,
        };
        if !matches!(kind, Kind::Other(_)) {
            self.at = range.end;
        }
        Some(SecretValue { range, kind })
    }
}

impl<'a> Iterator for SecretValues<'a> {
    type Item = SecretValue<'a>;

    fn next(&mut self) -> Option<SecretValue<'a>> {
        while self.at < self.text.len() {
            self.at += 1;
            let value = self.value_after(self.at - 1).filter(|value| !value.range.is_empty());
            if value.is_some() {
                return value;
            }
        }
        None
    }
}

fn is_secret_name(text: &Decoded<'_>, end: usize) -> bool {
    SECRET_NAMES.iter().any(|name| {
        let start = end.saturating_sub(name.len());
        text.bytes(start..end).eq_ignore_ascii_case(name.as_bytes())
    })
}

/// Returns `true` unless this quotation mark ends a string of JSON, such as `"invalid token:"`.
fn is_opening(text: &Decoded<'_>, quote: usize) -> bool {
    let next = text.byte(text.skip(quote + 1, is_whitespace));
    !matches!(next, None | Some(b',' | b':' | b'}' | b']'))
}

/// Returns where the string that begins at `start` ends.
fn string_end(text: &Decoded<'_>, start: usize, opening: Quote<'_>) -> usize {
    let is_end = |at: &usize| text.quote(*at).is_some_and(|quote| quote.closes(opening));
    (start..text.len()).find(is_end).unwrap_or(text.len())
}

/// Returns where the array or object that begins at `start` ends, or the string around it, in
/// which it was cut. Its own strings have quotation marks like `own`.
fn nesting_end(text: &Decoded<'_>, start: usize, own: Quote<'_>) -> usize {
    let (mut depth, mut in_string) = (0_usize, false);
    for at in start..text.len() {
        match (text.quote(at), text.byte(at)) {
            (Some(quote), _) if quote == own => in_string = !in_string,
            (Some(quote), _) if quote.closes(own) => return at,
            (_, Some(b'[' | b'{')) if !in_string => depth += 1,
            (_, Some(b']' | b'}')) if !in_string => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

fn end_without_whitespace(text: &Decoded<'_>, mut end: usize) -> usize {
    while end > 0 && text.byte(end - 1).is_some_and(is_whitespace) {
        end -= 1;
    }
    end
}
