//! The pages for people, as a browser without scripts uses them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod http_client;

use std::time::Duration;

use clerk_emulator::{Emulator, NewToken, SessionStatus, TokenStatus};
use http_client::{Request, Response};

const ACTOR: &str = r#"{"sub":"user_2","why":"<script>alert('x')</script> & \"more\""}"#;

fn get(emulator: &Emulator, path: &str) -> Response {
    Request { authorization: None, ..Request::get(emulator, path) }.send(emulator)
}

fn post(emulator: &Emulator, path: &str) -> Response {
    Request::form(emulator, path, "").send(emulator)
}

/// Issues a token and opens its link, and follows the redirects to the page of the session.
fn open_link(emulator: &Emulator) -> (String, Response) {
    let token = emulator.issue(NewToken::new("user_<1>", ACTOR)).unwrap();
    let origin = emulator.base_url().strip_suffix("/v1").unwrap();
    let accepted = get(emulator, token.url.strip_prefix(origin).unwrap());
    assert_eq!(accepted.status(), 302);
    let sign_in = accepted.header("Location").unwrap();
    assert_eq!(sign_in, format!("/sign-in?__clerk_ticket={}", token.token));
    assert_eq!(emulator.token(&token.id).unwrap().status, TokenStatus::Pending);

    let signed_in = get(emulator, sign_in);
    assert_eq!(signed_in.status(), 303);
    assert_eq!(emulator.token(&token.id).unwrap().status, TokenStatus::Accepted);
    let page = signed_in.header("Location").unwrap().to_owned();
    assert_eq!(page, format!("/sessions/{}", emulator.sessions()[0].id));
    let response = get(emulator, &page);
    assert_eq!(response.status(), 200);
    (page, response)
}

#[test]
fn the_page_says_who_is_signed_in_as_whom_and_until_when() {
    let emulator = Emulator::start().unwrap();
    let (page, response) = open_link(&emulator);
    assert!(
        response.body.contains("<h1>user_2 is signed in as user_&lt;1&gt;</h1>"),
        "{}",
        response.body
    );
    let actor = "{&quot;sub&quot;:&quot;user_2&quot;,&quot;why&quot;:&quot;\
        &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; \\&quot;more\\&quot;&quot;}";
    assert!(response.body.contains(actor), "{}", response.body);
    let form = format!(r#"<form method="post" action="{page}/end">"#);
    assert!(response.body.contains(&form), "{}", response.body);
    let until = response.body.split("<dt>Until</dt><dd>").nth(1).unwrap();
    assert!(until[29..].starts_with(" at the latest, and "), "{until}");
    assert!(until[49 + 29..].starts_with(" if nothing happens before</dd>"), "{until}");
    assert_eq!(get(&emulator, &page).status(), 200, "the page can be reloaded");
    assert_eq!(emulator.sessions().len(), 1);
}

#[test]
fn a_session_that_ends_before_it_can_be_idle_for_long_has_one_end() {
    let emulator = Emulator::start().unwrap();
    let new = NewToken::new("user_1", ACTOR).session_max_duration_in_seconds(60);
    let session = emulator.sign_in(&emulator.issue(new).unwrap().token).unwrap();
    let response = get(&emulator, &format!("/sessions/{}", session.id));
    let until = response.body.split("<dt>Until</dt><dd>").nth(1).unwrap();
    assert!(until[29..].starts_with("</dd>"), "{until}");
}

#[test]
fn every_page_says_that_it_is_not_clerk_and_loads_nothing() {
    let emulator = Emulator::start().unwrap();
    let (_, page) = open_link(&emulator);
    for response in [page, get(&emulator, "/sign-in"), get(&emulator, "/sessions/sess_unknown")] {
        assert_eq!(response.header("Content-Type"), Some("text/html; charset=utf-8"));
        let policy = response.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert_eq!(response.header("Cache-Control"), Some("no-store"));
        assert_eq!(response.header("Referrer-Policy"), Some("no-referrer"));
        assert!(response.body.contains("It is not Clerk"), "{}", response.body);
        for markup in ["<script", "src=", "href=", "url(", "http://", "https://"] {
            assert!(!response.body.contains(markup), "{markup}: {}", response.body);
        }
    }
}

#[test]
fn the_button_ends_the_session() {
    let emulator = Emulator::start().unwrap();
    let (page, _) = open_link(&emulator);
    let ended = post(&emulator, &format!("{page}/end"));
    assert_eq!((ended.status(), ended.header("Location")), (303, Some(page.as_str())));
    assert_eq!(emulator.sessions()[0].status, SessionStatus::Ended);
    let response = get(&emulator, &page);
    assert!(response.body.contains("<h1>user_2 is no longer signed in as"), "{}", response.body);
    assert!(!response.body.contains("<button"), "{}", response.body);
}

#[test]
fn the_button_of_a_session_that_is_over_leads_back_to_its_page() {
    let emulator = Emulator::start().unwrap();
    let (page, _) = open_link(&emulator);
    emulator.advance(Duration::from_secs(600));
    assert_eq!(post(&emulator, &format!("{page}/end")).header("Location"), Some(page.as_str()));
    assert!(get(&emulator, &page).body.contains(", abandoned</dd>"));
    assert_eq!(emulator.sessions()[0].status, SessionStatus::Abandoned);
}

#[test]
fn a_user_s_own_session_has_a_page_too() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.start_session("user_1").id;
    let response = get(&emulator, &format!("/sessions/{id}"));
    assert!(response.body.contains("<h1>user_1 is signed in</h1>"), "{}", response.body);
    assert!(response.body.contains("none: the user&#39;s own session"), "{}", response.body);
}

#[test]
fn a_refusal_is_a_page_with_its_reason() {
    let emulator = Emulator::start().unwrap();
    let used = emulator.issue(NewToken::new("user_1", ACTOR)).unwrap();
    emulator.accept(&used.id).unwrap();
    let used = format!("/sign-in?__clerk_ticket={}", used.token);
    for (path, status, reason) in [
        (used.as_str(), 400, "has already been used"),
        ("/sign-in", 400, "The ticket is invalid"),
        ("/sessions/sess_unknown", 404, "No session was found with id sess_unknown"),
    ] {
        let response = get(&emulator, path);
        assert_eq!(response.status(), status, "{path}");
        assert!(response.body.contains("<h1>Not signed in</h1>"), "{}", response.body);
        assert!(response.body.contains(reason), "{}", response.body);
    }
    assert_eq!(post(&emulator, "/sessions/sess_unknown/end").status(), 404);
    let markup = get(&emulator, "/sessions/<b>");
    assert!(!markup.body.contains("<b>"), "{}", markup.body);
}
