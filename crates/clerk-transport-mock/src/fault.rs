use std::time::Duration;

use clerk_core::TransportErrorKind;

/// Says what goes wrong with one request, before or after it takes effect.
///
/// "Effect" is whatever the inner transport does with the request: after it, the server has created
/// or revoked. Only what is said here to be certain is told to core; so this is also a list of what
/// core has to cope with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Fails without effect, and says that certainly nothing was sent.
    FailUnsent(TransportErrorKind),
    /// Fails without effect, and cannot say so: the request may have been sent.
    FailBefore(TransportErrorKind),
    /// Fails with the effect done: the answer is thrown away.
    FailAfter(TransportErrorKind),
    /// Waits, as for a connection, and then sends. Until then, it is known that nothing was
    /// written.
    DelayBefore(Duration),
    /// Sends, and holds the answer back.
    DelayAfter(Duration),
    /// Answers with this status without effect, as a gateway does that turns the request away.
    StatusInstead(u16),
    /// Answers with this status with the effect done, as a gateway does that has lost patience.
    StatusAfter(u16),
    /// Breaks off the answer after its head, with the effect done: a failure that knows status and
    /// headers.
    Cut,
    /// Sends, and never answers.
    Silence,
}
