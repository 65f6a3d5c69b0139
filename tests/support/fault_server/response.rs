use clerk_core::ActorToken;

use crate::{canned, operation::Operation};

impl Operation {
    /// Returns the id of the token in the response to a request of the call of this name. Each
    /// request of a create makes a new token, numbered by the `earlier` ones.
    pub(super) fn token_id(self, name: &str, earlier: usize) -> String {
        match self {
            Self::Create => format!("act_{name}_{earlier}"),
            Self::Revoke => name.to_owned(),
        }
    }

    /// Returns the proper response, over HTTP/1.1, to the first request of the call of this name.
    pub fn response(self, name: &str) -> String {
        over_http1(&self.response_body(name))
    }

    /// Returns the body of the proper response to the first request of the call of this name.
    pub fn response_body(self, name: &str) -> String {
        canned::response(self, &self.token_id(name, 0)).to_string()
    }

    /// Returns `true` if the server responds with this token to the call of this name.
    pub fn is_response_to(self, name: &str, token: &ActorToken) -> bool {
        match self {
            Self::Create => token.id.as_str().starts_with(&format!("act_{name}_")),
            Self::Revoke => token.id.as_str() == name,
        }
    }
}

pub(super) fn over_http1(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nclerk-trace-id: trace_1\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
