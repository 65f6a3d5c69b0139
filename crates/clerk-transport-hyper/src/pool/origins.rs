use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clerk_core::http::Uri;
use tokio::runtime::Handle;

use super::OriginPool;
use crate::{connector::Connect, limits::Limits};

/// The pools of a transport, one for each origin and runtime.
///
/// A client has one base URL and mostly runs on one runtime, so there is rarely more than one.
pub(crate) struct Origins {
    connector: Arc<dyn Connect>,
    limits: Limits,
    pools: Mutex<Vec<Arc<OriginPool>>>,
}

impl Origins {
    pub(crate) fn new(connector: Arc<dyn Connect>, limits: Limits) -> Self {
        Self { connector, limits, pools: Mutex::default() }
    }

    /// Returns the pool for the origin of a URI, or `None` if the URI is not absolute.
    pub(crate) fn pool(&self, runtime: Handle, uri: &Uri) -> Option<Arc<OriginPool>> {
        let mut pools = self.pools();
        if let Some(pool) = pools.iter().find(|pool| pool.serves(runtime.id(), uri)) {
            return Some(Arc::clone(pool));
        }
        let connector = Arc::clone(&self.connector);
        let pool = Arc::new(OriginPool::new(runtime, uri.clone(), connector, self.limits)?);
        // Runtimes come and go, and their connections with them.
        pools.retain(|pool| Arc::strong_count(pool) > 1 || pool.has_open_connections());
        pools.push(Arc::clone(&pool));
        Some(pool)
    }

    fn pools(&self) -> MutexGuard<'_, Vec<Arc<OriginPool>>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Origins {
    pub(crate) fn len(&self) -> usize {
        self.pools().len()
    }
}

#[cfg(test)]
mod tests {
    use hyper_util::client::legacy::connect::HttpConnector;
    use tokio::runtime::Builder;

    use super::{Arc, Limits, Origins, Uri};

    #[test]
    fn pools_of_runtimes_that_are_gone_are_dropped() {
        let origins = Origins::new(Arc::new(HttpConnector::new()), Limits::default());
        let pool = |uri| {
            let runtime = Builder::new_current_thread().build().unwrap();
            origins.pool(runtime.handle().clone(), &Uri::from_static(uri)).unwrap()
        };
        let in_use = pool("https://one.example.com/v1");
        for _ in 0..3 {
            drop(pool("https://one.example.com/v1"));
            drop(pool("https://two.example.com/v1"));
        }
        assert_eq!(origins.len(), 2, "the latest, and the one in use");
        drop(in_use);
        drop(pool("https://two.example.com/v1"));
        assert_eq!(origins.len(), 1);
    }
}
