use std::net::SocketAddr;

use clerk_core::{
    Attempt, Body, HttpRequest,
    http::{HeaderValue, Method, Uri, header},
};

/// What no error may show: it is in the secret key, in the bodies, and in the responses.
pub(super) const CANARY: &str = "canary";

/// Returns a create like that of the core: every header but `Host`, and a body of JSON.
pub(super) fn create(address: SocketAddr, target: &str) -> HttpRequest {
    post(address, target, format!(r#"{{"user_id" : "user_{CANARY}", "n": 1.10}}"#))
}

/// Returns a request like those of the core that has this body.
pub(super) fn post(address: SocketAddr, target: &str, body: impl Into<Body>) -> HttpRequest {
    let mut request = request(address, Method::POST, target, body.into());
    let length = request.body().as_ref().len();
    request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    if length > 0 {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    request
}

/// Returns a request like those of the core that has no body.
pub(super) fn get(address: SocketAddr, target: &str) -> HttpRequest {
    request(address, Method::GET, target, Body::default())
}

fn request(address: SocketAddr, method: Method, target: &str, body: Body) -> HttpRequest {
    let mut request = HttpRequest::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri(address, target);
    for (name, value) in [
        ("authorization", "Bearer sk_test_canary"),
        ("accept", "application/json"),
        ("clerk-api-version", "2026-05-12"),
        ("user-agent", "conformance/1"),
        ("x-clerk-sdk", "rust/0"),
    ] {
        request.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Attempt::new("actor_tokens.create", 1, None).attach(&mut request);
    request
}

/// Returns the URI of a target at a server. All targets are valid.
fn uri(address: SocketAddr, target: &str) -> Uri {
    format!("http://{address}{target}").parse().unwrap_or_default()
}
