#![allow(
    missing_docs,
    clippy::pedantic,
    reason = "mockall generates most of this file and documents none of it"
)]

use clerk_core::{HttpRequest, HttpResponse, HttpTransport, TransportError, async_trait};

mockall::mock! {
    /// A transport that replies as it is told and checks that it gets the requests it expects.
    ///
    /// `expect_send()` starts an expectation: `.withf(…)` selects its requests (see
    /// [`request`](crate::request)), `.times(…)` sets how many there must be, and `.returning(…)`
    /// sets the reply (see [`reply`](crate::reply)). All of that is part of [`mockall`], including
    /// the panic on an unexpected request or an unmet expectation.
    ///
    /// Every response is ready at the first poll: an expectation cannot wait. For a response that
    /// comes late, or never, wrap the mock in a [`FaultyTransport`](crate::FaultyTransport).
    ///
    /// # Examples
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
    /// let revoke = actor_tokens.revoke(&"act_1".parse()?);
    /// let outcome = run_until_stalled(revoke).expect("nothing to wait for");
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
    fn the_mock_can_be_shared_between_threads() {
        fn shared<T: Send + Sync + 'static>(_: T) {}
        let mut transport = MockHttpTransport::new();
        transport
            .expect_send()
            .times(0)
            .returning(|_| reply::clerk_errors(402, "unsupported_subscription_plan"));
        shared(transport);
    }
}
