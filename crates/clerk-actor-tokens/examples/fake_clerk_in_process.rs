//! An axum service of your own, and its unit tests with a fake Clerk: both are routers, and no
//! request touches a socket.
//!
//! ```console
//! $ cargo test --example fake_clerk_in_process --features tower
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use clerk_actor_tokens::{Actor, ActorTokens, CreateActorToken, Error, UserId};
use serde_json::{Value, json};

/// The support desk's service: a `POST` to `/impersonations/{user}` returns a URL to sign in at.
fn support_desk(actor_tokens: ActorTokens) -> Router {
    Router::new().route("/impersonations/{user}", post(impersonate)).with_state(actor_tokens)
}

async fn impersonate(
    State(actor_tokens): State<ActorTokens>,
    Path(user): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    match create(&actor_tokens, user).await {
        Ok(url) => Ok(Json(json!({ "sign_in_at": url }))),
        // A token may exist that nobody can name: somebody has to know.
        Err(error) if error.is_ambiguous() => Err(StatusCode::BAD_GATEWAY),
        Err(error) if error.is_not_found() => Err(StatusCode::NOT_FOUND),
        Err(error) if error.is_invalid_request() => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn create(actor_tokens: &ActorTokens, user: String) -> Result<Option<String>, Error> {
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    let actor_token = actor_tokens.create(CreateActorToken::new(UserId::new(user)?, actor)).await?;
    Ok(actor_token.url.map(|url| url.expose().to_owned()))
}

fn main() {
    println!("run its tests: cargo test --example fake_clerk_in_process --features tower");
    // Used here too, or the compiler would report a service that only tests use as dead code.
    let _ = support_desk;
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::Request,
    };
    use clerk_actor_tokens::{Clerk, SecretKey, TowerTransport};
    use tower::ServiceExt as _;

    use super::{Json, Router, StatusCode, Value, json, post, support_desk};

    /// Asks a support desk, whose Clerk is this router, to impersonate a user.
    async fn impersonate(clerk: Router, user: &str) -> (StatusCode, String) {
        let clerk = Clerk::builder(SecretKey::new("sk_test_abc").unwrap())
            .transport(TowerTransport::new(clerk))
            .build()
            .unwrap();
        let request = Request::post(format!("/impersonations/{user}")).body(Body::empty()).unwrap();
        let desk = support_desk(clerk.actor_tokens().clone());
        let (head, body) = desk.oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 1024).await.unwrap();
        (head.status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Returns a Clerk with a single user.
    fn clerk_with(user: &'static str) -> Router {
        let create = move |Json(command): Json<Value>| async move {
            if command["user_id"] != user {
                let error = json!({ "code": "resource_not_found", "message": "not found" });
                return (StatusCode::NOT_FOUND, Json(json!({ "errors": [error] })));
            }
            let response = json!({
                "object": "actor_token", "id": "act_1", "status": "pending", "user_id": user,
                "actor": command["actor"], "url": "https://clerk.example.com/v1/tickets/accept",
                "created_at": 0, "updated_at": 0,
            });
            (StatusCode::OK, Json(response))
        };
        Router::new().route("/v1/actor_tokens", post(create))
    }

    #[tokio::test]
    async fn the_url_to_sign_in_at_is_returned() {
        let (status, body) = impersonate(clerk_with("user_1"), "user_1").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(body, r#"{"sign_in_at":"https://clerk.example.com/v1/tickets/accept"}"#);
    }

    #[tokio::test]
    async fn an_unknown_user_is_not_found() {
        let (status, _) = impersonate(clerk_with("user_1"), "user_2").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn an_invalid_user_never_reaches_clerk() {
        let (status, _) = impersonate(Router::new(), "..%2Fusers").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    #[tokio::test]
    async fn a_create_that_may_have_taken_effect_is_reported() {
        let failing =
            Router::new().route("/v1/actor_tokens", post(StatusCode::INTERNAL_SERVER_ERROR));
        assert_eq!(impersonate(failing, "user_1").await.0, StatusCode::BAD_GATEWAY);
    }
}
