//! What the server answers, always the same: the work of the clients is measured, not its own.

/// The actor token that was created.
pub const CREATED: &str = concat!(
    r#"{"object":"actor_token","id":"act_29w9CxhOvPQ4ZP6DSEWtPPZTfb1","status":"pending","#,
    r#""user_id":"user_29w83sxmDNGwOuEthce5gg56FcC","actor":{"sub":"user_29w9AhRlmGgdjI1UMZFmoJqGxrZ"},"#,
    r#""token":"eyJhbGciOiJSUzI1NiIsImNhdCI6ImNsX0I3ZDRQRDIyMkFBQSIsImtpZCI6Imluc18yVzZKS0N6UkQwd2JYU3ZCZ3dWUXRHIiwidHlwIjoiSldUIn0."#,
    r#"eyJleHAiOjE3MDAwMDM2MDAsImlpZCI6Imluc18yVzZKS0N6UkQwd2JYU3ZCZ3dWUXRHIiwic2lkIjoiYWN0XzI5dzlDeGhPdlBRNFpQNkRTRVd0UFBaVGZiMSJ9.c2ln","#,
    r#""url":"https://clerk.example.com/v1/tickets/accept?ticket=eyJhbGciOiJSUzI1NiIsImNhdCI6ImNsX0I3ZDRQRDIyMkFBQSIsImtpZCI6Imluc18yVzZKS0N6UkQwd2JYU3ZCZ3dWUXRHIiwidHlwIjoiSldUIn0."#,
    r#"eyJleHAiOjE3MDAwMDM2MDAsImlpZCI6Imluc18yVzZKS0N6UkQwd2JYU3ZCZ3dWUXRHIiwic2lkIjoiYWN0XzI5dzlDeGhPdlBRNFpQNkRTRVd0UFBaVGZiMSJ9.c2ln","#,
    r#""created_at":1700000000000,"updated_at":1700000000000}"#
);

/// The same token, revoked.
pub const REVOKED: &str = concat!(
    r#"{"object":"actor_token","id":"act_29w9CxhOvPQ4ZP6DSEWtPPZTfb1","status":"revoked","#,
    r#""user_id":"user_29w83sxmDNGwOuEthce5gg56FcC","actor":{"sub":"user_29w9AhRlmGgdjI1UMZFmoJqGxrZ"},"#,
    r#""token":null,"url":null,"created_at":1700000000000,"updated_at":1700000000001}"#
);

/// The id in both.
pub const ID: &str = "act_29w9CxhOvPQ4ZP6DSEWtPPZTfb1";

/// Gives the answer to a request for this path.
pub fn to(path: &str) -> &'static str {
    if path.ends_with("/revoke") { REVOKED } else { CREATED }
}
