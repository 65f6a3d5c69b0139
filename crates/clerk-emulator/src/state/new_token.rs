/// The parameters of an actor token that a test issues itself, with
/// [`Emulator::issue`](crate::Emulator::issue).
///
/// # Examples
///
/// ```
/// use clerk_emulator::{Emulator, NewToken};
///
/// let emulator = Emulator::start()?;
/// let new = NewToken::new("user_1", r#"{"sub":"user_2"}"#).expires_in_seconds(60);
/// let token = emulator.issue(new).expect("a valid actor, and every user exists");
/// assert_eq!(token.expires_in_seconds, 60);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "no token exists until `Emulator::issue` is called"]
pub struct NewToken {
    pub(crate) user_id: String,
    pub(crate) actor: String,
    pub(crate) expires_in_seconds: u64,
    pub(crate) session_max_duration_in_seconds: u64,
}

impl NewToken {
    /// Returns the parameters of a token for this user and this actor, a JSON object with a `sub`.
    pub fn new(user_id: impl Into<String>, actor: impl Into<String>) -> Self {
        Self {
            user_id: user_id.into(),
            actor: actor.into(),
            expires_in_seconds: 3600,
            session_max_duration_in_seconds: 1800,
        }
    }

    /// Sets the lifetime of the token. The default is 3600, an hour.
    pub fn expires_in_seconds(self, expires_in_seconds: u64) -> Self {
        Self { expires_in_seconds, ..self }
    }

    /// Sets the longest time that the impersonated session may last. The default is 1800, half an
    /// hour.
    pub fn session_max_duration_in_seconds(self, session_max_duration_in_seconds: u64) -> Self {
        Self { session_max_duration_in_seconds, ..self }
    }
}

/// The reason why an actor token cannot be issued.
///
/// # Examples
///
/// ```
/// use clerk_emulator::{Emulator, IssueError, NewToken};
///
/// let emulator = Emulator::builder().users(["user_1"]).start()?;
/// let without_sub = NewToken::new("user_1", "{}");
/// assert_eq!(emulator.issue(without_sub), Err(IssueError::InvalidActor));
/// let unknown = NewToken::new("user_3", r#"{"sub":"user_2"}"#);
/// assert_eq!(emulator.issue(unknown), Err(IssueError::UserNotFound));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The actor is not a JSON object with a `sub`, a string that is not empty.
    #[error("actor must be a JSON object with a `sub`")]
    InvalidActor,
    /// The user does not exist.
    #[error("user not found")]
    UserNotFound,
}
