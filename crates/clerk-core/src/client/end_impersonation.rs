use http::StatusCode;

use crate::{
    call::{FailedRequest, Program, Requests, Running, Settings},
    domain::{EndImpersonation, EndedImpersonation, EndedToken, LiveSessions, SessionId},
    error::Refusal,
    wire::{Progress, RevokeSession, RevokeToken, SessionPages},
};

/// How often sessions are revoked that are live after all.
const PASSES: usize = 5;

impl Program for EndImpersonation {
    type Output = EndedImpersonation;

    fn name(&self) -> &'static str {
        "actor_tokens.end_impersonation"
    }

    fn run(self: Box<Self>, settings: Settings) -> Running<EndedImpersonation> {
        let requests = Requests::new(settings).about(self.actor_token_id());
        let span = requests.span(self.name());
        Box::pin(span.run(async move {
            let (sessions, similar) = (Vec::new(), Vec::new());
            let mut run = Run { command: *self, requests, sessions, similar };
            match run.end().await {
                Ok(token) => {
                    let Run { sessions, similar, .. } = run;
                    Ok(EndedImpersonation { token, sessions, similar })
                }
                Err(failed) => Err(run.requests.into_error(failed)),
            }
        }))
    }
}

/// An impersonation that is being ended.
struct Run {
    command: EndImpersonation,
    requests: Requests,
    /// The sessions that were live.
    sessions: Vec<SessionId>,
    /// The similar sessions in the latest list.
    similar: Vec<SessionId>,
}

impl Run {
    async fn end(&mut self) -> Result<EndedToken, FailedRequest> {
        let token = match self.command.actor_token_id() {
            None => EndedToken::NotGiven,
            Some(id) => self.end_token(&RevokeToken::new(id.clone())).await?,
        };
        // A token that was pending to the end has no session.
        if token != EndedToken::Revoked {
            self.end_sessions().await?;
        }
        Ok(token)
    }

    async fn end_token(&mut self, revoke: &RevokeToken) -> Result<EndedToken, FailedRequest> {
        match self.revoke_token(revoke).await {
            Err(failed) if self.is_in_doubt(&failed) => {
                // It may still be usable. Whoever has used it is signed out first.
                self.end_sessions().await?;
                self.revoke_token(revoke).await
            }
            result => result,
        }
    }

    async fn revoke_token(&mut self, revoke: &RevokeToken) -> Result<EndedToken, FailedRequest> {
        match self.requests.send(revoke).await {
            Ok(_) => Ok(EndedToken::Revoked),
            Err(failed) if failed.failure.refusal().is_some_and(Refusal::is_not_pending) => {
                Ok(EndedToken::NotPending)
            }
            Err(failed) => Err(failed),
        }
    }

    /// Returns `true` if the token may have been revoked, and something can be done about it.
    fn is_in_doubt(&self, failed: &FailedRequest) -> bool {
        failed.ambiguous
            && !failed.failure.refusal().is_some_and(Refusal::is_not_found)
            && self.requests.has_time_left()
    }

    /// Revokes the actor's sessions, until none of them is live.
    async fn end_sessions(&mut self) -> Result<(), FailedRequest> {
        let mut live = self.live_sessions(Expected::Any).await?;
        for pass in 1..=PASSES {
            if live.is_empty() {
                break;
            }
            let failed = self.revoke_sessions(live).await?;
            live = match pass {
                PASSES => self
                    .live_sessions(Expected::None)
                    .await
                    .map_err(|still_live| failed.unwrap_or(still_live))?,
                _ => self.live_sessions(Expected::Any).await?,
            };
        }
        Ok(())
    }

    /// Revokes each of these sessions, also after one that failed. Returns a failure that the next
    /// list may show to be none.
    async fn revoke_sessions(
        &mut self,
        ids: Vec<SessionId>,
    ) -> Result<Option<FailedRequest>, FailedRequest> {
        let (mut in_doubt, mut refused) = (None, None);
        for id in ids {
            if !self.sessions.contains(&id) {
                self.sessions.push(id.clone());
            }
            let Err(failed) = self.requests.send(&RevokeSession::new(id)).await else { continue };
            if !self.requests.has_time_left() {
                return Err(failed);
            }
            match failed.failure.response.status {
                // Most likely it is over by now.
                Some(StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) => {}
                _ if failed.ambiguous => in_doubt = Some(failed),
                _ => refused = refused.or(Some(failed)),
            }
        }
        refused.map_or(Ok(in_doubt), Err)
    }

    /// Lists the user's sessions, all pages, and returns those of the actor that are live.
    async fn live_sessions(&mut self, expected: Expected) -> Result<Vec<SessionId>, FailedRequest> {
        let actor = self.command.actor();
        let mut pages = SessionPages::default();
        loop {
            let mut list = pages.next(self.command.user_id());
            if expected == Expected::None {
                list = list.expecting_none_of(actor.clone());
            }
            let page = self.requests.send(&list).await?;
            if pages.add(page) == Progress::Complete {
                break;
            }
        }
        let live = LiveSessions::of(actor, pages.sessions());
        self.similar = live.similar;
        Ok(live.same)
    }
}

/// What a list is expected to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Any,
    /// No live session of the actor. Anything else is an error.
    None,
}
