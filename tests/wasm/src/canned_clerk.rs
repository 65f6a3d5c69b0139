use std::sync::atomic::{AtomicU32, Ordering};

use clerk_core::{
    HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
};

static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// A Clerk that refuses two requests because there were too many, and accepts the third.
pub struct CannedClerk;

/// Returns how many requests have arrived.
pub fn requests() -> u32 {
    REQUESTS.load(Ordering::Relaxed)
}

#[async_trait]
impl HttpTransport for CannedClerk {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        Ok(match REQUESTS.fetch_add(1, Ordering::Relaxed) {
            0 => too_many_requests(),
            1 => {
                let mut response = too_many_requests();
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
                response
            }
            _ => HttpResponse::new(TOKEN.into()),
        })
    }
}

fn too_many_requests() -> HttpResponse {
    let mut response = HttpResponse::new(TOO_MANY_REQUESTS.into());
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response
}

const TOO_MANY_REQUESTS: &str = r#"{"errors":[{"code":"too_many_requests","message":"later"}]}"#;

const TOKEN: &str = r#"{
    "object": "actor_token", "id": "act_1", "status": "pending", "user_id": "user_1",
    "actor": {"sub":"user_support","audit_id":"audit_4711"}, "token": "canary",
    "created_at": 1700000000000, "updated_at": 1700000000000
}"#;
