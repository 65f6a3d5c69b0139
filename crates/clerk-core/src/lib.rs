//! The core of a client for Clerk's actor tokens: everything but the HTTP client.
//!
//! ```text
//! CreateActorToken ──► http::Request ──► HttpTransport ──► http::Response ──► ActorToken | Error
//!    (validated)         (no I/O)          (the port)          (no I/O)
//! ```
//!
//! One value goes in, one value comes out, and only one step touches the world. That step is a
//! trait: implement [`HttpTransport`] for whatever sends HTTP in your program, give it to
//! [`ActorTokens`], and create and revoke tokens. Implement [`Timer`] too to have retries and time
//! limits.
//!
//! The folders are the stages of the flow, and each knows only those before it:
//!
//! - `domain`: values that cannot be wrong once they exist,
//! - `port`: what is asked of the outside,
//! - `retry`: what may be sent again, and when,
//! - `error`: what can go wrong, stage by stage,
//! - `wire`: commands to requests, answers to values,
//! - `use_case`: attempt, decide, sleep, again.

mod domain;
mod error;
mod port;
mod retry;
mod use_case;
mod wire;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeIsTested;

pub use async_trait::async_trait;
pub use bytes;
pub use domain::{
    Actor, ActorToken, ActorTokenId, ActorTokenStatus, ClaimError, Claims, CreateActorToken,
    InvalidInput, Secret, SecretKey, UnixMillis, UserId,
};
pub use error::{
    ApiError, ClerkError, ConfigError, Error, TimeoutError, TransportFailure, UnexpectedResponse,
};
pub use http;
pub use port::{
    Body, HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, Timer, TransportError,
    TransportErrorKind,
};
pub use retry::RetryConfig;
pub use use_case::{ActorTokens, ActorTokensBuilder, Call};
