//! What happens in the support engineer's browser, and what the application makes of it.

use std::error::Error;

use clerk_actor_tokens::{
    Actor, Body, HttpRequest, HttpResponse, HttpTransport as _, HyperTransport, SessionId, UserId,
    http::{
        Method, Uri,
        header::{CONTENT_TYPE, LOCATION},
    },
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, jwk::JwkSet};
use serde::Deserialize;

/// The claims of a session token.
#[derive(Deserialize)]
pub(crate) struct SessionClaims {
    pub(crate) sid: SessionId,
    pub(crate) sub: UserId,
    /// Who is really there, if it is not the user.
    pub(crate) act: Option<Actor>,
}

/// The parts of a sign-in's response that matter here.
#[derive(Deserialize)]
struct SignIn {
    client: Client,
}

#[derive(Deserialize)]
struct Client {
    sessions: Vec<Session>,
}

#[derive(Deserialize)]
struct Session {
    last_active_token: Token,
}

#[derive(Deserialize)]
struct Token {
    jwt: String,
}

/// Opens the link as a browser does, signs in as the application's sign-in page does, and returns
/// the token of the session.
pub(crate) async fn open(url: &str) -> Result<String, Box<dyn Error>> {
    let url: Uri = url.parse()?;
    let page = send(Method::GET, url.clone(), Body::default()).await?;
    let page = page.headers().get(LOCATION).ok_or("the link leads nowhere")?.to_str()?;
    let (_, ticket) = page.split_once("__clerk_ticket=").ok_or("the page gets no ticket")?;

    let mut parts = url.into_parts();
    parts.path_and_query = Some("/v1/client/sign_ins".parse()?);
    let form = format!("strategy=ticket&ticket={ticket}");
    let response = send(Method::POST, Uri::from_parts(parts)?, Body::from(form)).await?;
    let sign_in: SignIn = serde_json::from_slice(response.body().as_ref())?;
    let session = sign_in.client.sessions.into_iter().next().ok_or("nobody is signed in")?;
    Ok(session.last_active_token.jwt)
}

async fn send(method: Method, uri: Uri, body: Body) -> Result<HttpResponse, Box<dyn Error>> {
    let mut request = HttpRequest::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    let form = "application/x-www-form-urlencoded".parse()?;
    request.headers_mut().insert(CONTENT_TYPE, form);
    Ok(HyperTransport::builder().no_proxy().build()?.send(request).await?)
}

/// Verifies a session token with the public keys in `jwks`, as the application's backend does.
pub(crate) fn verify(token: &str, jwks: &str) -> Result<SessionClaims, Box<dyn Error>> {
    let keys: JwkSet = serde_json::from_str(jwks)?;
    let key = keys.keys.first().ok_or("there is no key")?;
    let validation = Validation::new(Algorithm::RS256);
    Ok(decode::<SessionClaims>(token, &DecodingKey::from_jwk(key)?, &validation)?.claims)
}
