//! The only async code: attempt, decide, sleep, again.

mod actor_tokens;
mod builder;
mod call;
mod run;

pub use actor_tokens::ActorTokens;
pub use builder::ActorTokensBuilder;
pub use call::Call;
