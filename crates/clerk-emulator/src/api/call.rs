use http::{HeaderMap, header};

use crate::state::Instance;

/// A request that has found its endpoint.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) instance: &'a Instance,
    /// The id in the path; empty if the path has none.
    pub(crate) id: &'a str,
    /// The query, still encoded; empty if there is none.
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// Of no meaning to most endpoints. They ignore it: a client that sends a body where none is
    /// needed, an empty object for example, does no harm.
    pub(crate) body: &'a [u8],
}

impl<'a> Call<'a> {
    /// Returns the origin of the website that sends the request, as browsers report it.
    pub(crate) fn origin(&self) -> Option<&'a str> {
        self.headers.get(header::ORIGIN)?.to_str().ok().filter(|origin| *origin != "null")
    }
}
