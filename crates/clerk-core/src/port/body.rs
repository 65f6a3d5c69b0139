use std::fmt;

use bytes::Bytes;

/// Holds the whole body of a request or an answer.
///
/// `Debug` prints a length only: the answer to create holds a credential.
///
/// ```
/// let body = clerk_core::Body::from("{}");
/// assert_eq!((body.as_ref(), format!("{body:?}").as_str()), (&b"{}"[..], "Body(2 bytes)"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(Bytes);

impl Body {
    /// Gives the bytes, without a copy.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self(Bytes::from_static(text.as_bytes()))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, Bytes};

    #[test]
    fn every_way_in_gives_the_same_bytes() {
        for body in [
            Body::from("ab"),
            "ab".to_owned().into(),
            b"ab".to_vec().into(),
            Bytes::from_static(b"ab").into(),
        ] {
            assert_eq!(
                (body.as_ref(), format!("{body:?}").as_str()),
                (&b"ab"[..], "Body(2 bytes)")
            );
            assert_eq!(body.into_bytes(), "ab");
        }
        assert!(Body::default().as_ref().is_empty());
    }
}
