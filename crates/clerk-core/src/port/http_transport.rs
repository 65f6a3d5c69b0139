use std::sync::Arc;

use async_trait::async_trait;

use super::{Body, TransportError};

/// Is what core hands to a transport: the URI is absolute, every header is set but `Host`, the body
/// is complete.
///
/// Its extensions hold a [`SendProgress`](crate::SendProgress), which a transport may mark.
pub type HttpRequest = http::Request<Body>;

/// Is what a transport gives back: any status, with the whole body.
pub type HttpResponse = http::Response<Body>;

/// Sends one HTTP request and gives back the whole answer. This is the only step that touches the
/// world.
///
/// # What an implementation owes
///
/// Core decides what may be sent again, by what it is told here; a transport that says more than it
/// knows, or sends more than it was asked to, makes live credentials that nobody can name.
///
/// - **One call is at most one request** as the server sees it. A request that is certain never to
///   have been written may move to another connection; nothing else may be sent twice, whatever the
///   method or the status.
/// - **A status is never an error.** Every answer that arrived whole is `Ok`, a 500 too.
/// - **No redirect is followed**: the secret key would travel.
/// - **The body is bounded.** More than the implementation's limit is
///   [`TransportErrorKind::TooLarge`], and is not read on.
/// - **Nothing is changed or added** but what framing asks for: `Host` or `:authority`, taken from
///   the URI.
/// - **Nothing of headers or bodies is logged**, and no error holds any of them.
/// - **[`TransportError::with_sent`] only when it is certain** that no byte of the request reached
///   the server. In doubt, say nothing: [`Sent::Maybe`] is the default.
/// - **It does not block the thread**: core could not stop it then, no time limit would strike, and
///   dropping the call would do nothing. A blocking client needs a thread of its own, and limits of
///   its own.
///
/// An implementation that can tell marks the request's [`SendProgress`](crate::SendProgress), so
/// that a timeout which strikes while it still connects is known to have sent nothing.
///
/// # Cancel safety
///
/// Dropping the future abandons the exchange. No part of it may go on but the closing of its
/// connection, and no later call may be given its answer.
///
/// # Example
///
/// ```
/// use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};
///
/// struct AlwaysTeapot;
///
/// #[async_trait]
/// impl HttpTransport for AlwaysTeapot {
///     async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
///         let mut response = HttpResponse::new("short and stout".into());
///         *response.status_mut() = clerk_core::http::StatusCode::IM_A_TEAPOT;
///         Ok(response)
///     }
/// }
/// ```
///
/// [`Sent::Maybe`]: crate::Sent::Maybe
/// [`TransportErrorKind::TooLarge`]: crate::TransportErrorKind::TooLarge
#[async_trait]
pub trait HttpTransport: Send + Sync {
    /// Sends the request and waits for the whole answer.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if no whole answer came; its kind and what it says about sending decide
    /// what core does next.
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
