use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use super::{Limits, Shared};

/// What a call works with: what its client's calls share, and what was set for this one.
pub(crate) struct Settings {
    pub(super) shared: Arc<Shared>,
    pub(super) limits: Limits,
    pub(super) custom_headers: Vec<(HeaderName, HeaderValue)>,
}

impl Settings {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let limits = shared.limits;
        Self { shared, limits, custom_headers: Vec::new() }
    }

    pub(super) fn has_timer(&self) -> bool {
        self.shared.timer.is_some()
    }
}
