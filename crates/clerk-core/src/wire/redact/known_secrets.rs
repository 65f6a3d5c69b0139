use std::{collections::BTreeMap, ops::Range, rc::Rc};

use super::{
    credential::is_whitespace,
    decoded::{Decoded, Quote},
};

/// The length from which a secret is redacted everywhere. A shorter one is not a credential, and
/// redacting every "a" would ruin the text.
const MIN_LEN: usize = 6;

/// How many consecutive characters of the key are enough to redact, as an echo of it may be cut.
const KEY_PIECE_LEN: usize = 12;

/// The length from which any other secret is redacted inside a word as well. A shorter one may
/// happen to be part of an error code, or of the name of a member.
const MIN_LEN_IN_WORD: usize = 16;

/// How many characters of any other secret have to match, if it has as many. Fewer would match
/// other URLs of the same host.
const MAX_START_LEN: usize = 64;

/// How many other secrets are searched for, so that the cost of a body full of them stays linear.
const MAX_SECRETS: usize = 16;

/// The secrets that are redacted wherever they occur: the key, and the first that a body names.
pub(super) struct KnownSecrets {
    key: Rc<[u8]>,
    /// The parts to search for, by their first character.
    parts: BTreeMap<u8, Vec<Part>>,
}

/// A secret, from one of its characters on.
struct Part {
    secret: Rc<[u8]>,
    offset: usize,
    /// How many characters have to match.
    min_len: usize,
    /// Whether it is redacted inside a word as well.
    is_distinctive: bool,
}

impl KnownSecrets {
    pub(super) fn new<'a>(key: &str, named: impl Iterator<Item = &'a [u8]>) -> Self {
        let key = Decoded::new(key);
        let key: Rc<[u8]> = key.bytes(0..key.len()).into();
        let mut known = Self { key: Rc::clone(&key), parts: BTreeMap::new() };
        let min_len = key.len().saturating_sub(1).clamp(MIN_LEN, KEY_PIECE_LEN);
        for (offset, _) in key.windows(min_len).enumerate() {
            known.insert(Part { secret: Rc::clone(&key), offset, min_len, is_distinctive: true });
        }
        let mut secrets: Vec<&[u8]> = Vec::new();
        for secret in named {
            let is_new = secret.len() >= MIN_LEN && !secrets.contains(&secret);
            if is_new && secrets.len() < MAX_SECRETS {
                secrets.push(secret);
                known.insert(Part {
                    secret: secret.into(),
                    offset: 0,
                    min_len: secret.len().min(MAX_START_LEN),
                    is_distinctive: secret.len() >= MIN_LEN_IN_WORD,
                });
            }
        }
        known
    }

    fn insert(&mut self, part: Part) {
        if let Some(first) = part.characters().first() {
            self.parts.entry(*first).or_default().push(part);
        }
    }

    pub(super) fn is_key(&self, bytes: &[u8]) -> bool {
        *bytes == *self.key
    }

    /// Returns where the longest known secret, or piece of the key, that begins at `start` ends.
    pub(super) fn end(&self, text: &Decoded<'_>, start: usize) -> Option<usize> {
        let is_secret = |(part, end): &(&Part, usize)| {
            part.is_distinctive || (is_word(text, start..*end) && !is_member_name(text, *end))
        };
        self.matches(text, start).filter(is_secret).map(|(_, end)| end).max()
    }

    /// Returns `true` if a known secret, or a piece of the key, begins at `start`.
    pub(super) fn begins_at(&self, text: &Decoded<'_>, start: usize) -> bool {
        self.matches(text, start).next().is_some()
    }

    /// Returns the parts that begin at `start`, and where they end.
    fn matches(&self, text: &Decoded<'_>, start: usize) -> impl Iterator<Item = (&Part, usize)> {
        let parts = text.byte(start).and_then(|first| self.parts.get(&first));
        parts.into_iter().flatten().filter_map(move |part| Some((part, part.end(text, start)?)))
    }

    /// Returns the largest number of parts that share a first character.
    pub(super) fn crowd(&self) -> usize {
        self.parts.values().map(Vec::len).max().unwrap_or_default()
    }
}

impl Part {
    fn characters(&self) -> &[u8] {
        self.secret.get(self.offset..).unwrap_or_default()
    }

    fn end(&self, text: &Decoded<'_>, start: usize) -> Option<usize> {
        let (required, rest) = self.characters().split_at_checked(self.min_len)?;
        let end = start + required.len();
        let is_same = |(at, byte): &(usize, &u8)| text.byte(*at) == Some(**byte);
        (text.bytes(start..end) == required)
            .then(|| end + (end..).zip(rest).take_while(is_same).count())
    }
}

/// Returns `true` unless the characters around this range are part of the same word.
fn is_word(text: &Decoded<'_>, range: Range<usize>) -> bool {
    let is_in_word =
        |at| text.byte(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    !range.start.checked_sub(1).is_some_and(is_in_word) && !is_in_word(range.end)
}

/// Returns `true` if the name of a member in JSON ends at `end`.
fn is_member_name(text: &Decoded<'_>, end: usize) -> bool {
    text.quote(end) == Some(Quote::JSON)
        && text.byte(text.skip(end + 1, is_whitespace)) == Some(b':')
}
