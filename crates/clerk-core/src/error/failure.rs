use super::{
    ApiError, Error, ErrorContext, Refusal, ResponseInfo, Timeout, TimeoutError, TransportFailure,
    Unexpected, UnexpectedResponse,
};
use crate::port::TransportError;

/// An attempt that failed. The retry rules judge it, and the error of the call is made from the
/// last one.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) stage: Stage,
    pub(crate) response: ResponseInfo,
}

/// The stage at which an attempt failed.
#[derive(Debug)]
pub(crate) enum Stage {
    Transport(TransportError),
    Timeout(Timeout),
    Refused(Refusal),
    Unexpected(Unexpected),
}

impl Failure {
    /// Returns what Clerk said, if it refused.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match &self.stage {
            Stage::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Creates the error of a call whose last attempt failed in this way.
    ///
    /// `ambiguous` applies to all attempts together, and `authority` is the host and port that the
    /// call was for.
    pub(crate) fn into_error(self, attempts: u32, ambiguous: bool, authority: &str) -> Error {
        let authority = authority.into();
        let context = ErrorContext { response: self.response, attempts, ambiguous, authority };
        match self.stage {
            Stage::Transport(error) => Error::Transport(TransportFailure::new(context, error)),
            Stage::Timeout(timeout) => Error::Timeout(TimeoutError::new(context, timeout)),
            Stage::Refused(refusal) => Error::Api(ApiError::new(context, refusal)),
            Stage::Unexpected(response) => {
                Error::Unexpected(UnexpectedResponse::new(context, response))
            }
        }
    }
}
