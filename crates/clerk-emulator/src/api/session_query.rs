use std::borrow::Cow;

use super::{clerk_error::ClerkError, refusal::Refusal};
use crate::state::{Session, SessionStatus};

const LIMIT: usize = 10;
const MAX_LIMIT: usize = 500;

/// The query of a list of sessions, checked and with defaults applied.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SessionQuery<'a> {
    user_id: Option<Cow<'a, str>>,
    client_id: Option<Cow<'a, str>>,
    status: Option<SessionStatus>,
    /// Clerk documents neither the parameter nor the shape of the response that it asks for: its
    /// JavaScript SDK uses both.
    pub(crate) paginated: bool,
    pub(crate) limit: usize,
    pub(crate) offset: usize,
}

impl<'a> SessionQuery<'a> {
    /// Parses a query, and finds every error in it, not only the first.
    ///
    /// Unknown parameters are ignored, as web servers do, and of duplicates the last one wins.
    pub(crate) fn parse(query: &'a str) -> Result<Self, Refusal> {
        let mut parsed = Self::default();
        let mut errors = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if parsed.set(&name, value).is_none() {
                errors.push(ClerkError::param_value_invalid(&name));
            }
        }
        if errors.is_empty() { Ok(parsed) } else { Err(Refusal::unprocessable(errors)) }
    }

    /// Sets a parameter. Returns `None` if its value is invalid.
    fn set(&mut self, name: &str, value: Cow<'a, str>) -> Option<()> {
        match name {
            "user_id" => self.user_id = Some(value),
            "client_id" => self.client_id = Some(value),
            "status" => self.status = Some(status(&value)?),
            "paginated" => self.paginated = value.parse().ok()?,
            "limit" => {
                self.limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit))?;
            }
            "offset" => self.offset = value.parse().ok()?,
            _ => {}
        }
        Some(())
    }

    pub(crate) fn matches(&self, session: &Session) -> bool {
        let is = |filter: &Option<Cow<'_, str>>, id| filter.as_ref().is_none_or(|own| own == id);
        is(&self.user_id, &session.user_id)
            && is(&self.client_id, &session.client_id)
            && self.status.is_none_or(|status| status == session.status)
    }
}

impl Default for SessionQuery<'_> {
    fn default() -> Self {
        Self {
            user_id: None,
            client_id: None,
            status: None,
            paginated: false,
            limit: LIMIT,
            offset: 0,
        }
    }
}

/// Parses a status to filter for. Sessions can be pending, but Clerk does not filter for those.
fn status(name: &str) -> Option<SessionStatus> {
    SessionStatus::parse(name).filter(|status| *status != SessionStatus::Pending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_query_is_the_first_ten_of_all() {
        let query = SessionQuery::parse("").unwrap();
        assert_eq!(query, SessionQuery { limit: 10, offset: 0, ..SessionQuery::default() });
        assert!(!query.paginated);
    }

    #[test]
    fn parameters_are_decoded() {
        let query = SessionQuery::parse(
            "user_id=user%5f1&client_id=a+b&status=ended&paginated=true&limit=500&offset=7&x=y",
        )
        .unwrap();
        let expected = SessionQuery {
            user_id: Some("user_1".into()),
            client_id: Some("a b".into()),
            status: Some(SessionStatus::Ended),
            paginated: true,
            limit: 500,
            offset: 7,
        };
        assert_eq!(query, expected);
    }

    #[test]
    fn invalid_values_are_refused() {
        for query in [
            "limit=0",
            "limit=501",
            "limit=",
            "limit=ten",
            "limit=1.5",
            "offset=-1",
            "offset=x",
            "status=pending",
            "status=Active",
            "status=",
            "paginated=yes",
            "limit=5&limit=0",
        ] {
            assert!(SessionQuery::parse(query).is_err(), "{query}");
        }
    }
}
