use std::collections::HashSet;

/// What is decided about an instance before it starts.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) secret_key: String,
    /// `None` if every user exists.
    pub(crate) users: Option<HashSet<String>>,
    pub(crate) ended_session_revoke: EndedSessionRevoke,
}

/// The response to revoking a session that is already over, which Clerk does not document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EndedSessionRevoke {
    /// 400 with the code `session_cannot_be_revoked`, as for an actor token that is not pending.
    #[default]
    Refused,
    /// 200 with the session as it is. Its status does not change.
    Succeeds,
}
