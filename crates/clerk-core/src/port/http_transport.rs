use std::sync::Arc;

use async_trait::async_trait;

use super::{Body, HttpRequest, TransportError};

/// A response as a transport returns it: any status, with the whole body.
pub type HttpResponse = http::Response<Body>;

/// A way to send one HTTP request and receive the complete response: the only step that touches the
/// outside world.
///
/// # Requirements
///
/// The core decides what may be sent again by what it learns here. A transport that claims more
/// than it knows, or sends more than it was given, creates live credentials that nobody can name.
/// The crate `clerk-transport-conformance` checks these requirements one by one, in this order and
/// under these names.
///
/// - **One call is at most one request** as the server sees it. A request that was certainly never
///   written may move to another connection; nothing else may be sent twice, whatever the method
///   or the status, and however its connection ended.
/// - **A status is never an error.** Every complete response is `Ok`, even a 500.
/// - **Only a complete response is `Ok`.** One that is cut off or is not HTTP is an error.
/// - **The head is kept.** An error that occurs after the head of the response has arrived contains
///   it: see [`TransportError::with_head`].
/// - **Redirects are not followed**: the secret key would travel along.
/// - **The body is bounded.** A body beyond the implementation's limit is an error,
///   [`TransportErrorKind::TooLarge`], and the rest of it is not read.
/// - **The request is sent unchanged.** Nothing is added except what framing requires: `Host`
///   or `:authority`, taken from the URI. Over HTTP/1.1, the target is the URI's path and
///   query. A request that cannot be sent as it is fails unsent.
/// - **The response is returned unchanged**: with every header, and not decompressed.
/// - **Headers and bodies are never shown**: they are not logged, and no error contains any of
///   them.
/// - **[`Sent::No`] only when it is certain** that no byte of the request reached the server. When
///   in doubt, leave the default, [`Sent::Maybe`].
/// - **[`Sent::No`] when nothing was written**, because no connection was made. Otherwise, a create
///   that could simply be sent again fails.
/// - **The kind describes what happened**: some kinds are never retried.
/// - **The thread is not blocked**: otherwise no time limit could take effect, and dropping the
///   call would stop nothing. A blocking client needs a thread and time limits of its own.
/// - **A dropped call ends.** Nothing of its exchange may go on except closing its connection, and
///   no later call may receive its response.
/// - **The progress is marked**, if the implementation knows when it writes: it marks the request's
///   [`SendProgress`](crate::SendProgress), so that a timeout while connecting is known to have
///   sent nothing. This one is optional.
///
/// # Cancel safety
///
/// Dropping the future abandons the exchange, as required above.
///
/// # Examples
///
/// ```
/// use clerk_core::{
///     HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait, http::StatusCode,
/// };
///
/// struct Teapot;
///
/// #[async_trait]
/// impl HttpTransport for Teapot {
///     async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
///         let mut response = HttpResponse::new("short and stout".into());
///         *response.status_mut() = StatusCode::IM_A_TEAPOT;
///         Ok(response)
///     }
/// }
/// ```
///
/// [`Sent::Maybe`]: crate::Sent::Maybe
/// [`Sent::No`]: crate::Sent::No
/// [`TransportErrorKind::TooLarge`]: crate::TransportErrorKind::TooLarge
#[async_trait]
pub trait HttpTransport: Send + Sync {
    /// Sends the request and waits for the complete response.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if no complete response arrived. Its kind, and whether the request may
    /// have been sent, decide what the core does next.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
}

#[async_trait]
impl<T: HttpTransport + ?Sized> HttpTransport for Arc<T> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        (**self).send(request).await
    }
}

#[async_trait]
impl<T: HttpTransport + ?Sized> HttpTransport for Box<T> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        (**self).send(request).await
    }
}
