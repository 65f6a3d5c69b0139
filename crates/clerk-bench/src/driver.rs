//! The work that everybody does.

use std::future::Future;

use crate::{Failure, target::Target};

/// Does the work in one way. Its futures have no box around them, so that nobody pays for another's
/// size.
pub trait Driver: Clone + Send + Sync + 'static {
    /// What is known of a token that was created.
    type Token: Send;

    /// Makes a client with default settings.
    fn new(target: &Target) -> Result<Self, Failure>;

    /// Takes plain text, sends a create, and reads the whole answer.
    fn create(&self) -> impl Future<Output = Result<Self::Token, Failure>> + Send;

    /// Revokes what was created.
    fn revoke(&self, token: &Self::Token) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Is done with a driver whose type only the name on the command line tells.
pub trait Job {
    /// What comes of it.
    type Output;

    /// Does it.
    fn with<D: Driver>(self) -> Result<Self::Output, Failure>;
}
