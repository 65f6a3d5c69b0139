use std::{fmt, io, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    api,
    builder::EmulatorBuilder,
    faults::{Fault, FaultQueue},
    server::{ServerThread, Service, listen},
    state::{
        AcceptError, ISSUER, Instance, IssueError, IssuedToken, LIFETIME_IN_SECONDS, NewToken,
        PUBLIC_KEY, Redacted, Session, SessionError, SessionStatus, Settings, generate,
    },
};

/// A running server on loopback with the endpoints of an impersonation, and a view of its state.
///
/// It works in any test: it has a thread and a runtime of its own, and every method is synchronous
/// and returns at once. Dropping it closes the port and all connections.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::TcpStream;
/// use clerk_emulator::{Emulator, TokenStatus};
///
/// let emulator = Emulator::start()?;
///
/// // What your client does:
/// let host = emulator.base_url().trim_start_matches("http://").trim_end_matches("/v1");
/// let body = r#"{"user_id":"user_1","actor":{"sub":"user_2"}}"#;
/// let request = format!(
///     "POST /v1/actor_tokens HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
///      Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
///     emulator.secret_key(),
///     body.len(),
/// );
/// let mut stream = TcpStream::connect(host)?;
/// stream.write_all(request.as_bytes())?;
/// let mut response = String::new();
/// stream.read_to_string(&mut response)?;
/// assert!(response.starts_with("HTTP/1.1 200"));
///
/// // What your test does:
/// let token = &emulator.tokens()[0];
/// assert_eq!((token.user_id.as_str(), token.status), ("user_1", TokenStatus::Pending));
/// assert_eq!(emulator.requests(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Emulator {
    base_url: String,
    instance: Arc<Instance>,
    faults: Arc<FaultQueue>,
    server: ServerThread,
}

impl Emulator {
    /// Starts an emulator on a free port of 127.0.0.1, with a random secret key and any user.
    ///
    /// # Errors
    ///
    /// Those of [`EmulatorBuilder::start`].
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Returns a builder.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    pub(crate) fn serve(port: u16, settings: Settings) -> io::Result<Self> {
        let (listener, address) = listen(port)?;
        let instance = Arc::new(Instance::new(settings, format!("http://{address}"))?);
        let faults = Arc::new(FaultQueue::default());
        let service = Service::new(Arc::clone(&instance), Arc::clone(&faults));
        let server = ServerThread::start(listener, service)?;
        Ok(Self { base_url: format!("{}/v1", instance.origin), instance, faults, server })
    }

    /// Returns the base URL, `http://127.0.0.1:PORT/v1`, for clients to use in place of
    /// `https://api.clerk.com/v1`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the secret key that clients must send.
    pub fn secret_key(&self) -> &str {
        &self.instance.settings.secret_key
    }

    /// Returns a publishable key for clients that ask for one. The frontend API that it names does
    /// not exist.
    pub fn publishable_key(&self) -> String {
        let frontend_api = ISSUER.trim_start_matches("https://");
        format!("pk_test_{}", STANDARD.encode(format!("{frontend_api}$")))
    }

    /// Returns the public key that verifies session tokens, in PEM, for verifiers that make no
    /// requests. Clerk calls it the JWT key.
    ///
    /// It is the same for all emulators, as is the private key, which is public too: trust it only
    /// in tests.
    pub fn jwt_key(&self) -> &'static str {
        PUBLIC_KEY
    }

    /// Returns the issuer of session tokens, their claim `iss`. It is the same for all emulators.
    pub fn issuer(&self) -> &'static str {
        ISSUER
    }

    /// Returns the public key that verifies session tokens as JSON, like `GET /v1/jwks`.
    pub fn jwks(&self) -> String {
        serde_json::to_string(&self.instance.signer.jwks()).unwrap_or_default()
    }

    /// Returns a snapshot of all tokens, in order of creation.
    ///
    /// Of the tokens that are used, revoked or expired, only the newest thousand are certain to be
    /// remembered.
    pub fn tokens(&self) -> Vec<IssuedToken> {
        self.instance.ledger(|ledger, _| ledger.tokens.iter().cloned().collect())
    }

    /// Returns a snapshot of the token with this id, if there is one.
    pub fn token(&self, id: &str) -> Option<IssuedToken> {
        self.instance.ledger(|ledger, _| ledger.tokens.get(id).cloned())
    }

    /// Issues a token, like `POST /v1/actor_tokens`.
    ///
    /// # Errors
    ///
    /// [`IssueError`] if the actor is invalid, or if the user does not exist.
    pub fn issue(&self, new: NewToken) -> Result<IssuedToken, IssueError> {
        api::actor_sub(&new.actor).map_err(|_| IssueError::InvalidActor)?;
        self.instance.issue(new)
    }

    /// Revokes a token, like `POST /v1/actor_tokens/{id}/revoke`.
    ///
    /// # Errors
    ///
    /// [`AcceptError`] if there is no such token, if it is not pending, or if it has expired.
    pub fn revoke(&self, id: &str) -> Result<IssuedToken, AcceptError> {
        self.instance.ledger(|ledger, now| ledger.revoke_token(id, now))
    }

    /// Accepts a token, as if somebody had signed in with it: it can no longer be revoked, and a
    /// session begins.
    ///
    /// # Errors
    ///
    /// [`AcceptError`] if there is no such token, if it is not pending, if it has expired, or if
    /// its user has been deleted.
    pub fn accept(&self, id: &str) -> Result<(), AcceptError> {
        let client_id = generate::client_id();
        self.instance.ledger(|ledger, now| ledger.accept(id, client_id, now)).map(drop)
    }

    /// Signs in with a ticket, like `POST /v1/client/sign_ins`: the actor token is accepted, and a
    /// session of a new client begins. The ticket is the `token` of an actor token, or its `url`.
    ///
    /// # Errors
    ///
    /// [`AcceptError`] if the ticket is invalid ([`NotFound`](AcceptError::NotFound)), has been
    /// used or revoked, or has expired, or if its user has been deleted.
    ///
    /// # Examples
    ///
    /// ```
    /// use clerk_emulator::{Emulator, NewToken};
    ///
    /// let emulator = Emulator::start()?;
    /// let new = NewToken::new("user_1", r#"{"sub":"user_2"}"#);
    /// let token = emulator.issue(new).expect("a valid actor, and every user exists");
    /// let session = emulator.sign_in(&token.token).expect("a ticket that has not been used");
    /// assert_eq!(session.user_id, "user_1");
    /// assert_eq!(session.actor.as_deref(), Some(r#"{"sub":"user_2"}"#));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn sign_in(&self, ticket: &str) -> Result<Session, AcceptError> {
        let ticket = ticket.split_once("?ticket=").map_or(ticket, |(_, ticket)| ticket);
        self.instance.sign_in(ticket, generate::client_id())
    }

    /// Returns a snapshot of all sessions, in order of creation.
    ///
    /// Of the sessions that are over, only the newest thousand are certain to be remembered.
    pub fn sessions(&self) -> Vec<Session> {
        self.instance.ledger(|ledger, now| ledger.sessions.iter(now).collect())
    }

    /// Returns a snapshot of the session with this id, if there is one.
    pub fn session(&self, id: &str) -> Option<Session> {
        self.instance.ledger(|ledger, now| ledger.sessions.get(id, now)).ok()
    }

    /// Begins a session of a user without an actor, as if the user had signed in. Whether the user
    /// exists does not matter.
    pub fn start_session(&self, user_id: impl Into<String>) -> Session {
        let (user_id, client_id) = (user_id.into(), generate::client_id());
        self.instance.ledger(|ledger, now| ledger.start_session(user_id, client_id, now))
    }

    /// Returns a new token of a session: a JWT that is valid for a minute on the emulator's clock,
    /// like `POST /v1/sessions/{id}/tokens`.
    ///
    /// Verifiers read a clock of their own, so they accept it only if [`advance`](Self::advance)
    /// has not been called before.
    ///
    /// # Errors
    ///
    /// [`SessionError`] if there is no such session, or if it is over.
    pub fn session_token(&self, id: &str) -> Result<String, SessionError> {
        self.instance.session_token(id, None, LIFETIME_IN_SECONDS)
    }

    /// Records activity in a session, which postpones the end of an idle one.
    ///
    /// # Errors
    ///
    /// [`SessionError`] if there is no such session, or if it is over.
    pub fn touch_session(&self, id: &str) -> Result<Session, SessionError> {
        self.instance.ledger(|ledger, now| ledger.sessions.touch(id, now))
    }

    /// Ends a session, as if the person who is signed in had signed out.
    ///
    /// # Errors
    ///
    /// [`SessionError`] if there is no such session, or if it is over.
    pub fn end_session(&self, id: &str) -> Result<Session, SessionError> {
        self.instance.ledger(|ledger, now| ledger.sessions.end(id, SessionStatus::Ended, now))
    }

    /// Revokes a session, like `POST /v1/sessions/{id}/revoke`.
    ///
    /// # Errors
    ///
    /// [`SessionError`] if there is no such session, or if it is over and
    /// [`EndedSessionRevoke::Refused`](crate::EndedSessionRevoke::Refused) applies.
    pub fn revoke_session(&self, id: &str) -> Result<Session, SessionError> {
        self.instance.revoke_session(id)
    }

    /// Sets the status of a session, for those that only other parts of Clerk lead to.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotFound`] if there is no such session.
    pub fn set_session_status(
        &self,
        id: &str,
        status: SessionStatus,
    ) -> Result<Session, SessionError> {
        self.instance.ledger(|ledger, now| ledger.sessions.set_status(id, status, now))
    }

    /// Deletes a user. The user's sessions end, and tokens for the user can no longer be created or
    /// accepted.
    pub fn delete_user(&self, id: &str) {
        self.instance.ledger(|ledger, now| ledger.delete_user(id, now));
    }

    /// Advances the emulator's clock, so that tokens expire. The clock runs on from there.
    pub fn advance(&self, by: Duration) {
        self.instance.clock.advance(by);
    }

    /// Returns the number of requests that have arrived.
    ///
    /// A request counts once its head has been read, whatever becomes of it: refused requests
    /// count, and so do those on which a [`Fault`] fires. Only a request with a host other than
    /// loopback neither counts nor takes a fault, because it may come from a website.
    pub fn requests(&self) -> usize {
        self.faults.requests()
    }

    /// Adds a fault to the queue. Each request takes the first one that is waiting for it.
    pub fn inject(&self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Returns the number of faults that have fired.
    ///
    /// A fault whose client disconnects before it can fire is used up, but not counted.
    pub fn faults_fired(&self) -> usize {
        self.faults.fired()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("base_url", &self.base_url)
            .field("secret_key", &Redacted)
            .field("tokens", &self.instance.ledger(|ledger, _| ledger.tokens.len()))
            .field("sessions", &self.instance.ledger(|ledger, _| ledger.sessions.len()))
            .field("requests", &self.faults.requests())
            .field("faults_fired", &self.faults.fired())
            .field("server", &self.server)
            .finish()
    }
}
