use std::sync::Arc;

use axum::{Router, extract::FromRef, routing::get};
use clerk_actor_tokens::ActorTokens;

use crate::{
    extractors::InPerson,
    session::{Session, Verifier},
};

/// The state of the service, to which you add your database and whatever else handlers need.
#[derive(Clone)]
pub struct AppState {
    pub actor_tokens: ActorTokens,
    pub verifier: Arc<Verifier>,
}

/// Lets the extractors find the verifier in the state.
impl FromRef<AppState> for Arc<Verifier> {
    fn from_ref(state: &AppState) -> Self {
        Arc::clone(&state.verifier)
    }
}

pub fn app(state: AppState) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/account", get(home).delete(delete_account))
        .with_state(state)
}

async fn home(session: Session) -> String {
    format!("signed in: {}", session.who())
}

async fn delete_account(InPerson(session): InPerson) -> String {
    format!("deleted: {}", session.sub)
}
