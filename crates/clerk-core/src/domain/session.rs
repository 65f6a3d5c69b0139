use super::{Claims, SessionId, UserId};

/// A session of a user, as far as ending an impersonation needs to know it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    /// `None` if Clerk did not say.
    pub(crate) user_id: Option<UserId>,
    pub(crate) state: SessionState,
    /// Who acts as the user; `None` for a session that the user began.
    pub(crate) actor: Option<Claims>,
}

/// Whether somebody is still signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionState {
    Live,
    Over,
}

impl SessionState {
    /// Returns the state behind Clerk's name for a status. One that is not known to be the end of a
    /// session is live.
    pub(crate) fn of_status(name: &str) -> Self {
        match name {
            "ended" | "removed" | "replaced" | "expired" | "abandoned" | "revoked" => Self::Over,
            _ => Self::Live,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SessionState::{self, Live, Over};

    #[test]
    fn a_session_is_live_unless_its_status_says_otherwise() {
        for status in ["ended", "removed", "replaced", "expired", "abandoned", "revoked"] {
            assert_eq!(SessionState::of_status(status), Over, "{status}");
        }
        for status in ["active", "pending", "new", "", "Revoked"] {
            assert_eq!(SessionState::of_status(status), Live, "{status}");
        }
    }
}
