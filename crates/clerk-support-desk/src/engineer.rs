use axum::{extract::FromRequestParts, http::request::Parts};

use crate::failure::Failure;

/// The header in which a proxy names the person whom it has signed in.
const USER_HEADER: &str = "X-Forwarded-User";

/// How the desk knows who is there.
///
/// Put your own sign-in here. The table is worth what this is worth.
#[derive(Clone)]
pub enum SignIn {
    /// A proxy in front of the desk sets `X-Forwarded-User`, and removes what came in under that
    /// name. Nobody reaches the desk but through the proxy.
    Proxy,
    /// It is always the same person: at a desk on that person's own machine.
    Always(String),
}

/// The support engineer at the desk, who becomes the actor. Never blank.
pub(crate) struct Engineer(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for Engineer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let header = parts.headers.get(USER_HEADER).and_then(|name| name.to_str().ok());
        let name = match parts.extensions.get() {
            Some(SignIn::Always(name)) => Some(name.as_str()),
            Some(SignIn::Proxy) => header,
            None => None,
        };
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        name.map(|name| Self(name.to_owned())).ok_or(Failure::NoEngineer)
    }
}
