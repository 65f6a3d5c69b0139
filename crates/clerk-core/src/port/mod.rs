//! What core asks of the outside: something that sends a request, and something that tells the
//! time.

mod body;
mod http_transport;
mod send_progress;
mod timer;
mod transport_error;

pub use body::Body;
pub use http_transport::{HttpRequest, HttpResponse, HttpTransport};
pub use send_progress::SendProgress;
pub use timer::Timer;
pub use transport_error::{Sent, TransportError, TransportErrorKind};
