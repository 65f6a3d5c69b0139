use clerk_actor_tokens::{
    Actor, ActorTokenId, ActorTokens, CreateActorToken, Error, Secret, UserId,
};

/// A service that lets employees sign in as customers.
#[derive(Debug)]
pub struct SupportDesk {
    actor_tokens: ActorTokens,
}

/// The outcome of a sign-in.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// The employee signs in at this URL.
    SignInAt(Secret),
    NoSuchCustomer,
    /// An actor token may exist that nobody knows how to revoke.
    AlertSecurity,
}

impl SupportDesk {
    pub fn new(actor_tokens: ActorTokens) -> Self {
        Self { actor_tokens }
    }

    /// Creates an actor token that lets the employee sign in as the customer. The audit id
    /// distinguishes this impersonation from all others.
    pub async fn sign_in_as(
        &self,
        customer: &str,
        employee: &str,
        audit_id: &str,
    ) -> Result<Outcome, Error> {
        let actor = Actor::new(employee)?.with_claim("audit_id", audit_id)?;
        let command = CreateActorToken::new(UserId::new(customer)?, actor);
        match self.actor_tokens.create(command).await {
            Ok(actor_token) => {
                Ok(actor_token.url.map_or(Outcome::AlertSecurity, Outcome::SignInAt))
            }
            Err(error) if error.is_ambiguous() => Ok(Outcome::AlertSecurity),
            Err(error) if error.is_not_found() => Ok(Outcome::NoSuchCustomer),
            Err(error) => Err(error),
        }
    }

    /// Revokes an actor token. Succeeds if the token is no longer pending.
    pub async fn revoke(&self, actor_token_id: &ActorTokenId) -> Result<(), Error> {
        match self.actor_tokens.revoke(actor_token_id).await {
            Err(error) if !error.is_not_pending() => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use clerk_actor_tokens::{
        ActorTokens, HttpResponse, SecretKey, TransportError, TransportErrorKind,
    };
    use clerk_transport_mock::{MockHttpTransport, reply, request, run_until_stalled};

    use super::{Outcome, SupportDesk};

    fn desk(transport: MockHttpTransport) -> SupportDesk {
        SupportDesk::new(ActorTokens::new(transport, SecretKey::new("sk_test_1").unwrap()))
    }

    fn sign_in(reply: fn() -> Result<HttpResponse, TransportError>) -> Outcome {
        let mut transport = MockHttpTransport::new();
        transport
            .expect_send()
            .withf(request::is_create_for("user_1"))
            .times(1)
            .returning(move |_| reply());
        let desk = desk(transport);
        let sign_in = desk.sign_in_as("user_1", "user_support", "audit_4711");
        run_until_stalled(sign_in).unwrap().unwrap()
    }

    #[test]
    fn employees_get_the_sign_in_url() {
        let Outcome::SignInAt(url) = sign_in(|| reply::actor_token("act_1", "pending")) else {
            panic!("no sign-in URL")
        };
        assert!(url.expose().contains("ticket_of_act_1"));
    }

    #[test]
    fn a_missing_customer_is_not_an_error() {
        assert_eq!(
            sign_in(|| reply::clerk_errors(404, "resource_not_found")),
            Outcome::NoSuchCustomer
        );
    }

    #[test]
    fn ambiguous_creates_alert_security() {
        assert_eq!(
            sign_in(|| reply::failure(TransportErrorKind::Incomplete)),
            Outcome::AlertSecurity
        );
    }

    #[test]
    fn revoking_a_used_token_succeeds() {
        let mut transport = MockHttpTransport::new();
        transport
            .expect_send()
            .withf(request::is_revoke_of("act_1"))
            .times(1)
            .returning(|_| reply::clerk_errors(400, "actor_token_cannot_be_revoked_code"));
        let desk = desk(transport);
        run_until_stalled(desk.revoke(&"act_1".parse().unwrap())).unwrap().unwrap();
    }
}
