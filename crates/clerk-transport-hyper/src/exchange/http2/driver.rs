use std::{
    convert::Infallible,
    future::poll_fn,
    pin::{Pin, pin},
    sync::{Arc, Weak},
    task::Poll,
    time::Duration,
};

use clerk_core::bytes::Bytes;
use h2::{Ping, PingPong, client::Connection};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{Notify, oneshot},
    time::{sleep, timeout},
};

use super::streams::Streams;

/// The interval between pings while streams are open, and the timeout for each pong.
const PING: Duration = Duration::from_secs(5);

/// Drives a connection until it closes, is no longer needed, or loses a ping.
pub(super) async fn drive<T>(
    mut connection: Connection<T, Bytes>,
    streams: Weak<Streams>,
    mut end_of_use: oneshot::Receiver<Infallible>,
    vacancy: Arc<Notify>,
) where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut lost_ping = pin!(lost_ping(connection.ping_pong(), streams));
    poll_fn(|context| {
        if Pin::new(&mut connection).poll(context).is_ready() {
            return Poll::Ready(());
        }
        // The server may have changed the limit of streams, or sent a GOAWAY.
        vacancy.notify_one();
        if Pin::new(&mut end_of_use).poll(context).is_ready() {
            // The first poll resets what is left of its streams, and the second one closes the
            // connection. A server that does not read is not waited for.
            let _closed = Pin::new(&mut connection).poll(context).is_ready()
                || Pin::new(&mut connection).poll(context).is_ready();
            return Poll::Ready(());
        }
        lost_ping.as_mut().poll(context)
    })
    .await;
    drop(connection);
    vacancy.notify_one();
}

/// Pings the server while streams are open, and returns when a ping gets no response.
async fn lost_ping(ping_pong: Option<PingPong>, streams: Weak<Streams>) {
    let Some(mut ping_pong) = ping_pong else { return std::future::pending().await };
    loop {
        sleep(PING).await;
        if streams.upgrade().is_none_or(|streams| streams.idle_since().is_some()) {
            continue;
        }
        if timeout(PING, ping_pong.ping(Ping::opaque())).await.is_err() {
            if let Some(streams) = streams.upgrade() {
                streams.record_lost_ping();
            }
            return;
        }
    }
}
