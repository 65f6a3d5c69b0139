use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    http::Method,
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

/// Refuses a form that another website sends in the name of whoever is signed in here. Browsers say
/// where a form comes from, over HTTPS and on loopback.
async fn refuse_foreign_pages(request: Request, next: Next) -> Response {
    let site = request.headers().get("Sec-Fetch-Site");
    if request.method() == Method::POST && site.is_none_or(|site| site != "same-origin") {
        return Failure::ForeignPage.into_response();
    }
    next.run(request).await
}
