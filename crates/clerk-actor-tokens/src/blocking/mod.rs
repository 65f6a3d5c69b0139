//! The client without async, for programs that have no runtime of their own.
//!
//! Its calls are those of [`Clerk`](crate::Clerk), with the same retries, limits and errors. They
//! run on one hidden thread per client, which ends with the last clone of the client and the last
//! of its calls. [`Call::send`] waits for the result.
//!
//! # Examples
//!
//! ```no_run
//! # #[cfg(feature = "hyper")] {
//! use std::time::Duration;
//!
//! use clerk_actor_tokens::{Actor, CreateActorToken, Error, UserId, blocking::Clerk};
//!
//! fn main() -> Result<(), Error> {
//!     let clerk = Clerk::from_env()?;
//!     let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
//!     let command = CreateActorToken::new(UserId::new("user_1")?, actor);
//!     let call = clerk.actor_tokens().create(command).timeout(Duration::from_secs(5));
//!     let actor_token = call.send()?;
//!     println!("{} is {}", actor_token.id, actor_token.status);
//!     Ok(())
//! }
//! # }
//! ```

mod actor_tokens;
mod call;
mod clerk;
mod clerk_builder;
mod runtime_thread;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(not(feature = "tracing"))]
#[path = "no_spans.rs"]
mod spans;

pub use actor_tokens::ActorTokens;
pub use call::Call;
pub use clerk::Clerk;
pub use clerk_builder::ClerkBuilder;
