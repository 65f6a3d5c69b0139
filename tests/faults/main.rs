//! What the caller is told, and what the server saw, when a connection goes wrong.

mod cancel;
mod clock;
mod connect;
mod http1;
mod http2;
mod http2_streams;
mod pool;
mod tasks;
mod timeout;
mod tls;
