//! One fault, both operations, and what the law says of it.

use clerk_core::{ActorTokens, Error, RetryConfig, Sent, TransportErrorKind};

use crate::{
    client::{OPERATIONS, sent, transport_error},
    fault_server::{FaultServer, Operation, Script},
};

/// Is a connection on which something goes wrong, and what is to come of it.
#[derive(Clone, Debug)]
pub struct Case {
    name: String,
    script: Script,
    reads: usize,
    kind: TransportErrorKind,
    sent: Sent,
    status: Option<u16>,
    ambiguous: bool,
    again: Again,
}

/// Which of the two is sent again.
#[derive(Clone, Copy, Debug)]
enum Again {
    Both,
    Revoke,
    Neither,
}

impl Case {
    /// A fault after which nobody can tell whether the request took effect, although or because
    /// `reads` requests were read.
    pub fn maybe_sent(name: &str, script: Script, reads: usize, kind: TransportErrorKind) -> Self {
        let (sent, status, ambiguous, again) = (Sent::Maybe, None, true, Again::Revoke);
        Self { name: name.to_owned(), script, reads, kind, sent, status, ambiguous, again }
    }

    /// A fault before anything was sent.
    pub fn not_sent(name: &str, script: Script, kind: TransportErrorKind) -> Self {
        let case = Self::maybe_sent(name, script, 0, kind);
        Self { sent: Sent::No, ambiguous: false, again: Again::Both, ..case }
    }

    /// A head had arrived.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// It would not help to send it again.
    #[must_use]
    pub fn lasting(self) -> Self {
        Self { again: Again::Neither, ..self }
    }

    /// The status that had arrived says that nothing was done.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { ambiguous: false, ..self }
    }

    /// Proves it: one attempt alone, the usual attempts with the fault once, and with the fault
    /// every time.
    pub async fn prove(&self, client: impl Fn(&FaultServer) -> ActorTokens) {
        for operation in OPERATIONS {
            let again = match self.again {
                Again::Both => true,
                Again::Revoke => operation == Operation::Revoke,
                Again::Neither => false,
            };

            let server = FaultServer::start(std::slice::from_ref(&self.script));
            let call = operation.call(&client(&server), "alone").retries(RetryConfig::none());
            self.check(operation, &server, &call.await.expect_err(&self.name), 1).await;

            let server = FaultServer::start(std::slice::from_ref(&self.script));
            let result = operation.call(&client(&server), "once").await;
            if again {
                let token =
                    result.unwrap_or_else(|error| panic!("{} {operation:?}: {error:?}", self.name));
                assert!(operation.is_answered_by("once", &token), "{}: {token:?}", self.name);
                server.until_played().await;
                assert_eq!(
                    server.ledger().requests.len(),
                    self.reads + 1,
                    "{} {operation:?}",
                    self.name
                );
                assert_eq!(server.ledger().connections, 2, "{} {operation:?}", self.name);
            } else {
                self.check(operation, &server, &result.expect_err(&self.name), 1).await;
            }

            if again {
                let server = FaultServer::start(&vec![self.script.clone(); 3]);
                let error = operation.call(&client(&server), "always").await.expect_err(&self.name);
                self.check(operation, &server, &error, 3).await;
            }
        }
    }

    async fn check(
        &self,
        operation: Operation,
        server: &FaultServer,
        error: &Error,
        attempts: usize,
    ) {
        let what = format!("{} {operation:?}, {attempts} attempts: {error:?}", self.name);
        if self.kind == TransportErrorKind::Timeout {
            assert!(matches!(error, Error::Timeout(_)), "{what}");
        } else {
            assert!(matches!(error, Error::Transport(_)), "{what}");
        }
        assert_eq!(transport_error(error).kind(), self.kind, "{what}");
        assert_eq!(sent(error), self.sent, "{what}");
        assert_eq!(error.is_ambiguous(), self.ambiguous, "{what}");
        assert_eq!(error.attempts() as usize, attempts, "{what}");
        assert_eq!(error.status().map(|status| status.as_u16()), self.status, "{what}");
        if self.status.is_some() {
            assert_eq!(error.trace_id(), Some("trace_1"), "{what}");
        }
        server.until_played().await;
        let ledger = server.ledger();
        assert_eq!(ledger.requests.len(), self.reads * attempts, "{what}: {ledger:?}");
        assert_eq!(ledger.connections, attempts, "{what}: {ledger:?}");
    }
}
