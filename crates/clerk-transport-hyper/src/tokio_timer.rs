use std::time::{Duration, Instant, SystemTime};

use clerk_core::{Timer, async_trait};

/// Tells the time by tokio's clock, which a test may pause.
///
/// Needs a tokio runtime with time enabled: elsewhere tokio panics as soon as there is something to
/// wait for.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioTimer;

#[async_trait]
impl Timer for TokioTimer {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the timer that everybody else asks")]
    fn wall_clock(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
