//! What the core needs from outside: something that sends a request, and a clock that can wait.

mod attempt;
mod body;
mod http_request;
mod http_transport;
mod send_progress;
mod timer;
mod transport_error;

pub use attempt::Attempt;
pub use body::Body;
pub use http_request::HttpRequest;
pub use http_transport::{HttpResponse, HttpTransport};
pub use send_progress::SendProgress;
pub use timer::Timer;
pub use transport_error::{Sent, TransportError, TransportErrorKind};
