//! Every way in which a connection can go wrong, for both operations: what the caller is told, and what the server saw.

mod faults_cancel;
mod faults_connect;
mod faults_http1;
mod faults_http2;
mod faults_pool;
mod faults_timeout;
mod faults_tls;
