use std::{future::poll_fn, pin::pin, task::Poll};

/// The output of whichever of two futures ended first.
pub(crate) enum First<A, B> {
    Left(A),
    Right(B),
}

/// Waits for the first of two futures to end, and drops the other.
pub(crate) async fn race<A, B>(
    left: impl Future<Output = A> + Send,
    right: impl Future<Output = B> + Send,
) -> First<A, B> {
    let (mut left, mut right) = (pin!(left), pin!(right));
    poll_fn(|context| {
        if let Poll::Ready(output) = left.as_mut().poll(context) {
            return Poll::Ready(First::Left(output));
        }
        right.as_mut().poll(context).map(First::Right)
    })
    .await
}
