use std::{future::Future, pin::Pin};

use super::{Settings, run::run};
use crate::{error::Error, wire::Operation};

/// What a call does once it is polled.
///
/// Every operation is a program. A program with several requests would be written by hand.
pub(crate) trait Program: Send {
    type Output;

    /// Returns the name that the `Debug` output of a call shows.
    fn name(&self) -> &'static str;

    fn run(self: Box<Self>, settings: Settings) -> Running<Self::Output>;
}

pub(crate) type Running<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl<O: Operation> Program for O {
    type Output = O::Output;

    fn name(&self) -> &'static str {
        O::NAME
    }

    fn run(self: Box<Self>, settings: Settings) -> Running<O::Output> {
        Box::pin(async move { run(&*self, &settings).await })
    }
}
