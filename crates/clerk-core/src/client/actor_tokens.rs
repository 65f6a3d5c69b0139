use std::{fmt, sync::Arc};

use super::ActorTokensBuilder;
use crate::{
    call::{Call, Limits, Shared},
    domain::{ActorToken, ActorTokenId, CreateActorToken, SecretKey},
    port::{HttpTransport, Timer},
    wire::{BaseUrl, CreateToken, Headers, RevokeToken},
};

/// A client that creates and revokes actor tokens, over whatever transport it is given.
///
/// Cloning is cheap and shares everything. `Debug` shows no secret.
///
/// # Examples
///
/// ```
/// # use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};
/// use clerk_core::{Actor, ActorTokens, CreateActorToken, SecretKey, UserId};
/// # struct MyTransport;
/// # #[async_trait]
/// # impl HttpTransport for MyTransport {
/// #     async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
/// #         Ok(HttpResponse::default())
/// #     }
/// # }
///
/// async fn impersonate(actor_tokens: &ActorTokens) -> Result<(), clerk_core::Error> {
///     let actor = Actor::new("user_support")?.with_claim("audit_id", 4711)?;
///     let command = CreateActorToken::new(UserId::new("user_1")?, actor);
///     let actor_token = actor_tokens.create(command).await?;
///     actor_tokens.revoke(&actor_token.id).await?;
///     Ok(())
/// }
///
/// let actor_tokens = ActorTokens::new(MyTransport, SecretKey::new("sk_test_abc")?);
/// # let _not_polled = impersonate(&actor_tokens);
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[derive(Clone)]
pub struct ActorTokens {
    shared: Arc<Shared>,
}

impl ActorTokens {
    /// Creates a client for `https://api.clerk.com/v1` without a timer: each call makes one
    /// attempt, and has no time limit but the transport's. For retries, limits and other settings,
    /// use [`builder`](Self::builder).
    pub fn new(transport: impl HttpTransport + 'static, secret_key: SecretKey) -> Self {
        Self::with_defaults(Box::new(transport), None, secret_key)
    }

    /// Creates a client for `https://api.clerk.com/v1` with a timer, and so with the default
    /// retries and time limits.
    pub fn with_timer(
        transport: impl HttpTransport + 'static,
        timer: impl Timer + 'static,
        secret_key: SecretKey,
    ) -> Self {
        Self::with_defaults(Box::new(transport), Some(Box::new(timer)), secret_key)
    }

    /// Returns a builder.
    pub fn builder(
        transport: impl HttpTransport + 'static,
        secret_key: SecretKey,
    ) -> ActorTokensBuilder {
        ActorTokensBuilder::new(Box::new(transport), secret_key)
    }

    fn with_defaults(
        transport: Box<dyn HttpTransport>,
        timer: Option<Box<dyn Timer>>,
        secret_key: SecretKey,
    ) -> Self {
        Self::from_shared(Shared {
            headers: Headers::new(&secret_key),
            transport,
            timer,
            secret_key,
            base_url: BaseUrl::default(),
            limits: Limits::default(),
        })
    }

    pub(super) fn from_shared(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Creates an actor token: a one-time ticket that lets the actor sign in as the user.
    ///
    /// `POST /actor_tokens` in Clerk's Backend API. A create that may have taken effect is not sent
    /// again, because Clerk has no idempotency key; the error then
    /// [is ambiguous](crate::Error::is_ambiguous).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a lifetime that is zero or not a
    /// whole number of seconds; nothing is sent. For all others, see [`Call`].
    pub fn create(&self, command: CreateActorToken) -> Call<ActorToken> {
        Call::new(&self.shared, CreateToken::new(command))
    }

    /// Revokes an actor token that nobody has used yet.
    ///
    /// `POST /actor_tokens/{actor_token_id}/revoke` in Clerk's Backend API. Success means that
    /// Clerk reported this very token as revoked. A revoke that may have taken effect is sent
    /// again, which is safe.
    ///
    /// # Errors
    ///
    /// See [`Call`]. If [`is_not_pending`](crate::Error::is_not_pending) is `true`, the token was
    /// used or revoked, or has expired.
    pub fn revoke(&self, actor_token_id: &ActorTokenId) -> Call<ActorToken> {
        Call::new(&self.shared, Ok(RevokeToken::new(actor_token_id.clone())))
    }
}

impl fmt::Debug for ActorTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorTokens")
            .field("base_url", &self.shared.base_url)
            // Without a timer nothing is waited for, so there is nothing to limit.
            .field("limits", &self.shared.timer.as_ref().map(|_| self.shared.limits))
            .finish_non_exhaustive()
    }
}
