use std::sync::Arc;

use axum::BoxError;
use clerk_actor_tokens::{ActorTokens, EndedImpersonation, Secret, Timer};
use jiff::Timestamp;

use crate::{
    failure::Failure,
    impersonation::{Impersonation, Wish},
    store::Store,
};

/// The desk itself: the audit table, and the client of Clerk.
#[derive(Clone)]
pub struct Desk {
    store: Store,
    actor_tokens: ActorTokens,
    timer: Arc<dyn Timer>,
}

/// What is on the desk.
pub(crate) struct Overview {
    pub(crate) form_id: String,
    pub(crate) impersonations: Vec<Impersonation>,
    pub(crate) now: Timestamp,
}

/// An impersonation that was ended, as far as it can be.
pub(crate) struct Ended {
    pub(crate) impersonation: Impersonation,
    pub(crate) outcome: EndedImpersonation,
    /// The link was never seen, but may still be usable.
    pub(crate) may_start: bool,
}

impl Desk {
    /// Creates a desk. The timer is asked for the time of day only.
    pub fn new(store: Store, actor_tokens: ActorTokens, timer: impl Timer + 'static) -> Self {
        Self { store, actor_tokens, timer: Arc::new(timer) }
    }

    pub(crate) async fn overview(&self) -> Result<Overview, Failure> {
        let now = self.now()?;
        let impersonations = self.store.list(now).await?;
        Ok(Overview { form_id: self.store.form_id().await?, impersonations, now })
    }

    /// Starts an impersonation: the row first, then the token, then its id into the row. The link
    /// is in no row and in no log. It is shown on one page, and then forgotten.
    pub(crate) async fn start(&self, wish: Wish) -> Result<(Impersonation, Secret), Failure> {
        let impersonation =
            self.store.insert(wish, self.now()?).await?.ok_or(Failure::FormWasUsed)?;
        let id = &impersonation.id;
        let command = impersonation.to_create().map_err(BoxError::from)?;
        match self.actor_tokens.create(command).await {
            Ok(actor_token) => {
                self.store.set_token(id, &actor_token.id).await?;
                tracing::info!(audit_id = id, actor_token_id = %actor_token.id, "started");
                Ok((impersonation, actor_token.url.ok_or(Failure::NoLink)?))
            }
            Err(error) => {
                if let Some(token) = error.actor_token_id() {
                    self.store.set_token(id, token).await?;
                } else if !error.is_ambiguous() {
                    self.store.set_refused(id, self.now()?).await?;
                }
                Err(Failure::Start(error))
            }
        }
    }

    /// Ends an impersonation, whatever has become of it.
    pub(crate) async fn end(&self, id: String) -> Result<Ended, Failure> {
        let impersonation = self.store.get(id).await?.ok_or(Failure::Unknown)?;
        // What begins after this may have been missed.
        let now = self.now()?;
        let command = impersonation.to_end().map_err(BoxError::from)?;
        let outcome = self.actor_tokens.end_impersonation(command).await.map_err(Failure::End)?;

        let may_start = impersonation.actor_token_id.is_none() && now < impersonation.link_until;
        if !may_start {
            self.store.set_ended(&impersonation.id, now).await?;
        }
        tracing::info!(audit_id = impersonation.id, may_start, "ended");
        Ok(Ended { impersonation, outcome, may_start })
    }

    /// Returns the time of day in whole seconds, as the audit table needs it.
    fn now(&self) -> Result<Timestamp, BoxError> {
        let now = Timestamp::try_from(self.timer.wall_clock())?;
        Ok(Timestamp::from_second(now.as_second())?)
    }
}
