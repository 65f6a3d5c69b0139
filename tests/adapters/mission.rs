use std::time::Duration;

use clerk_actor_tokens::{ActorTokenStatus, Clerk, RetryConfig, SecretKey};
use clerk_emulator::{Emulator, Fault, TokenStatus};
use clerk_tests::client::command;

use crate::transports;

#[tokio::test]
async fn a_token_is_created_and_revoked_over_every_adapter() {
    for (name, transport) in transports::all() {
        let emulator = Emulator::start().unwrap();
        let clerk = Clerk::builder(SecretKey::new(emulator.secret_key()).unwrap())
            .base_url(emulator.base_url())
            .transport(transport)
            .build()
            .unwrap();
        let created = clerk.actor_tokens().create(command("c")).await.unwrap();
        assert_eq!(created.status, ActorTokenStatus::Pending, "{name}");
        let revoked = clerk.actor_tokens().revoke(&created.id).await.unwrap();
        assert_eq!(revoked.status, ActorTokenStatus::Revoked, "{name}");
        let error = clerk.actor_tokens().revoke(&created.id).await.unwrap_err();
        assert!(error.is_not_pending(), "{name}: {error:?}");
        let [token] = &emulator.tokens()[..] else { panic!("{name}: expected one token") };
        assert_eq!((token.status, emulator.requests()), (TokenStatus::Revoked, 3), "{name}");
    }
}

#[tokio::test]
async fn a_lost_response_is_ambiguous_for_a_create_and_retried_for_a_revoke() {
    for (name, transport) in transports::all() {
        let emulator = Emulator::start().unwrap();
        let clerk = Clerk::builder(SecretKey::new(emulator.secret_key()).unwrap())
            .base_url(emulator.base_url())
            .transport(transport)
            .retries(RetryConfig::new().initial_interval(Duration::ZERO))
            .build()
            .unwrap();
        emulator.inject(Fault::cut_response(20));
        let error = clerk.actor_tokens().create(command("c")).await.unwrap_err();
        assert!(error.is_ambiguous() && error.attempts() == 1, "{name}: {error:?}");
        let [token] = &emulator.tokens()[..] else { panic!("{name}: expected one token") };

        emulator.inject(Fault::drop_connection());
        let revoked = clerk.actor_tokens().revoke(&token.id.parse().unwrap()).await.unwrap();
        assert_eq!(revoked.status, ActorTokenStatus::Revoked, "{name}");
        assert_eq!((emulator.faults_fired(), emulator.requests()), (2, 3), "{name}");
    }
}
