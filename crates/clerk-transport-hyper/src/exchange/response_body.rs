use clerk_core::{TransportError, bytes::Bytes};

use super::classify::too_large;

/// The body of a response while it arrives, up to a limit.
///
/// Nearly all bodies come in one piece, and are not copied.
pub(super) struct ResponseBody {
    first: Bytes,
    rest: Vec<u8>,
    max_bytes: usize,
}

impl ResponseBody {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { first: Bytes::new(), rest: Vec::new(), max_bytes }
    }

    pub(super) fn len(&self) -> usize {
        self.first.len() + self.rest.len()
    }

    /// Appends what has arrived, unless the body is then larger than the limit.
    pub(super) fn push(&mut self, data: Bytes) -> Result<(), TransportError> {
        if data.len() > self.max_bytes.saturating_sub(self.len()) {
            return Err(too_large(self.max_bytes));
        }
        if self.first.is_empty() {
            self.first = data;
        } else {
            self.rest.extend_from_slice(&data);
        }
        Ok(())
    }

    pub(super) fn into_bytes(self) -> Bytes {
        let Self { first, rest, .. } = self;
        if rest.is_empty() { first } else { [&first[..], &rest].concat().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, ResponseBody};

    fn collect(pieces: &[&'static str], max_bytes: usize) -> Option<Bytes> {
        let mut body = ResponseBody::new(max_bytes);
        for piece in pieces {
            body.push(Bytes::from_static(piece.as_bytes())).ok()?;
        }
        assert_eq!(body.len(), pieces.concat().len());
        Some(body.into_bytes())
    }

    #[test]
    fn pieces_are_joined_up_to_the_limit() {
        for pieces in [&["", "12345"][..], &["12", "", "345"], &["1", "2", "345"]] {
            assert_eq!(collect(pieces, 5).unwrap(), "12345");
            assert!(collect(pieces, 4).is_none());
        }
        assert_eq!(collect(&[], 0).unwrap(), "");
    }
}
