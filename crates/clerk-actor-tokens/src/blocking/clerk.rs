#[cfg(feature = "hyper")]
use clerk_core::ConfigError;
use clerk_core::SecretKey;

use super::{ActorTokens, ClerkBuilder};

/// The complete client without async: [`Clerk`](crate::Clerk), on a thread of its own.
///
/// Cloning is cheap and shares the connections and the thread. `Debug` shows no secret. It works
/// and may be dropped anywhere, inside an async runtime too.
///
/// # Examples
///
/// See [the module](crate::blocking#examples).
#[derive(Clone, Debug)]
pub struct Clerk {
    actor_tokens: ActorTokens,
}

impl Clerk {
    /// Creates a client from environment variables; see
    /// [`Clerk::from_env`](crate::Clerk::from_env). For other settings as well, use
    /// [`ClerkBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the variable that is missing or invalid.
    #[cfg(feature = "hyper")]
    pub fn from_env() -> Result<Self, ConfigError> {
        crate::Clerk::from_env().map(Self::from_async)
    }

    /// Creates a client with the default settings; see [`Clerk::new`](crate::Clerk::new).
    #[cfg(feature = "hyper")]
    pub fn new(secret_key: SecretKey) -> Self {
        Self::from_async(crate::Clerk::new(secret_key))
    }

    /// Returns a builder.
    pub fn builder(secret_key: SecretKey) -> ClerkBuilder {
        ClerkBuilder::new(secret_key)
    }

    #[expect(clippy::needless_pass_by_value, reason = "the blocking client replaces the other")]
    pub(super) fn from_async(clerk: crate::Clerk) -> Self {
        Self { actor_tokens: ActorTokens::new(clerk.actor_tokens().clone()) }
    }

    /// Returns the operations on actor tokens.
    pub fn actor_tokens(&self) -> &ActorTokens {
        &self.actor_tokens
    }
}
