use std::time::Duration;

use crate::{domain::InvalidInput, retry::RetryConfig};

/// The retries and time limits of a call. They need a timer; without one there is a single attempt
/// and no limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(super) retries: RetryConfig,
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            retries: RetryConfig::default(),
            timeout: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
        }
    }
}

impl Limits {
    pub(crate) fn set_retries(
        &mut self,
        retries: RetryConfig,
        has_timer: bool,
    ) -> Result<(), InvalidInput> {
        if retries.allows_retries() && !has_timer {
            return Err(InvalidInput::new("retries", "needs a timer to wait between attempts"));
        }
        self.retries = retries;
        Ok(())
    }

    pub(crate) fn set_timeout(
        &mut self,
        timeout: Duration,
        has_timer: bool,
    ) -> Result<(), InvalidInput> {
        check_timeout("timeout", timeout, has_timer)?;
        self.timeout = timeout;
        Ok(())
    }

    pub(crate) fn set_attempt_timeout(
        &mut self,
        timeout: Duration,
        has_timer: bool,
    ) -> Result<(), InvalidInput> {
        check_timeout("attempt_timeout", timeout, has_timer)?;
        self.attempt_timeout = timeout;
        Ok(())
    }
}

fn check_timeout(
    setting: &'static str,
    timeout: Duration,
    has_timer: bool,
) -> Result<(), InvalidInput> {
    match (timeout, has_timer) {
        (Duration::ZERO, _) => Err(InvalidInput::new(setting, "must be longer than zero")),
        (_, false) => Err(InvalidInput::new(setting, "needs a timer")),
        (_, true) => Ok(()),
    }
}
