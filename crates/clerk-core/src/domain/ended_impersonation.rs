use super::SessionId;

/// An impersonation that is over.
///
/// The token, if its id was given, cannot be used any more, and no session of this actor was live
/// when the user's sessions were last listed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndedImpersonation {
    /// What became of the actor token.
    pub token: EndedToken,
    /// The sessions of this actor that were live and are over now, whoever ended them.
    pub sessions: Vec<SessionId>,
    /// The live sessions of an actor with the same `sub` and other claims, which were left alone:
    /// most likely another impersonation by the same person. Empty if the sessions did not have to
    /// be listed, because the token was still pending.
    pub similar: Vec<SessionId>,
}

/// What became of the actor token of an impersonation that was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndedToken {
    /// It was pending and is revoked: nobody has used it.
    Revoked,
    /// It was not pending any more: it was used or revoked, or has expired.
    NotPending,
    /// Its id was not given. If nobody has used it, it remains usable until it expires.
    NotGiven,
}
