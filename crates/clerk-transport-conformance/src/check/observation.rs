use std::io;

/// What shows that a requirement is not met, or why that cannot be told.
#[derive(Debug)]
pub(crate) struct Observation(String);

impl Observation {
    pub(super) fn new(observation: impl Into<String>) -> Self {
        Self(observation.into())
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// Returns an error with this observation unless what was expected holds.
pub(super) fn ensure(
    is_met: bool,
    observation: impl FnOnce() -> String,
) -> Result<(), Observation> {
    if is_met { Ok(()) } else { Err(Observation(observation())) }
}

impl From<io::Error> for Observation {
    fn from(error: io::Error) -> Self {
        Self(format!("the server of this check failed: {error}"))
    }
}
