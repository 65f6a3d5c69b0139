use std::collections::HashSet;

use super::session_token::SessionTokenVersion;

/// What is decided about an instance before it starts.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) secret_key: String,
    /// `None` if every user exists.
    pub(crate) users: Option<HashSet<String>>,
    /// The page for signing in, or `None` for the emulator's own.
    pub(crate) sign_in_url: Option<String>,
    pub(crate) session_token_version: SessionTokenVersion,
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
