use http::StatusCode;

use super::RetryConfig;
use crate::port::{Sent, TransportErrorKind};

/// The two operations, told apart by what a repetition does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Makes something new each time: a repetition may leave a second live token.
    Create,
    /// Does no harm the second time.
    Revoke,
}

/// How an attempt failed, as far as the law cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Clerk, or something before it, answered with a status that is no success.
    Refused(StatusCode),
    /// A 2xx came that is not what was asked for.
    Misfit,
    /// No whole answer came.
    NoAnswer(TransportErrorKind, Sent),
}

/// What the law says about a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// It may be tried again, if there is time.
    pub(crate) again: bool,
    /// It may have taken effect.
    pub(crate) ambiguous: bool,
}

/// Decides what a failed attempt means. This is the retry law, and nothing else decides it.
pub(crate) fn judge(operation: Operation, outcome: Outcome, config: &RetryConfig) -> Verdict {
    // A revoke may be repeated; a create whose fate is not known only by somebody who accepts
    // duplicates.
    let repeatable = operation == Operation::Revoke || config.retry_ambiguous_creates;
    match outcome {
        Outcome::Refused(StatusCode::TOO_MANY_REQUESTS) => {
            Verdict { again: true, ambiguous: false }
        }
        Outcome::Refused(status)
            if status == StatusCode::REQUEST_TIMEOUT || status.as_u16() >= 500 =>
        {
            Verdict { again: repeatable, ambiguous: true }
        }
        Outcome::Refused(_) => Verdict { again: false, ambiguous: false },
        Outcome::Misfit => Verdict { again: false, ambiguous: true },
        Outcome::NoAnswer(kind, sent) => {
            let ambiguous = sent == Sent::Maybe;
            let lasting = matches!(
                kind,
                TransportErrorKind::Tls | TransportErrorKind::Config | TransportErrorKind::TooLarge
            );
            let again = !lasting && config.retry_connection_errors && (!ambiguous || repeatable);
            Verdict { again, ambiguous }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{Operation, Outcome, RetryConfig, Verdict, judge};
    use crate::port::{Sent, TransportErrorKind as Kind};

    const AGAIN: Verdict = Verdict { again: true, ambiguous: false };
    const AGAIN_AMBIGUOUS: Verdict = Verdict { again: true, ambiguous: true };
    const FAIL: Verdict = Verdict { again: false, ambiguous: false };
    const FAIL_AMBIGUOUS: Verdict = Verdict { again: false, ambiguous: true };

    fn refused(status: u16) -> Outcome {
        Outcome::Refused(StatusCode::from_u16(status).unwrap())
    }

    /// Asserts one row of the law: what it says of a create, and of a revoke.
    fn row(outcome: Outcome, create: Verdict, revoke: Verdict) {
        assert_eq!(
            judge(Operation::Create, outcome, &RetryConfig::new()),
            create,
            "create, {outcome:?}"
        );
        assert_eq!(
            judge(Operation::Revoke, outcome, &RetryConfig::new()),
            revoke,
            "revoke, {outcome:?}"
        );
    }

    #[test]
    fn what_was_certainly_not_sent_is_sent_again() {
        for kind in [Kind::Connect, Kind::Timeout, Kind::Io, Kind::Incomplete, Kind::Other] {
            row(Outcome::NoAnswer(kind, Sent::No), AGAIN, AGAIN);
        }
    }

    #[test]
    fn a_certificate_or_a_configuration_does_not_mend_itself() {
        for kind in [Kind::Tls, Kind::Config] {
            row(Outcome::NoAnswer(kind, Sent::No), FAIL, FAIL);
            row(Outcome::NoAnswer(kind, Sent::Maybe), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
        }
    }

    #[test]
    fn too_many_requests_is_tried_again() {
        row(refused(429), AGAIN, AGAIN);
    }

    #[test]
    fn a_create_that_may_have_taken_effect_is_never_sent_again_and_a_revoke_is() {
        for status in [408, 500, 501, 502, 503, 504, 520, 599, 600, 999] {
            row(refused(status), FAIL_AMBIGUOUS, AGAIN_AMBIGUOUS);
        }
        for kind in [Kind::Connect, Kind::Timeout, Kind::Io, Kind::Incomplete, Kind::Other] {
            row(Outcome::NoAnswer(kind, Sent::Maybe), FAIL_AMBIGUOUS, AGAIN_AMBIGUOUS);
        }
    }

    #[test]
    fn a_success_that_does_not_fit_is_never_sent_again() {
        row(Outcome::Misfit, FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
        row(Outcome::NoAnswer(Kind::TooLarge, Sent::Maybe), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    }

    #[test]
    fn every_other_refusal_is_final_and_clear() {
        for status in [
            100, 101, 199, 300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 409, 413, 422,
            425, 499,
        ] {
            row(refused(status), FAIL, FAIL);
        }
    }

    #[test]
    fn who_accepts_duplicates_has_ambiguous_creates_sent_again() {
        let config = RetryConfig::new().retry_ambiguous_creates(true);
        for outcome in
            [refused(503), refused(408), Outcome::NoAnswer(Kind::Incomplete, Sent::Maybe)]
        {
            assert_eq!(judge(Operation::Create, outcome, &config), AGAIN_AMBIGUOUS, "{outcome:?}");
        }
        assert_eq!(
            judge(Operation::Create, Outcome::Misfit, &config),
            FAIL_AMBIGUOUS,
            "the server said that it made one"
        );
    }

    #[test]
    fn connection_errors_can_be_left_alone() {
        let config = RetryConfig::new().retry_connection_errors(false);
        for operation in [Operation::Create, Operation::Revoke] {
            assert_eq!(judge(operation, Outcome::NoAnswer(Kind::Connect, Sent::No), &config), FAIL);
            assert_eq!(
                judge(operation, Outcome::NoAnswer(Kind::Incomplete, Sent::Maybe), &config),
                FAIL_AMBIGUOUS
            );
            assert_eq!(judge(operation, refused(429), &config), AGAIN);
        }
        assert_eq!(judge(Operation::Revoke, refused(503), &config), AGAIN_AMBIGUOUS);
    }
}
