use std::{future::Future, pin::Pin};

use super::{Requests, Settings};
use crate::{error::Error, wire::Operation};

/// What a call does once it is polled.
///
/// Every operation is a program. A use case with several requests is one by hand.
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
        Box::pin(async move {
            let mut requests = Requests::new(settings);
            let result = requests.send(&*self).await;
            result.map_err(|failed| requests.into_error(failed))
        })
    }
}
