//! What a call reports without the feature `tracing`: nothing. Everything here compiles to nothing.

#![expect(clippy::unused_self, reason = "these are the methods of the spans that report something")]

use std::{future::Future, marker::PhantomData, time::Duration};

use crate::{
    domain::{ActorTokenId, SecretKey},
    error::{Error, Failure},
    port::{HttpResponse, SendProgress},
    wire::{BaseUrl, Operation, ResponseReader},
};

pub(crate) struct UseCaseSpan;

impl UseCaseSpan {
    pub(super) fn new(_: &'static str, _: Option<&ActorTokenId>) -> Self {
        Self
    }

    pub(crate) async fn run<T>(
        self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        call.await
    }
}

pub(super) struct CallSpan;

impl CallSpan {
    pub(super) fn new<O: Operation>(_: &O, _: &SecretKey) -> Self {
        Self
    }

    pub(super) fn run<F: Future>(self, call: impl FnOnce(Self) -> F) -> F {
        call(self)
    }

    pub(super) fn attempt<O: Operation>(&mut self, _: u32, _: &BaseUrl) -> AttemptSpan<'_> {
        AttemptSpan(PhantomData)
    }

    pub(super) fn attempt_failed(&mut self, _: &Failure, _: bool, _: Option<Duration>) {}

    pub(super) fn succeeded(self, _: u32) {}

    pub(super) fn failed(self, _: u32, _: &Failure) {}
}

pub(super) struct AttemptSpan<'a>(PhantomData<&'a CallSpan>);

impl AttemptSpan<'_> {
    pub(super) fn send<F: Future>(&mut self, _: &SendProgress, request: F) -> F {
        request
    }

    #[expect(clippy::result_large_err, reason = "it is that of the reader")]
    pub(super) fn read<O: Operation>(
        self,
        operation: &O,
        response: HttpResponse,
        reader: ResponseReader<'_>,
    ) -> Result<O::Output, Failure> {
        reader.read(operation, response)
    }

    pub(super) fn failed(self, failure: Failure) -> Failure {
        failure
    }
}
