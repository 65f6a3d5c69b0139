use tokio::sync::{Semaphore, watch};

use super::ledger::Ledger;

/// The state that all connections of a server share.
pub(super) struct Shared {
    pub(super) ledger: watch::Sender<Ledger>,
    /// One permit for each release by the test.
    pub(super) permits: Semaphore,
    /// How many connections have a script of their own, every step of which must be played.
    pub(super) scripted: usize,
}

impl Shared {
    pub(super) fn new(ledger: Ledger, scripted: usize) -> Self {
        Self { ledger: watch::Sender::new(ledger), permits: Semaphore::new(0), scripted }
    }

    pub(super) fn update<T>(&self, change: impl FnOnce(&mut Ledger) -> T) -> T {
        let mut result = None;
        self.ledger.send_modify(|ledger| result = Some(change(ledger)));
        result.unwrap()
    }

    /// Waits until the test releases one step.
    pub(super) async fn hold(&self) {
        self.permits.acquire().await.unwrap().forget();
    }
}
