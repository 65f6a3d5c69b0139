//! The suite against a transport that meets every requirement, and against wrong ones.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod call;
mod changes;
mod eager;
mod exchange;
mod quirk;
mod reference;
mod wrong;

use std::{collections::HashSet, future::pending, thread, time::Duration};

use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};
use clerk_transport_conformance::{Report, Requirement, Suite, Violation};

use crate::{eager::Eager, quirk::Quirk, reference::Reference, wrong::Wrong};

/// How long a wrong transport keeps the server waiting.
const PATIENCE: Duration = Duration::from_secs(4);

fn violated(report: &Report) -> Vec<Requirement> {
    report.violations().iter().map(Violation::requirement).collect()
}

#[test]
fn a_transport_on_threads_is_conformant_without_a_runtime() {
    let report = Suite::new(|| Reference::new(None)).marks_progress().run(pollster::block_on);
    report.assert_conformant();
    assert_eq!(report.met(), Requirement::ALL);
}

#[test]
fn each_wrong_transport_violates_its_requirement_and_no_other() {
    let run = |quirk: Quirk| {
        let suite = match quirk {
            Quirk::StartsBeforeItIsPolled => Suite::new(Eager::new),
            _ => Suite::new(move || Wrong::new(quirk)),
        };
        suite.patience(PATIENCE).marks_progress().run(pollster::block_on)
    };
    let reports: Vec<_> = thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> =
            Quirk::ALL.iter().map(|(quirk, _)| scope.spawn(move || run(*quirk))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for ((quirk, expected), report) in Quirk::ALL.iter().zip(reports) {
        assert_eq!(violated(&report), *expected, "{quirk:?}: {report}");
    }
}

#[test]
fn every_requirement_is_violated_by_a_wrong_transport() {
    let violated: HashSet<_> = Quirk::ALL.iter().flat_map(|(_, violated)| *violated).collect();
    assert_eq!(violated, Requirement::ALL.iter().collect());
}

/// A transport whose calls never end.
struct Silent;

#[async_trait]
impl HttpTransport for Silent {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        pending().await
    }
}

#[test]
fn a_transport_that_hangs_ends_in_a_report() {
    let suite = Suite::new(|| Silent).patience(Duration::from_millis(20)).marks_progress();
    let report = suite.run(pollster::block_on);
    assert_eq!(violated(&report), Requirement::ALL);
}

#[test]
fn a_check_that_is_not_run_counts_as_not_met() {
    let report = Suite::new(|| Reference::new(None)).run(drop);
    // The last requirement is optional.
    assert_eq!(violated(&report), Requirement::ALL[..Requirement::ALL.len() - 1]);
    assert_eq!(report.violations()[0].observation(), "the check was not run to completion");
}

#[test]
fn a_report_says_what_was_observed_and_what_to_do() {
    let suite = Suite::new(|| Wrong::new(Quirk::FollowsRedirects)).patience(PATIENCE);
    let suite = suite.waive(Requirement::ThreadIsNotBlocked, "it is only an example");
    let report = suite.run(pollster::block_on);
    let shown = report.to_string();
    for expected in [
        "the transport meets 12 of 13 requirements",
        "not met: NoRedirects (Redirects are not followed)",
        "and responded with 301 and the location http://127.0.0.1:",
        "there, the server read POST /elsewhere on connection 1; the call returned Ok(200)",
        "turn off redirects",
        "waived: ThreadIsNotBlocked (The thread is not blocked)\n  because: it is only an example",
    ] {
        assert!(shown.contains(expected), "{expected:?} is not in {shown}");
    }
    let panic = std::panic::catch_unwind(|| report.assert_conformant()).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>(), Some(&shown));
}
