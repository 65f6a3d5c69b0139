//! What may be live.

use std::{sync::Arc, thread, time::Duration};

use clerk_actor_tokens::{
    ActorTokens, HttpRequest, HttpResponse, HttpTransport, SecretKey, TransportError, async_trait,
};
use clerk_emulator::{Emulator, Fault, NewToken, Operation, SessionStatus, TokenStatus};
use clerk_support_desk::{Desk, Store, app};
use clerk_transport_mock::{ManualTimer, MockHttpTransport, reply};
use tempfile::NamedTempFile;
use tokio::{runtime::Runtime, sync::Semaphore};

use crate::{
    browser::{end, overview, start},
    desk::{always, client, desk, in_memory},
};

#[tokio::test]
async fn an_ambiguous_create_may_be_live_and_is_ended_by_its_actor() {
    let emulator = Emulator::start().unwrap();
    let timer = ManualTimer::new();
    let desk = in_memory(client(&emulator), &timer);
    emulator.inject(Fault::drop_connection().after_effect().on(Operation::CreateActorToken));
    start(&desk, "user_1", "the export hangs").await.shows(502, "It may have started");
    assert_eq!((emulator.faults_fired(), emulator.tokens().len()), (1, 1));
    overview(&desk).await.shows(200, "<strong>may be live until <time");

    let session = emulator.sign_in(&emulator.tokens()[0].token).unwrap();
    let other = emulator.start_session("user_1");
    let ended = end(&desk).await;
    ended.shows(200, "One session has ended.");
    ended.shows(200, "may exist until <time datetime=\"2025-01-01T00:03:00Z\">");
    assert_eq!(emulator.session(&session.id).unwrap().status, SessionStatus::Revoked);
    assert_eq!(emulator.session(&other.id).unwrap().status, SessionStatus::Active);
    overview(&desk).await.shows(200, "<strong>may be live until <time");

    timer.advance(Duration::from_secs(180));
    end(&desk).await.shows(200, "Impersonation ended");
    overview(&desk).await.shows(200, "<td>ended <time");
}

#[tokio::test]
async fn a_token_in_a_response_that_does_not_fit_is_revoked() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    let other = emulator.issue(NewToken::new("user_2", r#"{"sub":"a"}"#)).unwrap();
    let body = format!(
        r#"{{"object":"actor_token","id":"{}","status":"pending","user_id":"user_2",
            "actor":{{"sub":"a"}},"created_at":1,"updated_at":1}}"#,
        other.id
    );
    emulator.inject(Fault::raw(200, "application/json", body));
    start(&desk, "user_1", "the export hangs").await.shows(502, "It may have started");
    assert_eq!(emulator.faults_fired(), 1);
    end(&desk).await.shows(200, "Nobody had used the link");
    assert_eq!(emulator.token(&other.id).unwrap().status, TokenStatus::Revoked);
}

#[test]
fn a_restart_in_the_middle_of_a_create_leaves_it_in_doubt() {
    let emulator = Emulator::start().unwrap();
    let file = NamedTempFile::new().unwrap();
    let open = || {
        let store = Store::open(file.path()).unwrap();
        app(Desk::new(store, client(&emulator), ManualTimer::new()), always())
    };
    emulator.inject(Fault::silence().after_effect().on(Operation::CreateActorToken));

    let process = Runtime::new().unwrap();
    let desk = process.block_on(async { open() });
    let starting = process.spawn(async move { start(&desk, "user_1", "the export hangs").await });
    while emulator.faults_fired() == 0 {
        assert!(!starting.is_finished(), "the create is not under way");
        thread::yield_now();
    }
    drop(process);
    assert_eq!(emulator.tokens().len(), 1);

    Runtime::new().unwrap().block_on(async {
        let desk = open();
        overview(&desk).await.shows(200, "<strong>may be live until <time");
        let session = emulator.sign_in(&emulator.tokens()[0].token).unwrap();
        end(&desk).await.shows(200, "One session has ended.");
        assert_eq!(emulator.session(&session.id).unwrap().status, SessionStatus::Revoked);
    });
}

/// A transport that responds when it is told to.
struct Gate {
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

#[async_trait]
impl HttpTransport for Gate {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.arrived.add_permits(1);
        self.open.acquire().await.unwrap().forget();
        reply::clerk(&request)
    }
}

#[tokio::test]
async fn a_browser_that_goes_away_does_not_leave_a_create_half_done() {
    let (arrived, open) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let gate = Gate { arrived: arrived.clone(), open: open.clone() };
    let actor_tokens = ActorTokens::new(gate, SecretKey::new("sk_test_abc").unwrap());
    let desk = in_memory(actor_tokens, &ManualTimer::new());

    let browser = desk.clone();
    let browser = tokio::spawn(async move { start(&browser, "user_1", "why").await });
    arrived.acquire().await.unwrap().forget();
    browser.abort();
    assert!(browser.await.unwrap_err().is_cancelled());
    overview(&desk).await.shows(200, "may be live until");

    open.add_permits(1);
    for _ in 0..1000 {
        if overview(&desk).await.body.contains("<td>live until") {
            return;
        }
    }
    panic!("the id of the token was not stored");
}

#[tokio::test]
async fn a_token_whose_id_cannot_be_stored_gives_no_link() {
    let file = NamedTempFile::new().unwrap();
    let path = file.path().to_owned();
    let mut transport = MockHttpTransport::new();
    transport.expect_send().times(1).returning(move |request| {
        let sql = "CREATE TRIGGER full BEFORE UPDATE ON impersonations
            BEGIN SELECT RAISE(ABORT, 'disk full'); END";
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        reply::clerk(&request)
    });
    let actor_tokens = ActorTokens::new(transport, SecretKey::new("sk_test_abc").unwrap());
    let store = Store::open(file.path()).unwrap();
    let desk = app(Desk::new(store, actor_tokens, ManualTimer::new()), always());
    let page = start(&desk, "user_1", "the export hangs").await;
    page.shows(500, "This desk is out of order");
    assert_eq!(page.link(), None);
    overview(&desk).await.shows(200, "<strong>may be live until");
}
