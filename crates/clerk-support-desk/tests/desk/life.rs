//! Start, link, session, end.

use std::{cmp::Ordering, time::Duration};

use axum::http::header;
use clerk_actor_tokens::{ActorTokens, SecretKey};
use clerk_emulator::{Emulator, SessionStatus, TokenStatus};
use clerk_support_desk::{Desk, Store, app};
use clerk_transport_mock::{ManualTimer, MockHttpTransport, reply};
use tempfile::NamedTempFile;

use crate::{
    browser::{end, overview, start},
    desk::{always, client, desk, in_memory},
};

#[tokio::test]
async fn a_link_is_shown_once_and_used_and_its_session_is_ended() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    overview(&desk).await.shows(200, "Nobody has been impersonated yet.");

    let started = start(&desk, " user_1 ", "the export hangs").await;
    let token = emulator.tokens().remove(0);
    assert_eq!(started.link(), Some(token.url.as_str()));
    assert_eq!(started.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(token.expires_in_seconds, 120);
    assert_eq!(token.session_max_duration_in_seconds, 900);

    let page = overview(&desk).await;
    let audit_id = page.between("<tr class=\"live\" id=\"", "\"");
    assert_eq!(token.actor, format!(r#"{{"sub":"user_support","audit_id":"{audit_id}"}}"#));
    assert_eq!(page.link(), None);
    for cell in ["user_support", "user_1", "the export hangs"] {
        page.shows(200, &format!("<td>{cell}</td>"));
    }
    page.shows(200, "2025-01-01 00:00:00 UTC");
    page.shows(200, "<td>live until <time datetime=\"2025-01-01T00:18:00Z\">");

    let own = emulator.start_session("user_1");
    let session = emulator.sign_in(&token.token).unwrap();
    end(&desk).await.shows(200, "One session has ended.");
    assert_eq!(emulator.session(&session.id).unwrap().status, SessionStatus::Revoked);
    assert_eq!(emulator.session(&own.id).unwrap().status, SessionStatus::Active);
    let page = overview(&desk).await;
    page.shows(200, "<td>ended <time datetime=\"2025-01-01T00:00:00Z\">");
    assert!(!page.body.contains("/end\""), "{page:?}");
}

#[tokio::test]
async fn a_link_that_nobody_has_used_is_revoked() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    start(&desk, "user_1", "the export hangs").await.shows(200, "Sign in as user_1");
    end(&desk).await.shows(200, "Nobody had used the link, and nobody can use it any more.");
    assert_eq!(emulator.tokens()[0].status, TokenStatus::Revoked);
    assert_eq!(emulator.requests(), 2);
}

#[tokio::test]
async fn what_is_over_by_itself_says_so() {
    let emulator = Emulator::start().unwrap();
    let timer = ManualTimer::new();
    let desk = in_memory(client(&emulator), &timer);
    start(&desk, "user_1", "the export hangs").await;
    timer.advance(Duration::from_secs(17 * 60 + 59));
    overview(&desk).await.shows(200, "<td>live until");
    timer.advance(Duration::from_secs(60));
    overview(&desk).await.shows(200, "<td>over since");
}

#[tokio::test]
async fn the_row_is_written_before_the_token_is_created() {
    let file = NamedTempFile::new().unwrap();
    let path = file.path().to_owned();
    let mut transport = MockHttpTransport::new();
    transport.expect_send().times(1).returning(move |request| {
        let database = rusqlite::Connection::open(&path).unwrap();
        let sql = "SELECT id FROM impersonations WHERE actor_token_id IS NULL";
        let id: String = database.query_row(sql, [], |row| row.get(0)).unwrap();
        let body = String::from_utf8(request.body().as_ref().to_vec()).unwrap();
        assert!(body.contains(&format!(r#""audit_id":"{id}""#)), "{body}");
        reply::clerk(&request)
    });
    let actor_tokens = ActorTokens::new(transport, SecretKey::new("sk_test_abc").unwrap());
    let store = Store::open(file.path()).unwrap();
    let desk = app(Desk::new(store, actor_tokens, ManualTimer::new()), always());
    start(&desk, "user_1", "the export hangs").await.shows(200, "Impersonation started");
}

#[tokio::test]
async fn what_may_be_live_comes_first() {
    let emulator = Emulator::start().unwrap();
    let timer = ManualTimer::new();
    let desk = in_memory(client(&emulator), &timer);
    start(&desk, "user_1", "the export hangs").await;
    timer.advance(Duration::from_secs(1));
    start(&desk, "user_2", "the export hangs").await;
    let order = async || {
        let page = overview(&desk).await;
        page.body.find("<td>user_1</td>").cmp(&page.body.find("<td>user_2</td>"))
    };
    assert_eq!(order().await, Ordering::Greater, "the newest is first");
    end(&desk).await.shows(200, "Impersonation ended");
    assert_eq!(order().await, Ordering::Less);
}
