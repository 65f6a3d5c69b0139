use axum::Router;
use clerk_actor_tokens::{ActorTokens, Clerk, RetryConfig, SecretKey};
use clerk_emulator::Emulator;
use clerk_support_desk::{Desk, SignIn, Store, app};
use clerk_transport_mock::ManualTimer;

/// Returns a client that never waits to retry.
pub(crate) fn client(emulator: &Emulator) -> ActorTokens {
    let key = SecretKey::new(emulator.secret_key()).unwrap();
    let clerk = Clerk::builder(key).base_url(emulator.base_url()).retries(RetryConfig::none());
    clerk.build().unwrap().actor_tokens().clone()
}

pub(crate) fn always() -> SignIn {
    SignIn::Always("user_support".to_owned())
}

pub(crate) fn in_memory(actor_tokens: ActorTokens, timer: &ManualTimer) -> Router {
    app(Desk::new(Store::open(":memory:").unwrap(), actor_tokens, timer.clone()), always())
}

pub(crate) fn desk(emulator: &Emulator) -> Router {
    in_memory(client(emulator), &ManualTimer::new())
}
