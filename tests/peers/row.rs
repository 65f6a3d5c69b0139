use std::{collections::HashMap, fmt};

use clerk_tests::fault_server::Ledger;

use crate::outcome::{Kind, Outcome};

/// The head of the table.
pub(crate) const HEAD: &str = "\
| case | protocol | creates | ok | ambiguous | allowed | failed | processed | logged | notes |
|---|---|---:|---:|---:|---:|---:|---:|---:|---|";

/// A row of the table: the outcomes of a case, and what was processed.
pub(crate) struct Row {
    protocol: String,
    outcomes: Vec<Outcome>,
    /// How many outcomes of each kind are allowed; none of a kind that is not listed.
    allowed: HashMap<Kind, usize>,
    /// The ids of the tokens that the upstream created, by the name of the call.
    created: HashMap<String, Vec<String>>,
    /// How many creates were processed according to the server's own log.
    logged: usize,
    note: String,
    /// The requirements that were not met.
    violations: Vec<&'static str>,
}

impl Row {
    /// Creates a row of which all outcomes must be of the expected kind, unless others are allowed.
    pub(crate) fn new(
        protocol: &str,
        outcomes: Vec<Outcome>,
        expected: Kind,
        upstream: &Ledger,
        logged: usize,
    ) -> Self {
        let (protocol, created) = (protocol.to_owned(), upstream.created.clone());
        let allowed = HashMap::from([(expected, outcomes.len())]);
        let (note, violations) = (String::new(), Vec::new());
        Self { protocol, outcomes, allowed, created, logged, note, violations }
    }

    /// Allows this many outcomes of another kind.
    pub(crate) fn allow(mut self, kind: Kind, max: usize) -> Self {
        self.allowed.insert(kind, max);
        self
    }

    /// Adds what else the logs say.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Adds a requirement.
    pub(crate) fn require(mut self, is_met: bool, requirement: &'static str) -> Self {
        if !is_met {
            self.violations.push(requirement);
        }
        self
    }

    /// Returns a sentence for each difference from the requirements and the retry rules.
    pub(crate) fn differences(&self) -> Vec<String> {
        let mut differences: Vec<_> = self.violations.iter().map(ToString::to_string).collect();
        let (processed, logged) = (self.processed(), self.logged);
        if processed != logged {
            differences.push(format!("{processed} creates were processed, but {logged} logged"));
        }
        for kind in Kind::ALL {
            let (outcomes, max) = (self.outcomes(kind), self.allowed(kind));
            if let Some(first) = outcomes.get(max) {
                let count = outcomes.len();
                differences.push(format!(
                    "{count} creates are {kind:?}, but only {max} may be, for example: {first}"
                ));
            }
        }
        differences.extend(self.outcomes.iter().filter_map(|outcome| self.contradiction(outcome)));
        differences
    }

    /// Returns how an outcome contradicts what was processed, if it does.
    fn contradiction(&self, outcome: &Outcome) -> Option<String> {
        let created = self.created.get(&outcome.name).map_or(&[][..], Vec::as_slice);
        let contradiction = match outcome.kind {
            _ if created.len() > 1 => "processed twice",
            Kind::Created if !created.contains(&outcome.detail) => "not processed",
            Kind::Misconfigured | Kind::Failed if !created.is_empty() => "processed",
            _ => return None,
        };
        Some(format!("{contradiction}: {outcome}"))
    }

    fn outcomes(&self, kind: Kind) -> Vec<&Outcome> {
        self.outcomes.iter().filter(|outcome| outcome.kind == kind).collect()
    }

    fn allowed(&self, kind: Kind) -> usize {
        self.allowed.get(&kind).copied().unwrap_or_default()
    }

    fn processed(&self) -> usize {
        self.created.values().map(Vec::len).sum()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [ok, ambiguous, misconfigured, failed] =
            Kind::ALL.map(|kind| self.outcomes(kind).len());
        write!(
            f,
            "{} | {} | {ok} | {ambiguous} | {} | {} | {} | {} | {}",
            self.protocol,
            self.outcomes.len(),
            self.allowed(Kind::Ambiguous),
            misconfigured + failed,
            self.processed(),
            self.logged,
            self.note,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Ledger, Outcome, Row};

    /// Returns the differences of a row in which the call `c` had this outcome, while the upstream
    /// created these tokens and the log counts this many.
    fn differences(outcome: &str, created: &[&str], logged: usize) -> Vec<String> {
        let mut upstream = Ledger::default();
        let tokens = created.iter().map(ToString::to_string).collect();
        upstream.created.insert("c".to_owned(), tokens);
        let outcomes = vec![outcome.parse::<Outcome>().unwrap()];
        Row::new("HTTP/2", outcomes, Kind::Created, &upstream, logged).differences()
    }

    #[test]
    fn outcomes_that_fit_what_was_processed_are_no_difference() {
        assert_eq!(differences("c Created act_1", &["act_1"], 1), Vec::<String>::new());
    }

    #[test]
    fn contradictions_are_differences() {
        for (outcome, created, logged, difference) in [
            ("c Created act_1", &["act_1", "act_2"][..], 2, "processed twice: c Created act_1"),
            ("c Created act_1", &["act_2"], 1, "not processed: c Created act_1"),
            ("c Failed refused", &["act_1"], 1, "processed: c Failed refused"),
            ("c Created act_1", &["act_1"], 0, "1 creates were processed, but 0 logged"),
        ] {
            let differences = differences(outcome, created, logged);
            assert!(differences.iter().any(|found| found == difference), "{differences:?}");
        }
    }

    #[test]
    fn only_allowed_outcomes_are_no_difference() {
        let row = || {
            let outcomes = vec!["c Ambiguous reset".parse::<Outcome>().unwrap()];
            Row::new("HTTP/2", outcomes, Kind::Created, &Ledger::default(), 0)
        };
        assert_eq!(
            row().differences(),
            ["1 creates are Ambiguous, but only 0 may be, for example: c Ambiguous reset"]
        );
        assert_eq!(row().allow(Kind::Ambiguous, 1).differences(), Vec::<String>::new());
        let unmet = row().allow(Kind::Ambiguous, 1).require(false, "must occur");
        assert_eq!(unmet.differences(), ["must occur"]);
    }
}
