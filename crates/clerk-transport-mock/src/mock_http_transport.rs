#![allow(
    missing_docs,
    clippy::pedantic,
    reason = "mockall writes most of this file, and documents none of it"
)]

use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};

mockall::mock! {
    /// Answers requests as it was told to, and checks that it was asked what was expected.
    ///
    /// `expect_send()` starts an expectation: `.withf(…)` says which requests it is for (see [`request`](crate::request)),
    /// `.times(…)` how many there must be, `.returning(…)` what they are answered with (see [`reply`](crate::reply)). All of
    /// that is [`mockall`]'s, and so is the panic when a request was not expected or an expectation was not met.
    ///
    /// Every answer is there at the first poll: an expectation cannot wait. For one that comes late, or never, put a
    /// [`FaultyTransport`](crate::FaultyTransport) around it.
    ///
    /// ```
    /// use clerk_core::{ActorTokens, SecretKey};
    /// use clerk_transport_mock::{MockHttpTransport, reply, request, run_until_stalled};
    ///
    /// let mut transport = MockHttpTransport::new();
    /// transport
    ///     .expect_send()
    ///     .withf(request::is_revoke_of("act_1"))
    ///     .times(1)
    ///     .returning(|_| reply::clerk_errors(404, "resource_not_found"));
    ///
    /// let actor_tokens = ActorTokens::new(transport, SecretKey::new("sk_test_abc")?);
    /// let outcome = run_until_stalled(actor_tokens.revoke(&"act_1".parse()?)).expect("no need to wait");
    /// assert!(outcome.unwrap_err().is_not_found());
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub HttpTransport {}

    #[async_trait]
    impl HttpTransport for HttpTransport {
        async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
    }
}

#[cfg(test)]
mod tests {
    use super::MockHttpTransport;
    use crate::reply;

    #[test]
    fn it_can_be_shared_between_threads() {
        fn shared<T: Send + Sync + 'static>(_: T) {}
        let mut transport = MockHttpTransport::new();
        transport
            .expect_send()
            .times(0)
            .returning(|_| reply::clerk_errors(402, "unsupported_subscription_plan"));
        shared(transport);
    }
}
