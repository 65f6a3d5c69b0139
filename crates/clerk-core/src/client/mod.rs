//! The client: its builder, one method for each operation, and a file for each use case of several
//! requests.

mod actor_tokens;
mod actor_tokens_builder;
mod end_impersonation;

pub use actor_tokens::ActorTokens;
pub use actor_tokens_builder::ActorTokensBuilder;
