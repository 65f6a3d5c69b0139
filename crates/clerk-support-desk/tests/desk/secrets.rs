//! Nothing secret is shown, stored or logged, but for the link on its page.

use std::{
    fs, io,
    sync::{Arc, Mutex},
};

use clerk_emulator::{Emulator, Fault, Operation};
use clerk_support_desk::{Desk, Store, app};
use clerk_transport_mock::ManualTimer;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    browser::{end, overview, start},
    desk::{always, client},
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn only_one_page_has_the_link_and_nothing_has_another_secret() {
    let log = Log::default();
    let writer = log.clone();
    // For the whole process: what one thread sees depends on what others have seen.
    let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE);
    subscriber.with_ansi(false).with_writer(move || writer.clone()).init();

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.sqlite3");
    let emulator = Emulator::start().unwrap();
    let desk = Desk::new(Store::open(&file).unwrap(), client(&emulator), ManualTimer::new());
    let mut found = Vec::new();
    let desk = app(desk, always());

    // One that is used and ended, one whose response is lost, and one that echoes everything.
    let started = start(&desk, "user_1", "the export hangs").await;
    let token = emulator.tokens().remove(0);
    assert_eq!(started.body.matches(&token.token).count(), 1, "the link is shown once");
    found.push(started.body.replace(&token.url, ""));
    emulator.sign_in(&token.token).unwrap();
    found.push(overview(&desk).await.body);
    found.push(end(&desk).await.body);
    emulator.inject(Fault::cut_response(1000).on(Operation::CreateActorToken));
    found.push(start(&desk, "user_1", "again").await.body);
    let lost = emulator.tokens().remove(1);
    found.push(end(&desk).await.body);
    let key = emulator.secret_key().to_owned();
    for status in [200, 400, 500] {
        let echo = format!(
            r#"{{"id":"act_1","token":"{0}","url":"{0}","errors":[{{"code":"a","message":"{1}",
                "long_message":"Bearer {1}"}}]}}"#,
            token.token, key
        );
        emulator.inject(Fault::raw(status, "application/json", echo));
        found.push(start(&desk, "user_1", "once more").await.body);
    }
    assert_eq!(emulator.faults_fired(), 4);
    found.push(overview(&desk).await.body);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for event in ["started audit_id=", "ended audit_id=", "It may have started"] {
        assert!(log.contains(event), "{event} in {log}");
    }
    found.push(log);
    for file in fs::read_dir(&folder).unwrap() {
        let content =
            String::from_utf8_lossy(&fs::read(file.unwrap().path()).unwrap()).into_owned();
        assert!(content.contains("the export hangs"), "{content}");
        found.push(content);
    }
    assert_eq!(found.len(), 11);
    for secret in [&key, &token.token, &lost.token] {
        for text in &found {
            assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        }
    }
}
