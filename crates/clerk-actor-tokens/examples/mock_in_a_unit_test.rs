//! A service of your own, and its unit tests with the mock: no network, no runtime, no Clerk.
//!
//! ```console
//! $ cargo test --example mock_in_a_unit_test
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use clerk_actor_tokens::{
    Actor, ActorTokenId, ActorTokens, CreateActorToken, Error, Secret, UserId,
};

/// A support desk whose engineers sign in as users, and which remembers what it has to revoke.
struct SupportDesk {
    actor_tokens: ActorTokens,
    open: Vec<ActorTokenId>,
}

impl SupportDesk {
    fn new(actor_tokens: ActorTokens) -> Self {
        Self { actor_tokens, open: Vec::new() }
    }

    async fn sign_in_as(&mut self, audit_id: u32, user: &str) -> Result<Option<Secret>, Error> {
        let actor = Actor::new("user_support")?.with_claim("audit_id", audit_id)?;
        let command = CreateActorToken::new(UserId::new(user)?, actor);
        match self.actor_tokens.create(command).await {
            Ok(actor_token) => {
                self.open.push(actor_token.id);
                Ok(actor_token.url)
            }
            Err(error) => {
                // Remember a token that may exist although the call failed.
                self.open.extend(error.actor_token_id().cloned());
                Err(error)
            }
        }
    }

    /// Revokes every open token. One that was used in the meantime cannot be revoked, and that is
    /// not a failure.
    async fn close(&mut self) -> Result<(), Error> {
        while let Some(id) = self.open.last() {
            match self.actor_tokens.revoke(id).await {
                Err(error) if !error.is_not_pending() => return Err(error),
                _ => self.open.pop(),
            };
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
    use clerk_actor_tokens::SecretKey;
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
    fn used_tokens_are_forgotten() {
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
        let mut desk = desk(transport);
        run_until_stalled(desk.sign_in_as(4711, "user_1")).unwrap().unwrap();
        assert!(run_until_stalled(desk.close()).unwrap().is_ok() && desk.open.is_empty());
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
