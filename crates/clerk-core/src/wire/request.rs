use http::{HeaderName, HeaderValue};

use super::{BaseUrl, Headers, Operation};
use crate::port::{Attempt, Body, HttpRequest};

/// Builds the request of one attempt. Custom headers replace those that all requests share.
pub(crate) fn request<O: Operation>(
    operation: &O,
    base_url: &BaseUrl,
    headers: &Headers,
    custom_headers: &[(HeaderName, HeaderValue)],
    attempt: Attempt,
) -> HttpRequest {
    let body = operation.body();
    let mut headers = headers.of_request(&O::METHOD, body.as_deref());
    for (name, value) in custom_headers {
        headers.insert(name, value.clone());
    }
    let mut request = HttpRequest::new(body.map_or_else(Body::default, Body::from));
    *request.method_mut() = O::METHOD;
    *request.uri_mut() = base_url.join(&operation.path());
    *request.headers_mut() = headers;
    attempt.attach(&mut request);
    request
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::{Attempt, BaseUrl, Headers, HttpRequest, Operation, request};
    use crate::{
        domain::{Actor, CreateActorToken, SecretKey, UserId},
        wire::{CreateToken, RevokeToken, custom_header},
    };

    fn build(
        operation: &impl Operation,
        custom_headers: &[(HeaderName, HeaderValue)],
    ) -> HttpRequest {
        let headers = Headers::new(&SecretKey::new("sk_test_1").unwrap());
        let attempt = Attempt::new("operation", 2, None);
        request(operation, &BaseUrl::default(), &headers, custom_headers, attempt)
    }

    fn create() -> CreateToken {
        let (user_id, actor) = (UserId::new("user_1").unwrap(), Actor::new("user_2").unwrap());
        CreateToken::new(CreateActorToken::new(user_id, actor)).unwrap()
    }

    fn revoke() -> RevokeToken {
        RevokeToken::new("act_1".parse().unwrap())
    }

    #[test]
    fn create_posts_json_to_the_collection() {
        let request = build(&create(), &[]);
        assert_eq!(
            (request.method().as_str(), request.uri().to_string().as_str()),
            ("POST", "https://api.clerk.com/v1/actor_tokens")
        );
        let length = request.body().as_ref().len().to_string();
        assert_eq!(request.headers()["content-length"], length.as_str());
        assert_eq!(request.headers()["content-type"], "application/json");
    }

    #[test]
    fn revoke_posts_no_body() {
        let request = build(&revoke(), &[]);
        assert_eq!(
            (request.method().as_str(), request.uri().to_string().as_str()),
            ("POST", "https://api.clerk.com/v1/actor_tokens/act_1/revoke")
        );
        assert_eq!(request.body().as_ref(), b"");
        assert_eq!(request.headers()["content-length"], "0");
        assert!(!request.headers().contains_key("content-type"));
    }

    #[test]
    fn custom_headers_are_sent_and_replace_shared_ones() {
        let custom_headers =
            [custom_header("x-request-id", "42"), custom_header("user-agent", "mine")]
                .map(Result::unwrap);
        let request = build(&revoke(), &custom_headers);
        assert_eq!(request.headers()["x-request-id"], "42");
        assert_eq!(request.headers()["user-agent"], "mine");
    }

    #[test]
    fn the_attempt_travels_with_the_request() {
        let request = build(&create(), &[]);
        assert_eq!(Attempt::of(&request).unwrap().number(), 2);
    }
}
