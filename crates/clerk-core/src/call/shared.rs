use super::Limits;
use crate::{
    domain::SecretKey,
    port::{HttpTransport, Timer},
    wire::{BaseUrl, Headers},
};

/// What all calls of a client share.
pub(crate) struct Shared {
    pub(crate) transport: Box<dyn HttpTransport>,
    pub(crate) timer: Option<Box<dyn Timer>>,
    pub(crate) secret_key: SecretKey,
    pub(crate) base_url: BaseUrl,
    pub(crate) headers: Headers,
    /// The limits of a call that sets none of its own.
    pub(crate) limits: Limits,
}
