use std::fmt;

use crate::{Requirement, Violation};

/// The result of a [`Suite`](crate::Suite): which requirements a transport meets.
///
/// `Display` lists the requirements that are not met, each with what was observed and what to do.
#[derive(Clone, Debug)]
#[must_use]
pub struct Report {
    met: Vec<Requirement>,
    violations: Vec<Violation>,
    waived: Vec<(Requirement, String)>,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { met: Vec::new(), violations: Vec::new(), waived: Vec::new() }
    }

    pub(crate) fn add_met(&mut self, requirement: Requirement) {
        self.met.push(requirement);
    }

    pub(crate) fn add_violation(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    pub(crate) fn add_waived(&mut self, requirement: Requirement, reason: String) {
        self.waived.push((requirement, reason));
    }

    /// Returns `true` if the transport meets every requirement that was checked.
    pub fn is_conformant(&self) -> bool {
        self.violations.is_empty()
    }

    /// Returns the requirements that the transport meets.
    pub fn met(&self) -> &[Requirement] {
        &self.met
    }

    /// Returns the requirements that the transport does not meet.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Checks that the transport meets every requirement that was checked.
    ///
    /// # Panics
    ///
    /// Panics with this report if it does not.
    #[track_caller]
    pub fn assert_conformant(&self) {
        assert!(self.is_conformant(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let checked = self.met.len() + self.violations.len();
        write!(f, "the transport meets {} of {checked} requirements", self.met.len())?;
        for violation in &self.violations {
            let requirement = violation.requirement();
            write!(f, "\n\nnot met: {requirement:?} ({requirement})")?;
            write!(f, "\n  observed: {}", violation.observation())?;
            write!(f, "\n  to do: {}", requirement.remedy())?;
        }
        for (requirement, reason) in &self.waived {
            write!(f, "\n\nwaived: {requirement:?} ({requirement})\n  because: {reason}")?;
        }
        Ok(())
    }
}
