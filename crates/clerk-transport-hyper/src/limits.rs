use std::time::Duration;

/// The limits of an exchange, and of the life of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) max_response_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            // Among common servers, the quickest close idle connections after five seconds.
            idle_timeout: Duration::from_secs(4),
            max_response_bytes: 1024 * 1024,
        }
    }
}
