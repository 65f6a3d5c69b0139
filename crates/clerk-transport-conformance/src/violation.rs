use crate::Requirement;

/// A requirement that a transport does not meet, and what showed it.
#[derive(Clone, Debug)]
pub struct Violation {
    requirement: Requirement,
    observation: String,
}

impl Violation {
    pub(crate) fn new(requirement: Requirement, observation: String) -> Self {
        Self { requirement, observation }
    }

    /// Returns the requirement.
    pub fn requirement(&self) -> Requirement {
        self.requirement
    }

    /// Returns what the call returned, and what the server saw of it.
    pub fn observation(&self) -> &str {
        &self.observation
    }
}
