use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderMap, Method, header},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use crate::{desk::Desk, engineer::SignIn, failure::Failure, handlers};

/// Returns the desk as a web application.
pub fn app(desk: Desk, sign_in: SignIn) -> Router {
    Router::new()
        .route("/", get(handlers::overview).post(handlers::start))
        .route("/impersonations/{id}/end", post(handlers::end))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .layer(from_fn(refuse_foreign_pages))
        .layer(Extension(sign_in))
        .with_state(desk)
}

/// Refuses a form that another website sends in the name of whoever is signed in here.
async fn refuse_foreign_pages(request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_from_own_page(request.headers()) {
        return Failure::ForeignPage.into_response();
    }
    next.run(request).await
}

/// Returns `true` for what a browser sends from a page of this desk, and for what is no browser.
fn is_from_own_page(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("Sec-Fetch-Site") {
        return site == "same-origin";
    }
    // A browser that is old, or does not trust the connection.
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    host.is_some_and(|(_, host)| headers.get(header::HOST).is_some_and(|own| own == host))
}
