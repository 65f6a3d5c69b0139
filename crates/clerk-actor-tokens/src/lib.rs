#![doc = include_str!("../README.md")]
#![expect(clippy::test_attr_in_doctest, reason = "`tests/readme.rs` runs the README's unit test")]

#[cfg(all(feature = "hyper", not(any(feature = "ring", feature = "aws-lc-rs"))))]
compile_error!(
    "the `hyper` feature needs cryptography: enable `ring` or `aws-lc-rs` (or use `clerk-transport-hyper` on its own)"
);

#[cfg(all(feature = "hyper", not(any(feature = "webpki-roots", feature = "platform-verifier"))))]
compile_error!(
    "the `hyper` feature needs root certificates: enable `webpki-roots` or `platform-verifier` (or use `clerk-transport-hyper` on its own)"
);

#[cfg(feature = "hyper")]
mod clerk;
#[cfg(feature = "hyper")]
mod clerk_builder;
#[cfg(feature = "hyper")]
mod environment;

#[cfg(feature = "hyper")]
pub use clerk::Clerk;
#[cfg(feature = "hyper")]
pub use clerk_builder::ClerkBuilder;
pub use clerk_core::*;
#[cfg(feature = "hyper")]
pub use clerk_transport_hyper::{HyperTransport, HyperTransportBuilder, TokioTimer, rustls};
