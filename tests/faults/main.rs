//! Every way in which a connection can go wrong, for both operations: what the caller is told, and
//! what the server saw.

mod cancel;
mod connect;
mod http1;
mod http2;
mod pool;
mod timeout;
mod tls;
