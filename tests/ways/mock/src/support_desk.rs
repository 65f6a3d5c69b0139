use clerk_actor_tokens::{
    Actor, ActorTokenId, ActorTokens, CreateActorToken, Error, Secret, UserId,
};

/// Lets an employee sign in as a customer, and takes it back.
#[derive(Debug)]
pub struct SupportDesk {
    actor_tokens: ActorTokens,
}

/// What the employee is told.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    SignInAt(Secret),
    NoSuchCustomer,
    /// There may be a token that nobody can name.
    TellSecurity,
}

impl SupportDesk {
    pub fn new(actor_tokens: ActorTokens) -> Self {
        Self { actor_tokens }
    }

    pub async fn sign_in_as(&self, customer: &str, employee: &str) -> Result<Outcome, Error> {
        let command = CreateActorToken::new(UserId::new(customer)?, Actor::new(employee)?);
        match self.actor_tokens.create(command).await {
            Ok(actor_token) => Ok(actor_token.url.map_or(Outcome::TellSecurity, Outcome::SignInAt)),
            Err(error) if error.is_not_found() => Ok(Outcome::NoSuchCustomer),
            Err(error) if error.is_ambiguous() => Ok(Outcome::TellSecurity),
            Err(error) => Err(error),
        }
    }

    /// Takes a token back. One that is used or revoked already needs nothing more.
    pub async fn take_back(&self, actor_token_id: &ActorTokenId) -> Result<(), Error> {
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
        run_until_stalled(desk(transport).sign_in_as("user_1", "user_support")).unwrap().unwrap()
    }

    #[test]
    fn the_employee_gets_the_link() {
        let Outcome::SignInAt(url) = sign_in(|| reply::actor_token("act_1", "pending")) else {
            panic!()
        };
        assert!(url.expose().contains("ticket_of_act_1"));
    }

    #[test]
    fn a_customer_who_does_not_exist_is_no_failure() {
        assert_eq!(
            sign_in(|| reply::clerk_errors(404, "resource_not_found")),
            Outcome::NoSuchCustomer
        );
    }

    #[test]
    fn security_hears_of_a_token_that_nobody_can_name() {
        assert_eq!(
            sign_in(|| reply::failure(TransportErrorKind::Incomplete)),
            Outcome::TellSecurity
        );
    }

    #[test]
    fn a_token_that_is_used_up_needs_no_taking_back() {
        let mut transport = MockHttpTransport::new();
        transport
            .expect_send()
            .withf(request::is_revoke_of("act_1"))
            .times(1)
            .returning(|_| reply::clerk_errors(400, "actor_token_cannot_be_revoked_code"));
        let desk = desk(transport);
        run_until_stalled(desk.take_back(&"act_1".parse().unwrap())).unwrap().unwrap();
    }
}
