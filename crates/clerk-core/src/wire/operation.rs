use std::borrow::Cow;

use http::Method;

use crate::{domain::ActorTokenId, error::Mismatch, retry::Replay};

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
    /// The path below the base URL as Clerk's documentation writes it, with the names of what
    /// varies in braces.
    const PATH_TEMPLATE: &'static str;
    const REPLAY: Replay;

    /// Returns the path below the base URL, beginning with a slash.
    fn path(&self) -> Cow<'static, str>;

    /// Returns the JSON to send, if there is any.
    fn body(&self) -> Option<String>;

    /// Reads the body of a success.
    fn read(&self, body: &[u8]) -> Result<Self::Output, Mismatch>;

    /// Returns the id of the actor token that the operation is about, as soon as it is known: from
    /// the start, or from the output.
    #[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "only spans show it"))]
    fn actor_token_id<'a>(&'a self, output: Option<&'a Self::Output>) -> Option<&'a ActorTokenId>;
}
