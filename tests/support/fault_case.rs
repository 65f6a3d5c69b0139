use clerk_core::{ActorTokens, Error, RetryConfig, Sent, TransportErrorKind};

use crate::{
    client::{sent, transport_error},
    fault_server::{FaultServer, Script},
    operation::Operation,
};

/// A fault on a connection, and what each operation must make of it by the retry rules.
#[derive(Clone, Debug)]
pub struct FaultCase {
    name: String,
    script: Script,
    /// How many requests the server reads on a connection with the fault.
    reads: usize,
    kind: TransportErrorKind,
    sent: Sent,
    status: Option<u16>,
    ambiguous: bool,
    retried: Retried,
}

/// The operations that are retried after a fault.
#[derive(Clone, Copy, Debug)]
enum Retried {
    Both,
    RevokeOnly,
    Neither,
}

impl FaultCase {
    /// A fault that leaves open whether the request took effect: a revoke is retried, a create is
    /// not.
    pub fn ambiguous(name: &str, script: Script, reads: usize, kind: TransportErrorKind) -> Self {
        Self {
            name: name.to_owned(),
            script,
            reads,
            kind,
            sent: Sent::Maybe,
            status: None,
            ambiguous: true,
            retried: Retried::RevokeOnly,
        }
    }

    /// A fault before anything was sent: both operations are retried.
    pub fn unsent(name: &str, script: Script, kind: TransportErrorKind) -> Self {
        let case = Self::ambiguous(name, script, 0, kind);
        Self { sent: Sent::No, ambiguous: false, retried: Retried::Both, ..case }
    }

    /// Lets the fault occur after a head with this status.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Neither operation is retried.
    #[must_use]
    pub fn not_retried(self) -> Self {
        Self { retried: Retried::Neither, ..self }
    }

    /// The request certainly took no effect, although it was sent.
    #[must_use]
    pub fn rejected(self) -> Self {
        Self { ambiguous: false, ..self }
    }

    /// Checks the case for both operations: with a single attempt, with the fault in the first
    /// attempt of a call, and with the fault in all of them.
    pub async fn check(&self, client: impl Fn(&FaultServer) -> ActorTokens) {
        for operation in Operation::BOTH {
            let retried = match self.retried {
                Retried::Both => true,
                Retried::RevokeOnly => operation == Operation::Revoke,
                Retried::Neither => false,
            };

            let server = FaultServer::start(std::slice::from_ref(&self.script));
            let call = operation.call(&client(&server), "single").retries(RetryConfig::none());
            self.check_error(operation, &server, &call.await.expect_err(&self.name), 1).await;

            let server = FaultServer::start(std::slice::from_ref(&self.script));
            let result = operation.call(&client(&server), "first").await;
            if !retried {
                self.check_error(operation, &server, &result.expect_err(&self.name), 1).await;
                continue;
            }
            let context = format!("{} {operation:?}", self.name);
            let token = result.unwrap_or_else(|error| panic!("{context}: {error:?}"));
            assert!(operation.is_response_to("first", &token), "{context}: {token:?}");
            server.until_played().await;
            assert_eq!(server.ledger().requests.len(), self.reads + 1, "{context}");
            assert_eq!(server.ledger().connections, 2, "{context}");

            let server = FaultServer::start(&vec![self.script.clone(); 3]);
            let error = operation.call(&client(&server), "all").await.expect_err(&self.name);
            self.check_error(operation, &server, &error, 3).await;
        }
    }

    async fn check_error(
        &self,
        operation: Operation,
        server: &FaultServer,
        error: &Error,
        attempts: usize,
    ) {
        let context = format!("{} {operation:?}, {attempts} attempts: {error:?}", self.name);
        if self.kind == TransportErrorKind::Timeout {
            assert!(matches!(error, Error::Timeout(_)), "{context}");
        } else {
            assert!(matches!(error, Error::Transport(_)), "{context}");
        }
        assert_eq!(transport_error(error).kind(), self.kind, "{context}");
        assert_eq!(sent(error), self.sent, "{context}");
        assert_eq!(error.is_ambiguous(), self.ambiguous, "{context}");
        assert_eq!(error.attempts() as usize, attempts, "{context}");
        assert_eq!(error.status().map(|status| status.as_u16()), self.status, "{context}");
        if self.status.is_some() {
            assert_eq!(error.trace_id(), Some("trace_1"), "{context}");
        }
        server.until_played().await;
        let ledger = server.ledger();
        assert_eq!(ledger.requests.len(), self.reads * attempts, "{context}: {ledger:?}");
        assert_eq!(ledger.connections, attempts, "{context}: {ledger:?}");
    }
}
