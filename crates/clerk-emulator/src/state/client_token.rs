use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{generate, signer::Signer};

/// The claims of the token by which a client, a browser or a device, names itself.
#[derive(Serialize, Deserialize)]
pub(crate) struct ClientToken {
    pub(crate) id: String,
    rotating_token: String,
}

impl ClientToken {
    pub(crate) fn new(client_id: &str) -> Self {
        Self { id: client_id.to_owned(), rotating_token: generate::rotating_token() }
    }

    pub(crate) fn sign(&self, signer: &Signer) -> String {
        signer.sign(&json!({ "alg": "RS256", "typ": "JWT" }), self)
    }
}
