/// The body of every response to a create. It is constant, so that the server does little work.
pub const CREATED: &str = concat!(
    r#"{"object":"actor_token","id":"act_29w9CxhOvPQ4ZP6DSEWtPPZTfb1","status":"pending","#,
    r#""user_id":"user_29w83sxmDNGwOuEthce5gg56FcC","actor":{"sub":"user_29w9AhRlmGgdjI1UMZFmoJqGxrZ"},"#,
    r#""token":"eyJhbGciOiJSUzI1NiIsImNhdCI6ImNsX0I3ZDRQRDIyMkFBQSIsImtpZCI6Imluc18yVzZKS0N6UkQwd2JYU3ZCZ3dWUXRHIiwidHlwIjoiSldUIn0."#,
    r#"eyJleHAiOjE3MDAwMDM2MDAsImlpZCI6Imluc18yVzZKS0N6UkQwd2JYU3ZCZ3dWUXRHIiwic2lkIjoiYWN0XzI5dzlDeGhPdlBRNFpQNkRTRVd0UFBaVGZiMSJ9.c2ln","#,
    r#""url":"https://clerk.example.com/v1/tickets/accept?ticket=eyJhbGciOiJSUzI1NiIsImNhdCI6ImNsX0I3ZDRQRDIyMkFBQSIsImtpZCI6Imluc18yVzZKS0N6UkQwd2JYU3ZCZ3dWUXRHIiwidHlwIjoiSldUIn0."#,
    r#"eyJleHAiOjE3MDAwMDM2MDAsImlpZCI6Imluc18yVzZKS0N6UkQwd2JYU3ZCZ3dWUXRHIiwic2lkIjoiYWN0XzI5dzlDeGhPdlBRNFpQNkRTRVd0UFBaVGZiMSJ9.c2ln","#,
    r#""created_at":1700000000000,"updated_at":1700000000000}"#
);

/// The body of every response to a revoke.
pub const REVOKED: &str = concat!(
    r#"{"object":"actor_token","id":"act_29w9CxhOvPQ4ZP6DSEWtPPZTfb1","status":"revoked","#,
    r#""user_id":"user_29w83sxmDNGwOuEthce5gg56FcC","actor":{"sub":"user_29w9AhRlmGgdjI1UMZFmoJqGxrZ"},"#,
    r#""token":null,"url":null,"created_at":1700000000000,"updated_at":1700000000001}"#
);

/// The id of the actor token in both bodies.
pub const ACTOR_TOKEN_ID: &str = "act_29w9CxhOvPQ4ZP6DSEWtPPZTfb1";

/// Returns the body of the response to a request for this path.
pub fn body_for(path: &str) -> &'static str {
    if path.ends_with("/revoke") { REVOKED } else { CREATED }
}
