use http::HeaderMap;

use super::{clerk_error::ClerkError, parameter::parameter, refusal::Refusal, request::is_form};

/// Parses and checks the body of a sign-in, and returns its ticket.
pub(crate) fn read_sign_in_form(headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
    if !is_form(headers) {
        return Err(Refusal::content_type_unsupported("application/x-www-form-urlencoded"));
    }
    let required = |name| {
        let value = parameter(body, name).filter(|value| !value.is_empty());
        value.ok_or_else(|| Refusal::unprocessable(vec![ClerkError::param_missing(name)]))
    };
    if required("strategy")? != "ticket" {
        return Err(Refusal::unprocessable(vec![ClerkError::param_value_invalid("strategy")]));
    }
    Ok(required("ticket")?.into_owned())
}
