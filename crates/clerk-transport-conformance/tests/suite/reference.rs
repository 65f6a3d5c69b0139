use std::{
    net::TcpStream,
    sync::{Arc, Mutex},
    thread,
};

use clerk_core::{
    HttpRequest, HttpResponse, HttpTransport, SendProgress, Sent, TransportError,
    TransportErrorKind, async_trait,
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
    idle: Arc<Mutex<Option<Connection>>>,
}

impl Reference {
    pub(crate) fn new(quirk: Option<Quirk>) -> Self {
        Self { quirk, idle: Arc::default() }
    }

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
        if self.quirk != Some(Quirk::NeverMarks) {
            progress.mark_not_written();
        }
        let idle = self.idle.lock().unwrap().take().filter(|idle| !idle.is_over());
        let is_used = idle.is_some();
        let mut connection = match idle {
            Some(connection) => connection,
            None => connect(request)?,
        };
        if !link.attach(connection.stream()) {
            return Err(dropped());
        }
        if self.quirk != Some(Quirk::NeverMarksWritten) {
            progress.mark_written();
        }
        let limit = self.limit();
        let written = connection.write(request);
        link.written();
        let received = match written.and_then(|()| connection.read(limit)) {
            Err(error) if is_used && error.status().is_none() && self.resends_on_used() => {
                connection = connect(request)?;
                link.attach(connection.stream());
                connection.write(request).and_then(|()| connection.read(limit))
            }
            received => received,
        };
        match received {
            Ok(Received { response, is_reusable }) => {
                if link.release() && is_reusable {
                    *self.idle.lock().unwrap() = Some(connection);
                }
                Ok(response)
            }
            Err(error) => {
                if self.quirk == Some(Quirk::DrainsBeyondTheLimit)
                    && error.kind() == TransportErrorKind::TooLarge
                {
                    link.release();
                    thread::spawn(|| connection.drain());
                }
                Err(error)
            }
        }
    }

    fn resends_on_used(&self) -> bool {
        self.quirk == Some(Quirk::ResendsOnUsedConnections)
    }

    fn limit(&self) -> Limit {
        Limit {
            bytes: match self.quirk {
                Some(Quirk::HasNoLimit) => usize::MAX,
                Some(Quirk::HasALowerLimit) => LIMIT - 1,
                _ => LIMIT,
            },
            reads_on: matches!(self.quirk, Some(Quirk::HasNoLimit | Quirk::ReadsBeyondTheLimit)),
            accepts_cut: self.quirk == Some(Quirk::AcceptsCutBodies),
        }
    }
}

fn connect(request: &HttpRequest) -> Result<Connection, TransportError> {
    let authority = request.uri().authority().unwrap().as_str();
    TcpStream::connect(authority).map(Connection::new).map_err(|error| {
        TransportError::new(TransportErrorKind::Connect, error).with_sent(Sent::No)
    })
}

/// Returns the error of a call that nobody waits for any more.
fn dropped() -> TransportError {
    TransportError::new(TransportErrorKind::Other, "dropped").with_sent(Sent::No)
}

#[async_trait]
impl HttpTransport for Reference {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.start(request).await
    }
}
