use http::StatusCode;

use super::RetryConfig;
use crate::port::{Sent, TransportErrorKind};

/// What repeating a request does, and so how an operation may be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    /// Nothing new: it may be sent again at any time.
    Safe,
    /// Something new each time: it may be sent again only if it certainly was not sent before.
    OnlyIfUnsent,
}

/// How an attempt failed, as far as the rules care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A status that is not a success, from Clerk or from something in front of it.
    Refused(StatusCode),
    /// A success that is not what was asked for.
    Mismatch,
    /// No complete response.
    NoResponse(TransportErrorKind, Sent),
}

/// What the rules decide about a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// It may be retried, if there is time.
    pub(crate) retry: bool,
    /// It may have taken effect.
    pub(crate) ambiguous: bool,
}

/// Decides what a failed attempt means. These are the retry rules; nothing else decides.
pub(crate) fn decide(replay: Replay, outcome: Outcome, config: &RetryConfig) -> Decision {
    // A request that is not safe to repeat, and whose fate is unknown, is sent again only for
    // somebody who accepts duplicates.
    let repeatable = replay == Replay::Safe || config.retry_ambiguous_creates;
    match outcome {
        Outcome::Refused(StatusCode::TOO_MANY_REQUESTS) => {
            Decision { retry: true, ambiguous: false }
        }
        Outcome::Refused(status)
            if status == StatusCode::REQUEST_TIMEOUT || status.as_u16() >= 500 =>
        {
            Decision { retry: repeatable, ambiguous: true }
        }
        // Both may follow an effect: "see there for the result", and a switch of protocols.
        Outcome::Refused(status)
            if status == StatusCode::SEE_OTHER || status.is_informational() =>
        {
            Decision { retry: false, ambiguous: true }
        }
        Outcome::Refused(_) => Decision { retry: false, ambiguous: false },
        Outcome::Mismatch => Decision { retry: false, ambiguous: true },
        Outcome::NoResponse(kind, sent) => {
            let ambiguous = sent == Sent::Maybe;
            let permanent = matches!(
                kind,
                TransportErrorKind::Tls | TransportErrorKind::Config | TransportErrorKind::TooLarge
            );
            let retry = !permanent && config.retry_connection_errors && (!ambiguous || repeatable);
            Decision { retry, ambiguous }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{Decision, Outcome, Replay, RetryConfig, decide};
    use crate::port::{Sent, TransportErrorKind as Kind};

    const RETRY: Decision = Decision { retry: true, ambiguous: false };
    const RETRY_AMBIGUOUS: Decision = Decision { retry: true, ambiguous: true };
    const FAIL: Decision = Decision { retry: false, ambiguous: false };
    const FAIL_AMBIGUOUS: Decision = Decision { retry: false, ambiguous: true };

    fn refused(status: u16) -> Outcome {
        Outcome::Refused(StatusCode::from_u16(status).unwrap())
    }

    /// Asserts one row of the rules, for each replay class.
    fn row(outcome: Outcome, only_if_unsent: Decision, safe: Decision) {
        assert_eq!(
            decide(Replay::OnlyIfUnsent, outcome, &RetryConfig::new()),
            only_if_unsent,
            "only if unsent, {outcome:?}"
        );
        assert_eq!(decide(Replay::Safe, outcome, &RetryConfig::new()), safe, "safe, {outcome:?}");
    }

    #[test]
    fn unsent_requests_are_retried() {
        for kind in [Kind::Connect, Kind::Timeout, Kind::Io, Kind::Incomplete, Kind::Other] {
            row(Outcome::NoResponse(kind, Sent::No), RETRY, RETRY);
        }
    }

    #[test]
    fn tls_and_configuration_errors_are_not_retried() {
        for kind in [Kind::Tls, Kind::Config] {
            row(Outcome::NoResponse(kind, Sent::No), FAIL, FAIL);
            row(Outcome::NoResponse(kind, Sent::Maybe), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
        }
    }

    #[test]
    fn too_many_requests_is_retried() {
        row(refused(429), RETRY, RETRY);
    }

    #[test]
    fn only_safe_requests_are_retried_after_a_possible_effect() {
        for status in [408, 500, 501, 502, 503, 504, 520, 599, 600, 999] {
            row(refused(status), FAIL_AMBIGUOUS, RETRY_AMBIGUOUS);
        }
        for kind in [Kind::Connect, Kind::Timeout, Kind::Io, Kind::Incomplete, Kind::Other] {
            row(Outcome::NoResponse(kind, Sent::Maybe), FAIL_AMBIGUOUS, RETRY_AMBIGUOUS);
        }
    }

    #[test]
    fn a_mismatch_is_never_retried() {
        row(Outcome::Mismatch, FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
        row(Outcome::NoResponse(Kind::TooLarge, Sent::Maybe), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
    }

    #[test]
    fn every_other_refusal_is_final_and_unambiguous() {
        for status in
            [300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 409, 413, 422, 425, 499]
        {
            row(refused(status), FAIL, FAIL);
        }
    }

    #[test]
    fn a_status_that_may_follow_an_effect_is_ambiguous() {
        for status in [100, 101, 103, 199, 303] {
            row(refused(status), FAIL_AMBIGUOUS, FAIL_AMBIGUOUS);
        }
    }

    #[test]
    fn opting_in_retries_ambiguous_creates() {
        let config = RetryConfig::new().retry_ambiguous_creates(true);
        for outcome in
            [refused(503), refused(408), Outcome::NoResponse(Kind::Incomplete, Sent::Maybe)]
        {
            assert_eq!(
                decide(Replay::OnlyIfUnsent, outcome, &config),
                RETRY_AMBIGUOUS,
                "{outcome:?}"
            );
        }
        assert_eq!(
            decide(Replay::OnlyIfUnsent, Outcome::Mismatch, &config),
            FAIL_AMBIGUOUS,
            "the server reported success"
        );
    }

    #[test]
    fn retrying_connection_errors_can_be_turned_off() {
        let config = RetryConfig::new().retry_connection_errors(false);
        for replay in [Replay::OnlyIfUnsent, Replay::Safe] {
            assert_eq!(decide(replay, Outcome::NoResponse(Kind::Connect, Sent::No), &config), FAIL);
            assert_eq!(
                decide(replay, Outcome::NoResponse(Kind::Incomplete, Sent::Maybe), &config),
                FAIL_AMBIGUOUS
            );
            assert_eq!(decide(replay, refused(429), &config), RETRY);
        }
        assert_eq!(decide(Replay::Safe, refused(503), &config), RETRY_AMBIGUOUS);
    }
}
