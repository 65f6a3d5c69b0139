//! A service of your own, and its unit tests with the mock: no network, no runtime, no Clerk.
//!
//! ```console
//! $ cargo test --example mock_in_a_unit_test
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use clerk_actor_tokens::{
    Actor, ActorTokens, CreateActorToken, EndImpersonation, Error, Secret, UserId,
};

/// A support desk whose engineers sign in as users, and which remembers what it has to end.
struct SupportDesk {
    actor_tokens: ActorTokens,
    open: Vec<EndImpersonation>,
}

impl SupportDesk {
    fn new(actor_tokens: ActorTokens) -> Self {
        Self { actor_tokens, open: Vec::new() }
    }

    async fn sign_in_as(&mut self, audit_id: u32, user: &str) -> Result<Option<Secret>, Error> {
        let user = UserId::new(user)?;
        let actor = Actor::new("user_support")?.with_claim("audit_id", audit_id)?;
        let command = CreateActorToken::new(user.clone(), actor.clone());
        match self.actor_tokens.create(command).await {
            Ok(actor_token) => {
                self.open.push(EndImpersonation::new(actor_token.id, user, actor));
                Ok(actor_token.url)
            }
            Err(error) => {
                // Remember a token that may exist although the call failed.
                if error.is_ambiguous() {
                    self.open.push(match error.actor_token_id() {
                        Some(id) => EndImpersonation::new(id.clone(), user, actor),
                        None => EndImpersonation::without_token(user, actor),
                    });
                }
                Err(error)
            }
        }
    }

    /// Ends every impersonation, whether its link was used or not.
    async fn close(&mut self) -> Result<(), Error> {
        while let Some(command) = self.open.last() {
            self.actor_tokens.end_impersonation(command.clone()).await?;
            self.open.pop();
        }
        Ok(())
    }
}

fn main() {
    println!("run its tests: cargo test --example mock_in_a_unit_test");
    // Used here too, or the compiler would report a service that only tests use as dead code.
    let _ = (SupportDesk::new, SupportDesk::sign_in_as, SupportDesk::close);
}

#[cfg(test)]
mod tests {
    use clerk_actor_tokens::{SecretKey, TransportErrorKind};
    use clerk_transport_mock::{MockHttpTransport, reply, request, run_until_stalled};

    use super::{ActorTokens, SupportDesk};

    fn desk(transport: MockHttpTransport) -> SupportDesk {
        SupportDesk::new(ActorTokens::new(transport, SecretKey::new("sk_test_abc").unwrap()))
    }

    #[test]
    fn open_tokens_are_revoked() {
        let mut transport = MockHttpTransport::new();
        transport
            .expect_send()
            .withf(request::is_create_for("user_1"))
            .times(1)
            .returning(|request| reply::clerk(&request));
        transport
            .expect_send()
            .withf(request::is_revoke_of("act_of_user_1"))
            .times(1)
            .returning(|request| reply::clerk(&request));
        let mut desk = desk(transport);
        assert!(run_until_stalled(desk.sign_in_as(4711, "user_1")).unwrap().unwrap().is_some());
        run_until_stalled(desk.close()).unwrap().unwrap();
        assert!(desk.open.is_empty());
    }

    #[test]
    fn the_session_of_a_used_token_ends() {
        let actor = r#"{"sub":"user_support","audit_id":4711}"#;
        let mut transport = MockHttpTransport::new();
        transport
            .expect_send()
            .withf(request::is_create())
            .returning(|request| reply::clerk(&request));
        transport
            .expect_send()
            .withf(request::is_revoke())
            .times(1)
            .returning(|_| reply::clerk_errors(400, "actor_token_cannot_be_revoked_code"));
        transport
            .expect_send()
            .withf(request::is_session_list_for("user_1"))
            .times(1)
            .returning(move |request| reply::sessions(&request, [("sess_1", "active", actor)]));
        transport
            .expect_send()
            .withf(request::is_session_revoke_of("sess_1"))
            .times(1)
            .returning(|request| reply::clerk(&request));
        transport
            .expect_send()
            .withf(request::is_session_list())
            .times(1)
            .returning(|request| reply::clerk(&request));
        let mut desk = desk(transport);
        run_until_stalled(desk.sign_in_as(4711, "user_1")).unwrap().unwrap();
        assert!(run_until_stalled(desk.close()).unwrap().is_ok() && desk.open.is_empty());
    }

    #[test]
    fn a_create_that_may_have_taken_effect_is_remembered() {
        let mut transport = MockHttpTransport::new();
        transport.expect_send().returning(|_| reply::failure(TransportErrorKind::Io));
        let mut desk = desk(transport);
        assert!(run_until_stalled(desk.sign_in_as(4711, "user_1")).unwrap().is_err());
        assert_eq!(desk.open.len(), 1);
    }

    #[test]
    fn a_plan_without_impersonation_is_reported() {
        let mut transport = MockHttpTransport::new();
        transport
            .expect_send()
            .returning(|_| reply::clerk_errors(402, "unsupported_subscription_plan_features"));
        let error =
            run_until_stalled(desk(transport).sign_in_as(4711, "user_1")).unwrap().unwrap_err();
        assert!(error.is_payment_required());
    }
}
