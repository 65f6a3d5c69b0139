use crate::{box_error::BoxError, row::Row, scratch::Scratch};

/// How many creates may be ambiguous because a server ends an HTTP/2 connection by a GOAWAY with
/// `NO_ERROR`, which says what it has not processed.
pub(super) const MAX_AMBIGUOUS_BY_GOAWAY: usize = 0;

/// A server with certain settings, and the calls that go through it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Scratch) -> Result<Row, BoxError>,
}
