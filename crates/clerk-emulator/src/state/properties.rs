//! What holds for a ledger whatever happens to it, and in whatever order.

use std::collections::HashSet;

use proptest::{prelude::*, sample::Index};

use super::{
    clock::UnixMillis,
    generate,
    issued_token::{IssuedToken, TokenStatus},
    ledger::Ledger,
    session::{Session, SessionStatus},
};

const MINUTE: UnixMillis = 60_000;

/// Something that a client, a person or a test does.
#[derive(Debug, Clone)]
enum Step {
    Create { user: u8, expires_in_seconds: u64, session_max_duration_in_seconds: u64 },
    AcceptToken(Index),
    RevokeToken(Index),
    StartSession { user: u8 },
    TouchSession(Index),
    EndSession(Index),
    RevokeSession(Index),
    DeleteUser { user: u8 },
    Advance(UnixMillis),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    // So short, and such steps in time, that all of them often meet.
    let seconds = || prop_oneof![1..1_200_u64, Just(u64::MAX)];
    let user = || 0..3_u8;
    prop_oneof![
        4 => (user(), seconds(), seconds()).prop_map(
            |(user, expires_in_seconds, session_max_duration_in_seconds)| Step::Create {
                user,
                expires_in_seconds,
                session_max_duration_in_seconds,
            }
        ),
        4 => index().prop_map(Step::AcceptToken),
        2 => index().prop_map(Step::RevokeToken),
        1 => user().prop_map(|user| Step::StartSession { user }),
        3 => index().prop_map(Step::TouchSession),
        1 => index().prop_map(Step::EndSession),
        1 => index().prop_map(Step::RevokeSession),
        1 => user().prop_map(|user| Step::DeleteUser { user }),
        4 => prop_oneof![0..1_000_i64, 0..700_000_i64, Just(10 * MINUTE)].prop_map(Step::Advance),
    ]
}

/// A ledger and what can be seen of it at some time.
#[derive(Default)]
struct World {
    ledger: Ledger,
    now: UnixMillis,
    tokens: Vec<IssuedToken>,
    sessions: Vec<Session>,
}

impl World {
    fn take(&mut self, step: &Step) {
        let Self { ledger, now, .. } = self;
        let now = *now;
        let token = |index: Index| pick(&self.tokens, index).map(|token| token.id.clone());
        let session = |index: Index| pick(&self.sessions, index).map(|session| session.id.clone());
        match step {
            Step::Create { user, expires_in_seconds, session_max_duration_in_seconds } => {
                ledger.tokens.insert(
                    IssuedToken {
                        id: generate::actor_token_id(),
                        user_id: user_id(*user),
                        expires_in_seconds: *expires_in_seconds,
                        session_max_duration_in_seconds: *session_max_duration_in_seconds,
                        created_at: now,
                        updated_at: now,
                        ..IssuedToken::example()
                    },
                    now,
                );
            }
            Step::AcceptToken(index) => {
                if let Some(id) = token(*index) {
                    let is_possible = is_pending(ledger, &id, now)
                        && ledger
                            .tokens
                            .get(&id)
                            .is_some_and(|t| ledger.users.contains(&t.user_id));
                    let accepted = ledger.accept(&id, generate::client_id(), now);
                    assert_eq!(accepted.is_ok(), is_possible, "{accepted:?}");
                }
            }
            Step::RevokeToken(index) => {
                if let Some(id) = token(*index) {
                    let is_possible = is_pending(ledger, &id, now);
                    assert_eq!(ledger.revoke_token(&id, now).is_ok(), is_possible);
                }
            }
            Step::StartSession { user } => {
                ledger.start_session(user_id(*user), generate::client_id(), now);
            }
            Step::TouchSession(index) => {
                if let Some(id) = session(*index) {
                    assert_eq!(is_live(ledger, &id, now), ledger.sessions.touch(&id, now).is_ok());
                }
            }
            Step::EndSession(index) => end(ledger, session(*index), SessionStatus::Ended, now),
            Step::RevokeSession(index) => end(ledger, session(*index), SessionStatus::Revoked, now),
            Step::DeleteUser { user } => ledger.delete_user(&user_id(*user), now),
            Step::Advance(by) => self.now += by,
        }
    }

    /// Looks at everything, and compares it with itself and with what was seen before.
    fn look(&mut self) {
        let now = self.now;
        let tokens: Vec<_> = self.ledger.tokens.iter().cloned().collect();
        let sessions: Vec<_> = self.ledger.sessions.iter(now).collect();

        let ids = tokens.iter().map(|token| &token.id);
        let ids = ids.chain(sessions.iter().flat_map(|session| [&session.id, &session.client_id]));
        assert_eq!(ids.collect::<HashSet<_>>().len(), tokens.len() + 2 * sessions.len());

        let accepted = tokens.iter().filter(|token| token.status == TokenStatus::Accepted);
        let begun = sessions.iter().filter_map(|session| session.actor_token_id.as_ref());
        assert!(accepted.map(|token| &token.id).collect::<HashSet<_>>() == begun.collect());

        for session in &sessions {
            assert!(session.created_at <= session.last_active_at, "{session:?}");
            assert!(session.last_active_at <= session.updated_at, "{session:?}");
            assert!(session.updated_at <= now, "{session:?}");
            let Some(id) = &session.actor_token_id else { continue };
            let token = tokens.iter().find(|token| token.id == *id).unwrap();
            assert_eq!(
                (&session.user_id, session.actor.as_ref()),
                (&token.user_id, Some(&token.actor))
            );
            assert_eq!(session.created_at, token.updated_at, "{session:?}");
            let lasted = u64::try_from(session.updated_at - session.created_at).unwrap();
            assert!(lasted <= token.session_max_duration_in_seconds.saturating_mul(1_000));
            if session.status.is_live() {
                assert!(now < session.last_active_at + 10 * MINUTE, "{session:?} at {now}");
                let max = i64::try_from(token.session_max_duration_in_seconds).unwrap_or(i64::MAX);
                assert!(now < session.created_at.saturating_add(max.saturating_mul(1_000)));
                assert!(self.ledger.users.contains(&session.user_id), "{session:?}");
            }
        }
        assert!(tokens.windows(2).all(|pair| pair[0].created_at <= pair[1].created_at));
        assert!(sessions.windows(2).all(|pair| pair[0].created_at <= pair[1].created_at));

        for (before, after) in self.tokens.iter().zip(&tokens) {
            assert!(before.id == after.id && before.updated_at <= after.updated_at);
            assert!(
                before.status == TokenStatus::Pending || before == after,
                "{before:?} {after:?}"
            );
        }
        for (before, after) in self.sessions.iter().zip(&sessions) {
            assert!(before.id == after.id && before.updated_at <= after.updated_at);
            assert!(before.status.is_live() || before == after, "{before:?} {after:?}");
        }
        (self.tokens, self.sessions) = (tokens, sessions);
    }
}

fn user_id(user: u8) -> String {
    format!("user_{user}")
}

fn pick<T>(records: &[T], index: Index) -> Option<&T> {
    if records.is_empty() { None } else { Some(index.get(records)) }
}

fn is_pending(ledger: &Ledger, id: &str, now: UnixMillis) -> bool {
    let token = ledger.tokens.get(id).unwrap();
    let age = u64::try_from(now - token.created_at).unwrap();
    token.status == TokenStatus::Pending && age < token.expires_in_seconds.saturating_mul(1_000)
}

fn is_live(ledger: &Ledger, id: &str, now: UnixMillis) -> bool {
    ledger.sessions.get(id, now).unwrap().status.is_live()
}

fn end(ledger: &mut Ledger, id: Option<String>, to: SessionStatus, now: UnixMillis) {
    let Some(id) = id else { return };
    let was_live = is_live(ledger, &id, now);
    let ended = ledger.sessions.end(&id, to, now);
    assert_eq!(ended.is_ok_and(|session| session.status == to), was_live);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sessions_come_from_accepted_tokens_and_end_in_time(
        steps in proptest::collection::vec(step(), 1..60)
    ) {
        let mut world = World::default();
        for step in &steps {
            world.take(step);
            world.look();
        }
    }
}
