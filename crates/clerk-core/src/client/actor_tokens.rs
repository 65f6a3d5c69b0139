use std::{fmt, sync::Arc};

use super::ActorTokensBuilder;
use crate::{
    call::{Call, Limits, Shared},
    domain::{
        ActorToken, ActorTokenId, CreateActorToken, EndImpersonation, EndedImpersonation, SecretKey,
    },
    port::{HttpTransport, Timer},
    wire::{BaseUrl, CreateToken, Headers, RevokeToken},
};

/// A client that creates and revokes actor tokens, and ends impersonations, over whatever transport
/// it is given.
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
    /// used or revoked, or has expired: then [`end_impersonation`](Self::end_impersonation) ends the
    /// session as well, if there is one.
    pub fn revoke(&self, actor_token_id: &ActorTokenId) -> Call<ActorToken> {
        Call::new(&self.shared, Ok(RevokeToken::new(actor_token_id.clone())))
    }

    /// Ends an impersonation, whatever state its token is in: afterwards nobody acts as the user by
    /// it.
    ///
    /// A token that is still pending is revoked, and that is all: one request. Otherwise the user's
    /// sessions are listed, those of this actor are revoked, and the sessions are listed again,
    /// until none of this actor's is live. A session is this actor's if its whole `actor` is the
    /// same JSON, however it is written. The user's own sessions and those of other actors are left
    /// alone.
    ///
    /// Put an id of your own into the actor (`with_claim("audit_id", …)`). Without one, equal
    /// actors cannot be told apart, and what ends is every impersonation of this user by this
    /// actor.
    ///
    /// [`timeout`](Call::timeout) and
    /// [`max_elapsed_time`](crate::RetryConfig::max_elapsed_time) limit the whole call, and
    /// [`max_attempts`](crate::RetryConfig::max_attempts) and
    /// [`attempt_timeout`](Call::attempt_timeout) each of its requests.
    ///
    /// # Errors
    ///
    /// After any error, somebody may still act as the user. End the impersonation again, which is
    /// safe however often it is done.
    ///
    /// - [`is_not_found`](crate::Error::is_not_found): Clerk does not know the token. It may be one
    ///   of another Clerk instance, so nothing else was tried.
    /// - [`Error::Unexpected`](crate::Error::Unexpected): Clerk's list of sessions cannot be read,
    ///   or a session is still live although it was revoked several times.
    /// - For all others, see [`Call`].
    ///
    /// [`attempts`](crate::Error::attempts) are those of the request that failed.
    /// [`is_ambiguous`](crate::Error::is_ambiguous) is `true` if any request of the call took
    /// effect or may have, and [`actor_token_id`](crate::Error::actor_token_id) is the one given.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn end(actor_tokens: clerk_core::ActorTokens) -> Result<(), clerk_core::Error> {
    /// use clerk_core::{Actor, EndImpersonation};
    ///
    /// let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    /// let command = EndImpersonation::new("act_1".parse()?, "user_1".parse()?, actor);
    /// let ended = actor_tokens.end_impersonation(command).await?;
    /// println!("{:?}, and {} sessions ended", ended.token, ended.sessions.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn end_impersonation(&self, command: EndImpersonation) -> Call<EndedImpersonation> {
        Call::new(&self.shared, Ok(command))
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
