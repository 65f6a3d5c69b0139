//! The README's unit test with the mock, word for word, so that it is run and not only shown.

use clerk_actor_tokens::{Actor, ActorTokens, CreateActorToken, Error, SecretKey, UserId};
use clerk_transport_mock::{MockHttpTransport, reply, request, run_until_stalled};

#[test]
fn a_plan_without_impersonation_is_reported() -> Result<(), Error> {
    let mut transport = MockHttpTransport::new();
    transport
        .expect_send()
        .withf(request::is_create_for("user_1"))
        .returning(|_| reply::clerk_errors(402, "unsupported_subscription_plan_features"));

    let actor_tokens = ActorTokens::new(transport, SecretKey::new("sk_test_abc")?);
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let call = actor_tokens.create(CreateActorToken::new(UserId::new("user_1")?, actor));
    let result = run_until_stalled(call).expect("the mock never waits");
    assert!(result.unwrap_err().is_payment_required());
    Ok(())
}

#[test]
fn the_readme_shows_this_test() {
    let blocks = include_str!("../README.md").split("```rust\n").skip(1);
    let mut blocks = blocks.filter_map(|block| block.split("```").next());
    let block = blocks.find(|block| block.contains("MockHttpTransport")).unwrap();
    assert!(include_str!("readme.rs").contains(block), "{block}");
}
