use std::time::Duration;

/// Lets this many seconds pass at once, so that sockets make no progress meanwhile.
pub(crate) async fn skip(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}
