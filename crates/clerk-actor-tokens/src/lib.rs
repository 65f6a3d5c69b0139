// The README's examples need all of these features; `cargo test --workspace` has them.
#![cfg_attr(
    any(
        not(doctest),
        all(feature = "blocking", feature = "hyper", feature = "reqwest", feature = "tower")
    ),
    doc = include_str!("../README.md")
)]
#![expect(clippy::test_attr_in_doctest, reason = "`tests/readme.rs` runs the README's unit test")]

#[cfg(all(feature = "hyper", not(any(feature = "ring", feature = "aws-lc-rs"))))]
compile_error!(
    "the `hyper` feature needs cryptography: enable `ring` or `aws-lc-rs` (or use `clerk-transport-hyper` on its own)"
);

#[cfg(all(feature = "hyper", not(any(feature = "webpki-roots", feature = "platform-verifier"))))]
compile_error!(
    "the `hyper` feature needs root certificates: enable `webpki-roots` or `platform-verifier` \
     (or use `clerk-transport-hyper` on its own)"
);

#[cfg(feature = "blocking")]
pub mod blocking;
mod clerk;
mod clerk_builder;
mod environment;

pub use clerk::Clerk;
pub use clerk_builder::ClerkBuilder;
pub use clerk_core::*;
#[cfg(any(feature = "blocking", feature = "hyper", feature = "reqwest", feature = "tower"))]
pub use clerk_timer_tokio::TokioTimer;
#[cfg(feature = "hyper")]
pub use clerk_transport_hyper::{HyperTransport, HyperTransportBuilder, rustls};
#[cfg(feature = "reqwest")]
pub use clerk_transport_reqwest::ReqwestTransport;
#[cfg(feature = "tower")]
pub use clerk_transport_tower::{RequestBody, TowerTransport};
