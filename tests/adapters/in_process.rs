use std::{convert::Infallible, future::pending, time::Duration};

use axum::{Json, Router, extract::Path, http::StatusCode, routing::post};
use clerk_actor_tokens::{ActorTokenStatus, Clerk, Error, SecretKey, TowerTransport};
use clerk_core::{RetryConfig, Sent, TransportErrorKind};
use clerk_tests::{
    canned,
    client::{command, sent},
    operation::Operation,
};
use clerk_transport_mock::{ManualTimer, run_until_stalled};
use serde_json::Value;
use tower::service_fn;

const LIMIT: usize = 1000;

/// Returns a client of a router. No time passes unless a call waits for it.
fn clerk(router: Router) -> Clerk {
    Clerk::builder(SecretKey::new("sk_test_1").unwrap())
        .transport(TowerTransport::new(router).max_response_bytes(LIMIT))
        .timer(ManualTimer::auto())
        .retries(RetryConfig::none())
        .build()
        .unwrap()
}

fn call(router: Router, operation: Operation) -> Result<clerk_core::ActorToken, Error> {
    let clerk = clerk(router);
    run_until_stalled(operation.call(clerk.actor_tokens(), "act_1")).unwrap()
}

#[test]
fn a_router_is_called_without_a_socket_or_a_runtime() {
    let create = |Json(command): Json<Value>| async move {
        assert_eq!(command["user_id"], canned::USER_ID);
        Json(canned::response(Operation::Create, "act_1"))
    };
    let revoke =
        |Path(id): Path<String>| async move { Json(canned::response(Operation::Revoke, &id)) };
    let router = Router::new()
        .route("/v1/actor_tokens", post(create))
        .route("/v1/actor_tokens/{id}/revoke", post(revoke));
    let created = call(router.clone(), Operation::Create).unwrap();
    assert_eq!((created.id.as_str(), created.status), ("act_1", ActorTokenStatus::Pending));
    let revoked = call(router, Operation::Revoke).unwrap();
    assert_eq!((revoked.id.as_str(), revoked.status), ("act_1", ActorTokenStatus::Revoked));
}

#[test]
fn a_response_beyond_the_limit_is_too_large() {
    for (length, kind) in [(LIMIT, None), (LIMIT + 1, Some(TransportErrorKind::TooLarge))] {
        let router = Router::new().fallback(move || async move {
            (StatusCode::INTERNAL_SERVER_ERROR, "x".repeat(length))
        });
        let error = call(router, Operation::Create).unwrap_err();
        let found = match &error {
            Error::Transport(failure) => Some(failure.transport_error().kind()),
            _ => None,
        };
        assert_eq!((found, error.status().unwrap().as_u16()), (kind, 500), "{error:?}");
    }
}

#[test]
fn a_handler_that_hangs_may_have_created_a_token() {
    // Neither of them reads the body.
    for router in [
        Router::new().fallback(|| async { pending::<()>().await }),
        Router::new().fallback_service(service_fn(|request: axum::extract::Request| async move {
            drop(request);
            pending::<()>().await;
            Ok::<_, Infallible>(StatusCode::OK)
        })),
    ] {
        let error = call(router, Operation::Create).unwrap_err();
        assert!(matches!(error, Error::Timeout(_)), "{error:?}");
        assert_eq!((sent(&error), error.is_ambiguous()), (Sent::Maybe, true), "{error:?}");
    }
}

#[test]
fn a_layer_that_is_full_has_sent_nothing() {
    let limited = tower::ServiceBuilder::new()
        .timeout(Duration::from_secs(3600))
        .concurrency_limit(0)
        .service(Router::new());
    let clerk = Clerk::builder(SecretKey::new("sk_test_1").unwrap())
        .transport(TowerTransport::new(limited))
        .timer(ManualTimer::auto())
        .retries(RetryConfig::none())
        .build()
        .unwrap();
    let call = clerk.actor_tokens().create(command("c"));
    let error = run_until_stalled(call).unwrap().unwrap_err();
    assert_eq!((sent(&error), error.is_ambiguous()), (Sent::No, false), "{error:?}");
}
