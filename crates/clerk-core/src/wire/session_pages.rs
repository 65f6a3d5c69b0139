use std::collections::HashMap;

use super::{ListSessions, list_sessions::SessionPage};
use crate::domain::{Session, SessionId, UserId};

/// The sessions of a user, collected page by page from a list that may change meanwhile.
///
/// Each page begins with the last session of the page before. If it does not, sessions have left
/// the list, others have moved up unseen, and the list is read again from the start. Sessions that
/// join the list are no problem: they only make pages overlap more.
#[derive(Debug, Default)]
pub(crate) struct SessionPages {
    sessions: Vec<Session>,
    positions: HashMap<SessionId, usize>,
    offset: usize,
    pages: usize,
}

/// What is known after a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    More,
    Complete,
}

impl SessionPages {
    /// Returns the request for the next page.
    pub(crate) fn next(&self, user_id: &UserId) -> ListSessions {
        ListSessions::new(user_id.clone(), self.offset, self.pages)
    }

    /// Adds the page that was requested.
    pub(crate) fn add(&mut self, page: SessionPage) -> Progress {
        let SessionPage { sessions, total_count } = page;
        let continues = self.offset == 0
            || sessions.first().is_some_and(|session| self.positions.contains_key(&session.id));
        let end = self.offset + sessions.len();
        let is_full = sessions.len() >= ListSessions::LIMIT;
        for session in sessions {
            self.insert(session);
        }
        self.pages += 1;
        if !continues {
            self.offset = 0;
            return Progress::More;
        }
        if !is_full && total_count.is_none_or(|total_count| total_count <= end) {
            return Progress::Complete;
        }
        self.offset = end.saturating_sub(1).max(self.offset + 1);
        Progress::More
    }

    /// Returns the sessions, each once, as they were listed last.
    pub(crate) fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    fn insert(&mut self, session: Session) {
        let position = *self.positions.entry(session.id.clone()).or_insert(self.sessions.len());
        match self.sessions.get_mut(position) {
            Some(earlier) => *earlier = session,
            None => self.sessions.push(session),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, SessionPage, SessionPages};
    use crate::domain::{Session, SessionState};

    /// A list of sessions on a server that understands `limit` and `offset`.
    struct List {
        sessions: Vec<Session>,
        is_counted: bool,
    }

    fn session(number: usize, state: SessionState) -> Session {
        Session { id: format!("sess_{number}").parse().unwrap(), user_id: None, state, actor: None }
    }

    impl List {
        fn of(count: usize) -> Self {
            let sessions = (0..count).map(|number| session(number, SessionState::Live)).collect();
            Self { sessions, is_counted: false }
        }

        fn page(&self, offset: usize, limit: usize) -> SessionPage {
            let copy = |found: &Session| Session {
                id: found.id.clone(),
                user_id: None,
                state: found.state,
                actor: None,
            };
            SessionPage {
                sessions: self.sessions.iter().skip(offset).take(limit).map(copy).collect(),
                total_count: self.is_counted.then_some(self.sessions.len()),
            }
        }

        /// Reads all pages, and changes the list after each of them. Returns the offsets as well.
        fn read(&mut self, mut change: impl FnMut(&mut Self, usize)) -> (SessionPages, Vec<usize>) {
            let (mut pages, mut offsets) = (SessionPages::default(), Vec::new());
            loop {
                offsets.push(pages.offset);
                assert!(offsets.len() < 20, "{offsets:?}");
                let progress = pages.add(self.page(pages.offset, 500));
                if progress == Progress::Complete {
                    return (pages, offsets);
                }
                change(self, offsets.len());
            }
        }
    }

    fn ids(pages: &SessionPages) -> Vec<String> {
        pages.sessions().iter().map(|session| session.id.to_string()).collect()
    }

    #[test]
    fn every_session_is_read_once_in_the_order_of_the_list() {
        for (count, offsets) in [
            (0, &[0][..]),
            (1, &[0]),
            (499, &[0]),
            (500, &[0, 499]),
            (600, &[0, 499]),
            (999, &[0, 499, 998]),
            (1_500, &[0, 499, 998, 1_497]),
        ] {
            for is_counted in [false, true] {
                let mut list = List { is_counted, ..List::of(count) };
                let (pages, read) = list.read(|_, _| {});
                let expected: Vec<_> = (0..count).map(|number| format!("sess_{number}")).collect();
                assert_eq!(ids(&pages), expected, "{count}");
                assert_eq!(read, offsets, "{count}");
            }
        }
    }

    #[test]
    fn a_server_that_puts_less_on_a_page_is_read_to_the_end() {
        let list = List { is_counted: true, ..List::of(25) };
        let mut pages = SessionPages::default();
        while pages.add(list.page(pages.offset, 10)) == Progress::More {
            assert!(pages.pages < 20);
        }
        assert_eq!(pages.sessions().len(), 25);
    }

    #[test]
    fn nothing_is_missed_while_sessions_leave_the_list() {
        for leaving in [1, 100, 499, 600] {
            let mut list = List::of(1_100);
            let (pages, offsets) = list.read(|list, page| {
                if page == 1 {
                    list.sessions.drain(..leaving);
                }
            });
            let found = ids(&pages);
            let is_found = |number: &usize| found.contains(&format!("sess_{number}"));
            assert!((leaving..1_100).all(|number| is_found(&number)), "{leaving}");
            assert_eq!(offsets[..3], [0, 499, 0], "{leaving}: it is read again from the start");
        }
    }

    #[test]
    fn nothing_is_missed_or_repeated_while_sessions_join_the_list() {
        let mut list = List::of(600);
        let (pages, offsets) = list.read(|list, page| {
            let new = 1_000 + page;
            list.sessions.insert(0, session(new, SessionState::Live));
        });
        assert_eq!(pages.sessions().len(), 600, "the new one is on a page that was read before");
        assert_eq!(offsets, [0, 499]);
    }

    #[test]
    fn the_latest_state_of_a_session_counts() {
        let mut list = List::of(600);
        let (pages, _) = list.read(|list, _| {
            list.sessions[499] = session(499, SessionState::Over);
        });
        assert_eq!(pages.sessions()[499].state, SessionState::Over);
    }
}
