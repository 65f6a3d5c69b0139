use crate::{BoxError, target::Target};

/// One way to do the work that is measured.
///
/// The futures are not boxed: drivers differ in size, and none should pay for another's.
pub trait Driver: Clone + Send + Sync + 'static {
    /// What `revoke` needs to know about a created token.
    type Token: Send;

    /// Creates a client with default settings.
    fn new(target: &Target) -> Result<Self, BoxError>;

    /// Builds a create from plain strings, sends it and reads the whole response.
    fn create(&self) -> impl Future<Output = Result<Self::Token, BoxError>> + Send;

    /// Revokes a created token.
    fn revoke(&self, token: &Self::Token) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// A job for a driver that the command line chooses by name.
pub trait Job {
    /// The result of the job.
    type Output;

    /// Does the job with a driver of type `D`.
    fn run<D: Driver>(self) -> Result<Self::Output, BoxError>;
}
