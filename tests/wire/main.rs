//! What `Clerk` sends over the default transport, and how it reads every kind of response.

mod clerk_errors;
mod foreign_errors;
mod http2;
mod invalid_input;
mod success;
mod unusual_success;
