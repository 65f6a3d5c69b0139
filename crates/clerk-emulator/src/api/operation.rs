/// An endpoint of the emulator, for faults that wait for it.
///
/// # Examples
///
/// ```
/// use clerk_emulator::{Emulator, Fault, Operation};
///
/// let emulator = Emulator::start()?;
/// // Whatever is requested first, this fault fires when a client lists sessions.
/// emulator.inject(Fault::drop_connection().on(Operation::ListSessions));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `POST /v1/actor_tokens`
    CreateActorToken,
    /// `POST /v1/actor_tokens/{id}/revoke`
    RevokeActorToken,
    /// `GET /v1/sessions`
    ListSessions,
    /// `GET /v1/sessions/{id}`
    GetSession,
    /// `POST /v1/sessions/{id}/revoke`
    RevokeSession,
    /// `POST /v1/sessions/{id}/tokens`
    CreateSessionToken,
    /// `GET /v1/jwks`
    GetJwks,
    /// `GET /.well-known/jwks.json`
    GetPublicJwks,
    /// `GET /v1/tickets/accept`
    AcceptTicket,
    /// `POST /v1/client/sign_ins`
    SignIn,
    /// `POST /v1/client/sessions/{id}/tokens`
    CreateClientSessionToken,
    /// `POST /v1/client/sessions/{id}/touch`
    TouchClientSession,
    /// `POST /v1/client/sessions/{id}/end`
    EndClientSession,
    /// `GET /sign-in`
    OpenSignInPage,
    /// `GET /sessions/{id}`
    OpenSessionPage,
    /// `POST /sessions/{id}/end`
    EndOnSessionPage,
}
