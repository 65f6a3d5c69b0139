use std::pin::pin;

use clerk_core::bytes::{Buf as _, Bytes};
use http_body::Body;
use http_body_util::{BodyExt as _, Limited};

use crate::cause::BoxError;

/// Collects a body, up to `max_bytes`, without a copy if it comes in one piece, as nearly all do.
///
/// # Errors
///
/// Those of the body, and [`LengthLimitError`](http_body_util::LengthLimitError) if it is larger.
pub(crate) async fn collect_limited<B>(body: B, max_bytes: usize) -> Result<Bytes, BoxError>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let mut body = pin!(Limited::new(body, max_bytes));
    let first = match body.frame().await {
        // A frame that is not data holds trailers, which have no use here.
        Some(frame) => frame?
            .into_data()
            .map(|mut data| data.copy_to_bytes(data.remaining()))
            .unwrap_or_default(),
        None => Bytes::new(),
    };
    let rest = body.collect().await?.to_bytes();
    Ok(if rest.is_empty() { first } else { [first, rest].concat().into() })
}

#[cfg(test)]
mod tests {
    use http_body_util::{Full, LengthLimitError};

    use super::{Bytes, collect_limited};

    #[tokio::test]
    async fn a_body_of_one_piece_is_not_copied() {
        let bytes = Bytes::from_static(b"abc");
        let collected = collect_limited(Full::new(bytes.clone()), 3).await.unwrap();
        assert_eq!((&collected, collected.as_ptr()), (&bytes, bytes.as_ptr()));
    }

    #[tokio::test]
    async fn a_larger_body_is_an_error() {
        let error = collect_limited(Full::new(Bytes::from_static(b"abc")), 2).await.unwrap_err();
        assert!(error.is::<LengthLimitError>(), "{error:?}");
    }
}
