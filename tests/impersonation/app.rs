use std::sync::Arc;

use axum::{Router, routing::get};

use crate::{
    extractors::InPerson,
    session::{Session, Verifier},
};

pub fn app(verifier: Verifier) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/account", get(home).delete(delete_account))
        .with_state(Arc::new(verifier))
}

async fn home(session: Session) -> String {
    format!("signed in: {}", session.who())
}

async fn delete_account(InPerson(session): InPerson) -> String {
    format!("deleted: {}", session.sub)
}
