use std::fmt;

use bytes::Bytes;

use super::Attempt;

/// The whole body of a request or a response.
///
/// The body of a request may carry an [`Attempt`], which is not part of its bytes. `Debug` prints
/// only the length, because the response to a create contains a credential.
///
/// # Examples
///
/// ```
/// let body = clerk_core::Body::from("{}");
/// assert_eq!((body.as_ref(), format!("{body:?}").as_str()), (&b"{}"[..], "Body(2 bytes)"));
/// ```
#[derive(Clone, Default)]
pub struct Body {
    bytes: Bytes,
    pub(super) attempt: Option<Attempt>,
}

impl Body {
    /// Returns the bytes, without copying them.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, attempt: None }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(string: String) -> Self {
        Bytes::from(string).into()
    }
}

impl From<&'static str> for Body {
    fn from(string: &'static str) -> Self {
        Bytes::from_static(string.as_bytes()).into()
    }
}

impl PartialEq for Body {
    /// Compares the bytes.
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Body {}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, Bytes};

    #[test]
    fn every_conversion_keeps_the_bytes() {
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
            assert_eq!(body, Body::from("ab"));
            assert_ne!(body, Body::default());
            assert_eq!(body.into_bytes(), "ab");
        }
        assert!(Body::default().as_ref().is_empty());
    }
}
