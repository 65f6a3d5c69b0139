use std::borrow::Cow;

use http::Method;

use crate::{error::Mismatch, retry::Replay};

/// One operation of Clerk's API: what is sent, how it may be replayed, and how a success is read.
///
/// Everything else about a request or a response is the same for all operations. To add one, write
/// a file like [`CreateToken`](super::CreateToken)'s.
pub(crate) trait Operation: Send + Sync + 'static {
    /// What a success is read into.
    type Output: Send;

    /// The name in [`Attempt::operation`](crate::Attempt::operation).
    const NAME: &'static str;
    const METHOD: Method;
    const REPLAY: Replay;

    /// Returns the path below the base URL, beginning with a slash.
    fn path(&self) -> Cow<'static, str>;

    /// Returns the JSON to send, if there is any.
    fn body(&self) -> Option<String>;

    /// Reads the body of a success.
    fn read(&self, body: &[u8]) -> Result<Self::Output, Mismatch>;
}
