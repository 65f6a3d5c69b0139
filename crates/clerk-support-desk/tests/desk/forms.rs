//! What comes from the browser.

use axum::{body::Body, http::Request};
use clerk_emulator::Emulator;
use clerk_support_desk::{Desk, SignIn, Store, app};
use clerk_transport_mock::ManualTimer;

use crate::{
    browser::{form, overview, send, start},
    desk::{client, desk},
};

#[tokio::test]
async fn a_reason_and_a_valid_user_are_mandatory() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    start(&desk, "user_1", " \t").await.shows(422, "A reason is mandatory");
    send(&desk, form("/", &[("user_id", "user_1")])).await.shows(422, "A reason is mandatory");
    start(&desk, "user/1", "why not").await.shows(422, "This is not the id of a user");
    overview(&desk).await.shows(200, "Nobody has been impersonated yet.");
    assert_eq!(emulator.requests(), 0);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_starts_once() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    let fields = [("form_id", "1"), ("user_id", "user_1"), ("reason", "the export hangs")];
    assert!(send(&desk, form("/", &fields)).await.link().is_some());
    let again = send(&desk, form("/", &fields)).await;
    again.shows(409, "This form was sent before");
    assert_eq!((again.link(), emulator.tokens().len()), (None, 1));
}

#[tokio::test]
async fn the_proxy_says_who_is_there() {
    let emulator = Emulator::start().unwrap();
    let store = Store::open(":memory:").unwrap();
    let desk = app(Desk::new(store, client(&emulator), ManualTimer::new()), SignIn::Proxy);
    for name in ["", " "] {
        let request = Request::get("/").header("X-Forwarded-User", name);
        send(&desk, request.body(Body::empty()).unwrap()).await.shows(401, "Who are you?");
    }
    let fields = [("form_id", "1"), ("user_id", "user_1"), ("reason", "the export hangs")];
    send(&desk, form("/", &fields)).await.shows(401, "Who are you?");
    let mut request = form("/", &fields);
    request.headers_mut().insert("X-Forwarded-User", "ada@example.com".parse().unwrap());
    send(&desk, request).await.shows(200, "Impersonation started");
    assert!(emulator.tokens()[0].actor.starts_with(r#"{"sub":"ada@example.com","#));
}

#[tokio::test]
async fn only_forms_of_its_own_page_are_accepted() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    let fields = [("form_id", "1"), ("user_id", "user_1"), ("reason", "the export hangs")];
    let paths = ["/", "/impersonations/audit_1/end"];
    for site in [Some("cross-site"), Some("same-site"), Some("none"), None] {
        for path in paths {
            let mut request = form(path, &fields);
            request.headers_mut().remove("Sec-Fetch-Site");
            if let Some(site) = site {
                request.headers_mut().insert("Sec-Fetch-Site", site.parse().unwrap());
            }
            let title = "This did not come from this desk's page";
            send(&desk, request).await.shows(403, title);
        }
    }
    assert_eq!(emulator.requests(), 0);
    send(&desk, form("/", &fields)).await.shows(200, "Impersonation started");
}

#[tokio::test]
async fn nothing_that_people_enter_is_markup() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    start(&desk, "user_1", "<script>\"a\" & b</script>").await.shows(200, "started");
    overview(&desk).await.shows(200, "<td>&lt;script&gt;&quot;a&quot; &amp; b&lt;/script&gt;</td>");
}
