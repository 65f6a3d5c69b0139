use bytes::Bytes;
use http::{Response, StatusCode};

use crate::api::{call::Call, refusal::Refusal, response};

/// Performs `GET /v1/jwks` and `GET /.well-known/jwks.json`.
#[expect(clippy::unnecessary_wraps, reason = "every operation returns a result")]
pub(crate) fn get_jwks(call: &Call<'_>) -> Result<Response<Bytes>, Refusal> {
    Ok(response::json(StatusCode::OK, &call.instance.signer.jwks()))
}
