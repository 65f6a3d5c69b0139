use serde::Serialize;

/// A session token in a response.
#[derive(Serialize)]
pub(crate) struct Token {
    object: &'static str,
    jwt: String,
}

impl Token {
    pub(crate) fn new(jwt: String) -> Self {
        Self { object: "token", jwt }
    }
}
