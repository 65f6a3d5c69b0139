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
}
