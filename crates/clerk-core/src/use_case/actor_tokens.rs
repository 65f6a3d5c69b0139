use std::{fmt, sync::Arc};

use super::{ActorTokensBuilder, Call, builder::Limits};
use crate::{
    domain::{ActorTokenId, CreateActorToken, SecretKey},
    port::{HttpTransport, Timer},
    wire::{Draft, Endpoints, Headers},
};

/// Creates and revokes actor tokens, over whatever transport it is given.
///
/// Cloning is cheap and shares everything. `Debug` shows no secret.
///
/// ```
/// # use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};
/// use clerk_core::{Actor, ActorTokens, CreateActorToken, SecretKey, UserId};
/// # struct MyTransport;
/// # #[async_trait]
/// # impl HttpTransport for MyTransport {
/// #     async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> { Ok(HttpResponse::new(Default::default())) }
/// # }
///
/// async fn impersonate(actor_tokens: &ActorTokens) -> Result<(), clerk_core::Error> {
///     let command = CreateActorToken::new(UserId::new("user_1")?, Actor::new("user_support")?);
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

/// What all calls of a client share.
pub(super) struct Shared {
    pub(super) transport: Box<dyn HttpTransport>,
    pub(super) timer: Option<Box<dyn Timer>>,
    pub(super) secret_key: SecretKey,
    pub(super) endpoints: Endpoints,
    pub(super) headers: Headers,
    pub(super) limits: Limits,
}

impl ActorTokens {
    /// Makes a client for `https://api.clerk.com/v1` without a timer: one attempt for each call, and no time limit but the
    /// transport's. For retries, limits and other settings there is [`builder`](Self::builder).
    pub fn new(transport: impl HttpTransport + 'static, secret_key: SecretKey) -> Self {
        Self::with_defaults(Box::new(transport), None, secret_key)
    }

    /// Makes a client for `https://api.clerk.com/v1` with a timer, and so with retries and time limits at their defaults.
    pub fn with_timer(
        transport: impl HttpTransport + 'static,
        timer: impl Timer + 'static,
        secret_key: SecretKey,
    ) -> Self {
        Self::with_defaults(Box::new(transport), Some(Box::new(timer)), secret_key)
    }

    /// Starts a client with settings of its own.
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
        let headers = Headers::new(&secret_key);
        Self::from_shared(Shared {
            transport,
            timer,
            secret_key,
            endpoints: Endpoints::default(),
            headers,
            limits: Limits::default(),
        })
    }

    pub(super) fn from_shared(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Creates an actor token: a ticket with which the actor can sign in as the user.
    ///
    /// `POST /actor_tokens` in Clerk's Backend API. A create that may have taken effect is not sent
    /// again, for Clerk has no idempotency key: such an error [is
    /// ambiguous](crate::Error::is_ambiguous).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a lifetime that is not whole seconds
    /// above zero (nothing is sent); otherwise whatever [`Call`] gives.
    #[expect(clippy::needless_pass_by_value, reason = "a command is given away: it is sent once")]
    pub fn create(&self, command: CreateActorToken) -> Call {
        Call::new(&self.shared, Draft::create(&self.shared.endpoints, &command))
    }

    /// Revokes an actor token that nobody has used yet.
    ///
    /// `POST /actor_tokens/{actor_token_id}/revoke` in Clerk's Backend API. Success means that
    /// Clerk said of this very token that it is revoked. A revoke that may have taken effect is
    /// sent again: it does no harm.
    ///
    /// # Errors
    ///
    /// Whatever [`Call`] gives. [`is_not_pending`](crate::Error::is_not_pending) means
    /// that the token is no longer pending.
    pub fn revoke(&self, actor_token_id: &ActorTokenId) -> Call {
        Call::new(&self.shared, Draft::revoke(&self.shared.endpoints, actor_token_id))
    }
}

impl fmt::Debug for ActorTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorTokens")
            .field("endpoints", &self.shared.endpoints)
            // Without a timer nothing is waited for, so there is nothing to bound.
            .field("limits", &self.shared.timer.as_ref().map(|_| self.shared.limits))
            .finish_non_exhaustive()
    }
}
