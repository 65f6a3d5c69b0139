//! Redaction of the secrets in what a server wrote.

mod credential;
mod decoded;
mod known_secrets;
mod redactor;
mod secret_values;

pub(super) use redactor::{MAX_KEPT_LEN, Redactor};
