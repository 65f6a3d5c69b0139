//! The core of a client for Clerk's actor tokens: everything except the HTTP client.
//!
//! ```text
//! CreateActorToken ──► http::Request ──► HttpTransport ──► http::Response ──► ActorToken | Error
//!    (validated)         (no I/O)          (the port)          (no I/O)
//! ```
//!
//! One value goes in, one value comes out, and only one step touches the outside world. That step
//! is a trait: implement [`HttpTransport`] for whatever sends HTTP in your program, pass it to
//! [`ActorTokens`], create and revoke tokens, and end impersonations. Implement [`Timer`] as well
//! to get retries and time limits.
//!
//! The modules are the stages of the flow, and each knows only those before it:
//!
//! - `domain`: values that cannot be invalid once they exist,
//! - `port`: what the core needs from outside,
//! - `retry`: what may be sent again, and when,
//! - `error`: what can go wrong, stage by stage,
//! - `wire`: operations to requests, responses to values,
//! - `call`: attempt, decide, wait, repeat,
//! - `client`: the builder, one method for each operation, and what takes several requests.

mod call;
mod client;
mod domain;
mod error;
mod port;
mod retry;
mod wire;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDocTests;

pub use async_trait::async_trait;
pub use bytes;
pub use http;

pub use call::Call;
pub use client::{ActorTokens, ActorTokensBuilder};
pub use domain::{
    Actor, ActorToken, ActorTokenId, ActorTokenStatus, ClaimError, Claims, CreateActorToken,
    EndImpersonation, EndedImpersonation, EndedToken, InvalidInput, Secret, SecretKey, SessionId,
    UnixMillis, UserId,
};
pub use error::{
    ApiError, ClerkError, ConfigError, Error, TimeoutError, TransportFailure, UnexpectedResponse,
};
pub use port::{
    Attempt, Body, HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, Timer,
    TransportError, TransportErrorKind,
};
pub use retry::RetryConfig;
