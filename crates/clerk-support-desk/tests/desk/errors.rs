//! What goes wrong at Clerk.

use clerk_emulator::{Emulator, Fault, NewToken, TokenStatus};

use crate::{
    browser::{end, form, overview, send, start},
    desk::desk,
};

#[tokio::test]
async fn an_error_of_a_start_becomes_its_page_with_the_trace_id() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    for (status, code, title) in [
        (404, "resource_not_found", "Clerk knows no such user"),
        (422, "form_param_value_invalid", "Clerk did not accept this"),
        (422, "impersonation_limit_exceeded", "The monthly quota of impersonations is used"),
        (402, "plan", "The Clerk plan does not include impersonation"),
        (401, "clerk_key_invalid", "Clerk did not accept this desk's secret key"),
        (429, "too_many_requests", "Clerk is busy"),
        (403, "forbidden", "It has not started"),
        (503, "unavailable", "It may have started"),
    ] {
        let body = format!(
            r#"{{"errors":[{{"code":"{code}","message":"m","long_message":"l"}}],
                "clerk_trace_id":"trace_{code}"}}"#
        );
        emulator.inject(Fault::raw(status, "application/json", body));
        let page = start(&desk, "user_1", "the export hangs").await;
        page.shows(502, title);
        page.shows(502, &format!("<code>trace_{code}</code>"));
    }
    assert_eq!(emulator.faults_fired(), 8);
    let table = overview(&desk).await.body;
    assert_eq!(table.matches("<td>not started</td>").count(), 7);
    assert_eq!(table.matches("<strong>may be live until").count(), 1);
}

#[tokio::test]
async fn an_end_that_fails_says_so_and_can_be_repeated() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    start(&desk, "user_1", "the export hangs").await.shows(200, "Impersonation started");
    for (status, title) in [
        (401, "It may not have ended"),
        (429, "It may not have ended"),
        (404, "Clerk does not know this impersonation"),
    ] {
        let body = r#"{"errors":[{"code":"resource_not_found"}],"clerk_trace_id":"trace_1"}"#;
        emulator.inject(Fault::raw(status, "application/json", body));
        let page = end(&desk).await;
        page.shows(502, title);
        page.shows(502, "<code>trace_1</code>");
        overview(&desk).await.shows(200, "<td>live until");
    }
    assert_eq!(emulator.faults_fired(), 3);
    end(&desk).await.shows(200, "Impersonation ended");
    let unknown = send(&desk, form("/impersonations/audit_unknown/end", &[])).await;
    unknown.shows(404, "There is no such impersonation");
}

#[tokio::test]
async fn a_token_without_a_link_can_be_ended() {
    let emulator = Emulator::start().unwrap();
    let desk = desk(&emulator);
    let token = emulator.issue(NewToken::new("user_1", r#"{"sub":"user_support"}"#)).unwrap();
    let body = format!(
        r#"{{"object":"actor_token","id":"{}","status":"pending","user_id":"user_1","actor":{{}},
            "created_at":1,"updated_at":1}}"#,
        token.id
    );
    emulator.inject(Fault::raw(200, "application/json", body));
    start(&desk, "user_1", "the export hangs").await.shows(502, "Clerk sent no link");
    assert_eq!(emulator.faults_fired(), 1);
    end(&desk).await.shows(200, "Nobody had used the link");
    assert_eq!(emulator.token(&token.id).unwrap().status, TokenStatus::Revoked);
}
