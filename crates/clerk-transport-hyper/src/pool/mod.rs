//! Pools: which connection an exchange uses, an open one or a new one.

// Most of these tests compare the protocols.
#[cfg(feature = "http2")]
#[cfg(test)]
mod attempts;
mod connections;
mod idle_time;
mod origin_pool;
mod origins;
mod state;
#[cfg(feature = "http2")]
#[cfg(test)]
mod test_pool;

pub(crate) use origin_pool::OriginPool;
pub(crate) use origins::Origins;
