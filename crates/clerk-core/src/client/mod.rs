//! The client: its builder, and one method for each operation.

mod actor_tokens;
mod actor_tokens_builder;

pub use actor_tokens::ActorTokens;
pub use actor_tokens_builder::ActorTokensBuilder;
