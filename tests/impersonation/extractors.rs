use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{StatusCode, header::AUTHORIZATION, request::Parts},
};

use crate::session::{Session, Verifier};

impl<S: Send + Sync> FromRequestParts<S> for Session
where
    Arc<Verifier>: FromRef<S>,
{
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let token = header.and_then(|header| header.strip_prefix("Bearer "));
        let verifier = Arc::<Verifier>::from_ref(state);
        let session = token.and_then(|token| verifier.verify(token).ok());
        session.ok_or(StatusCode::UNAUTHORIZED)
    }
}

/// A session of the user in person. A handler that takes one is closed to impersonators.
pub struct InPerson(pub Session);

impl<S: Send + Sync> FromRequestParts<S> for InPerson
where
    Arc<Verifier>: FromRef<S>,
{
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let session = Session::from_request_parts(parts, state).await?;
        if session.act.is_some() { Err(StatusCode::FORBIDDEN) } else { Ok(Self(session)) }
    }
}
