use std::{
    net::TcpStream,
    sync::{Arc, Mutex},
    thread,
};

use clerk_core::{
    HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, TransportError,
    TransportErrorKind::{Config, Connect, Other, TooLarge},
    async_trait,
};

use crate::{
    call::{Call, Link},
    exchange::{Connection, Limit, Received},
    quirk::Quirk,
};

pub(crate) const LIMIT: usize = 1024 * 1024;

/// A small transport that meets every requirement, unless it has a quirk: a thread for each call,
/// and one idle connection.
#[derive(Clone)]
pub(crate) struct Reference {
    quirk: Option<Quirk>,
    /// With the authority that it leads to.
    idle: Arc<Mutex<Option<(String, Connection)>>>,
}

impl Reference {
    pub(crate) fn new(quirk: Option<Quirk>) -> Self {
        Self { quirk, idle: Arc::default() }
    }

    /// Starts a call on a thread of its own.
    pub(crate) fn start(&self, request: HttpRequest) -> Call {
        let this = self.clone();
        Call::start(move |link| this.exchange(&request, link))
    }

    /// Carries out a request, and blocks the thread for as long as that takes.
    pub(crate) fn exchange(
        &self,
        request: &HttpRequest,
        link: &Link,
    ) -> Result<HttpResponse, TransportError> {
        let progress = SendProgress::of(request);
        if !self.has(Quirk::NeverMarks) {
            progress.mark_not_written();
        }
        if request.uri().path().contains("//") {
            let error = TransportError::new(Config, "odd target");
            match self.quirk {
                Some(Quirk::RefusesOddTargets) => return Err(error.with_sent(Sent::No)),
                Some(Quirk::FailsForOddTargets) => return Err(error),
                _ => {}
            }
        }
        let authority = request.uri().authority().unwrap().as_str();
        let idle = self.take_idle(authority);
        let is_used = idle.is_some();
        let is_over = idle.as_ref().is_some_and(Connection::is_over);
        let mut connection = match idle {
            Some(connection) if !is_over || self.uses_closed_connections() => connection,
            _ => connect(request)?,
        };
        if !link.attach(connection.stream()) {
            return Err(TransportError::new(Other, "call was dropped").with_sent(Sent::No));
        }
        if !self.has(Quirk::NeverMarksWritten) && !self.has(Quirk::MarksWrittenLate) {
            progress.mark_written();
        }
        let mut received = self.try_exchange(&mut connection, request, link);
        if !self.has(Quirk::NeverMarksWritten) {
            progress.mark_written();
        }
        let is_lost = received.as_ref().is_err_and(|error| error.status().is_none());
        if is_lost && self.resends(is_used, is_over) {
            connection = connect(request)?;
            link.attach(connection.stream());
            received = self.try_exchange(&mut connection, request, link);
        }
        match received {
            Ok(Received { response, is_reusable }) => {
                if link.release() && is_reusable {
                    *self.idle.lock().unwrap() = Some((authority.to_owned(), connection));
                }
                Ok(response)
            }
            Err(error) if is_over && self.has(Quirk::ClaimsUnsentOnClosedConnections) => {
                Err(error.with_sent(Sent::No))
            }
            Err(error) => {
                if error.kind() == TooLarge && self.has(Quirk::DrainsBeyondTheLimit) {
                    link.release();
                    thread::spawn(|| connection.drain());
                }
                Err(error)
            }
        }
    }

    /// Sends a request on this connection, and reads the response.
    fn try_exchange(
        &self,
        connection: &mut Connection,
        request: &HttpRequest,
        link: &Link,
    ) -> Result<Received, TransportError> {
        let authority = request.uri().authority().unwrap().as_str();
        let host = if self.has(Quirk::ChangesHosts) { "localhost" } else { authority };
        let written = connection.write(request, host);
        link.written();
        match written {
            Err(error) if self.has(Quirk::ClaimsUnsentIfWritingFails) => {
                return Err(error.with_sent(Sent::No));
            }
            written => written?,
        }
        if self.has(Quirk::LeavesWaitingCallsRunning) {
            link.release();
        }
        let head = connection.read_head()?;
        link.attach(connection.stream());
        if self.has(Quirk::LeavesDroppedBodiesRunning) {
            link.release();
            link.wake();
        }
        connection.read(head, self.limit())
    }

    fn take_idle(&self, authority: &str) -> Option<Connection> {
        let (idle_authority, idle) = self.idle.lock().unwrap().take()?;
        let fits = idle_authority == authority || self.has(Quirk::ReusesConnectionsElsewhere);
        fits.then_some(idle)
    }

    fn has(&self, quirk: Quirk) -> bool {
        self.quirk == Some(quirk)
    }

    fn uses_closed_connections(&self) -> bool {
        self.has(Quirk::ResendsOnClosedConnections)
            || self.has(Quirk::ClaimsUnsentOnClosedConnections)
    }

    fn resends(&self, is_used: bool, is_over: bool) -> bool {
        (self.has(Quirk::ResendsOnUsedConnections) && is_used)
            || (self.has(Quirk::ResendsOnClosedConnections) && is_over)
    }

    fn limit(&self) -> Limit {
        Limit {
            bytes: match self.quirk {
                Some(Quirk::HasNoLimit) => usize::MAX,
                Some(Quirk::HasALowerLimit) => LIMIT - 1,
                Some(Quirk::HasAHigherLimit) => LIMIT + 1,
                _ => LIMIT,
            },
            reads_on: self.has(Quirk::HasNoLimit) || self.has(Quirk::ReadsBeyondTheLimit),
            accepts_cut: self.has(Quirk::AcceptsCutBodies),
        }
    }
}

fn connect(request: &HttpRequest) -> Result<Connection, TransportError> {
    let authority = request.uri().authority().unwrap().as_str();
    TcpStream::connect(authority)
        .map(Connection::new)
        .map_err(|error| TransportError::new(Connect, error).with_sent(Sent::No))
}

#[async_trait]
impl HttpTransport for Reference {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.start(request).await
    }
}
