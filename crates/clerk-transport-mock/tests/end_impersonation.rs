//! How an impersonation ends: which requests are sent, and what their responses mean.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first thing that is wrong"
)]

mod rehearsal;

use std::{collections::VecDeque, sync::Mutex};

use clerk_core::{
    Actor, Attempt, EndImpersonation, EndedImpersonation, EndedToken, Error, HttpRequest,
    RetryConfig, TransportErrorKind as Kind,
};
use clerk_transport_mock::{Fault, ManualTimer, reply, run_until_stalled};
use rehearsal::{Rehearsal, Reply, id, revoked, seconds, status};

const ACTOR: &str = r#"{"sub":"user_support","audit_id":9007199254740993}"#;
const SIMILAR: &str = r#"{"sub":"user_support","audit_id":9007199254740992}"#;
const OWN: &str = "null";

/// The reply to one request.
type Step = fn(&HttpRequest) -> Reply;

fn rehearse<const N: usize>(steps: [Step; N]) -> Rehearsal {
    let steps = Mutex::new(VecDeque::from(steps));
    let next = move |request: &HttpRequest| {
        let step = steps.lock().unwrap().pop_front();
        step.unwrap_or_else(|| panic!("unexpected request {}", line(request)))(request)
    };
    Rehearsal::replying(ManualTimer::auto(), next, |builder| builder)
}

fn command() -> EndImpersonation {
    EndImpersonation::new(id(), "user_1".parse().unwrap(), Actor::from_json(ACTOR).unwrap())
}

fn end(rehearsal: &Rehearsal) -> Result<EndedImpersonation, Error> {
    let call = rehearsal.actor_tokens.end_impersonation(command());
    run_until_stalled(call).expect("the call stalls")
}

fn end_with(rehearsal: &Rehearsal, retries: RetryConfig) -> Result<EndedImpersonation, Error> {
    let call = rehearsal.actor_tokens.end_impersonation(command()).retries(retries);
    run_until_stalled(call).expect("the call stalls")
}

fn line(request: &HttpRequest) -> String {
    format!("{} {}", request.method(), request.uri().path_and_query().unwrap())
}

/// Returns what was requested, and forgets it.
fn lines(rehearsal: &Rehearsal) -> Vec<String> {
    rehearsal.take_requests().iter().map(line).collect()
}

fn not_pending(_: &HttpRequest) -> Reply {
    reply::clerk_errors(400, "actor_token_cannot_be_revoked_code")
}

fn one_live(request: &HttpRequest) -> Reply {
    reply::sessions(request, [("sess_1", "active", ACTOR)])
}

fn two_live(request: &HttpRequest) -> Reply {
    reply::sessions(request, [("sess_2", "active", ACTOR), ("sess_1", "active", ACTOR)])
}

fn none_live(request: &HttpRequest) -> Reply {
    reply::sessions(request, [("sess_1", "revoked", ACTOR)])
}

fn session_revoked(request: &HttpRequest) -> Reply {
    reply::clerk(request)
}

fn unavailable(_: &HttpRequest) -> Reply {
    status(503)
}

fn ids(ids: &[clerk_core::SessionId]) -> Vec<&str> {
    ids.iter().map(clerk_core::SessionId::as_str).collect()
}

const REVOKE: &str = "POST /v1/actor_tokens/act_1/revoke";
const LIST: &str = "GET /v1/sessions?user_id=user_1&limit=500&offset=0";
const REVOKE_SESSION: &str = "POST /v1/sessions/sess_1/revoke";

#[test]
fn a_pending_token_takes_one_request() {
    let rehearsal = rehearse([|_| revoked()]);
    let ended = end(&rehearsal).unwrap();
    assert_eq!(ended.token, EndedToken::Revoked);
    assert!(ended.sessions.is_empty() && ended.similar.is_empty());
    assert_eq!(lines(&rehearsal), [REVOKE]);
}

#[test]
fn a_used_token_with_one_session_takes_four_requests() {
    let rehearsal = rehearse([not_pending, one_live, session_revoked, none_live]);
    let ended = end(&rehearsal).unwrap();
    assert_eq!((ended.token, ids(&ended.sessions)), (EndedToken::NotPending, vec!["sess_1"]));
    assert_eq!(lines(&rehearsal), [REVOKE, LIST, REVOKE_SESSION, LIST]);
}

#[test]
fn an_impersonation_that_is_over_can_be_ended_again() {
    let rehearsal = rehearse([not_pending, none_live]);
    let ended = end(&rehearsal).unwrap();
    assert_eq!((ended.token, ids(&ended.sessions)), (EndedToken::NotPending, vec![]));
    assert_eq!(lines(&rehearsal), [REVOKE, LIST]);
}

#[test]
fn without_a_token_only_sessions_end() {
    let rehearsal = rehearse([one_live, session_revoked, none_live, |_| status(401)]);
    let end = || {
        let actor = Actor::from_json(ACTOR).unwrap();
        let command = EndImpersonation::without_token("user_1".parse().unwrap(), actor);
        run_until_stalled(rehearsal.actor_tokens.end_impersonation(command)).unwrap()
    };
    let ended = end().unwrap();
    assert_eq!((ended.token, ids(&ended.sessions)), (EndedToken::NotGiven, vec!["sess_1"]));
    assert_eq!(lines(&rehearsal), [LIST, REVOKE_SESSION, LIST]);
    assert_eq!(end().unwrap_err().actor_token_id(), None);
}

#[test]
fn an_unknown_token_is_an_error_even_after_an_ambiguous_attempt() {
    let not_found: Step = |_| reply::clerk_errors(404, "resource_not_found");
    for (rehearsal, requests) in
        [(rehearse([not_found]), 1), (rehearse([unavailable, not_found]), 2)]
    {
        let error = end(&rehearsal).unwrap_err();
        assert!(error.is_not_found());
        assert_eq!(rehearsal.requests(), requests, "nothing else is tried");
    }
}

#[test]
fn every_other_refusal_of_the_token_is_the_error() {
    for code in [400, 401, 402, 403, 409, 422] {
        let rehearsal = Rehearsal::of([status(code)]);
        let error = end(&rehearsal).unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.is_ambiguous()), (code, false));
        assert_eq!(rehearsal.requests(), 1, "{code}");
    }
    let rehearsal = Rehearsal::of([status(429), status(429), status(429)]);
    assert!(end(&rehearsal).unwrap_err().is_rate_limited());
    let refused = || reply::failure_unsent(Kind::Connect);
    let rehearsal = Rehearsal::of([refused(), refused(), refused()]);
    let error = end(&rehearsal).unwrap_err();
    assert!(matches!(error, Error::Transport(_)) && !error.is_ambiguous());
    assert_eq!(error.attempts(), 3);
}

#[test]
fn a_revoke_that_is_lost_and_repeated_shows_that_the_token_is_not_pending() {
    let rehearsal = rehearse([unavailable, not_pending, none_live]);
    assert_eq!(end(&rehearsal).unwrap().token, EndedToken::NotPending);
    assert_eq!(lines(&rehearsal), [REVOKE, REVOKE, LIST]);
}

#[test]
fn a_token_in_doubt_is_tried_again_after_its_sessions_have_ended() {
    let lost: Step = |_| reply::failure(Kind::Io);
    let rehearsal = rehearse([lost, one_live, session_revoked, none_live, |_| revoked()]);
    let ended = end_with(&rehearsal, RetryConfig::none()).unwrap();
    assert_eq!((ended.token, ids(&ended.sessions)), (EndedToken::Revoked, vec!["sess_1"]));
    assert_eq!(lines(&rehearsal), [REVOKE, LIST, REVOKE_SESSION, LIST, REVOKE]);

    // It was used after the sessions were listed.
    let rehearsal = rehearse([lost, none_live, not_pending, one_live, session_revoked, none_live]);
    let ended = end_with(&rehearsal, RetryConfig::none()).unwrap();
    assert_eq!((ended.token, ids(&ended.sessions)), (EndedToken::NotPending, vec!["sess_1"]));
}

#[test]
fn a_token_that_stays_in_doubt_is_an_error() {
    let rehearsal = rehearse([unavailable, none_live, unavailable]);
    let error = end_with(&rehearsal, RetryConfig::none()).unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.is_ambiguous()), (503, true));

    let another: Step = |_| reply::actor_token("act_2", "revoked");
    let error = end(&rehearse([another, none_live, another])).unwrap_err();
    assert!(matches!(error, Error::Unexpected(_)) && error.is_ambiguous());
    assert_eq!(error.actor_token_id(), Some(&id()), "the id that was given");
}

#[test]
fn only_live_sessions_of_the_whole_actor_end() {
    let list: Step = |request| {
        reply::sessions(
            request,
            [
                ("sess_own", "active", OWN),
                ("sess_similar", "active", SIMILAR),
                ("sess_other", "active", r#"{"sub":"user_other","audit_id":9007199254740993}"#),
                (
                    "sess_1",
                    "pending",
                    r#"{ "audit_id" : 9007199254740993.0, "s\u0075b" : "user_support" }"#,
                ),
                ("sess_over", "expired", ACTOR),
            ],
        )
    };
    let after: Step = |request| {
        reply::sessions(request, [("sess_own", "active", OWN), ("sess_similar", "active", SIMILAR)])
    };
    let rehearsal = rehearse([not_pending, list, session_revoked, after]);
    let ended = end(&rehearsal).unwrap();
    assert_eq!(ids(&ended.sessions), ["sess_1"]);
    assert_eq!(ids(&ended.similar), ["sess_similar"]);
    assert_eq!(lines(&rehearsal), [REVOKE, LIST, REVOKE_SESSION, LIST]);
}

#[test]
fn both_shapes_of_a_list_are_read() {
    let counted = |request: &HttpRequest, status: &'static str| {
        let array = reply::sessions(request, [("sess_1", status, ACTOR)]).unwrap().into_body();
        let array = String::from_utf8(array.as_ref().to_vec()).unwrap();
        reply::raw(200, "application/json", format!(r#"{{"data":{array},"total_count":1}}"#))
    };
    let statuses = Mutex::new(VecDeque::from(["active", "revoked"]));
    let respond = move |request: &HttpRequest| match request.uri().path() {
        "/v1/sessions" => counted(request, statuses.lock().unwrap().pop_front().unwrap()),
        "/v1/actor_tokens/act_1/revoke" => not_pending(request),
        _ => reply::clerk(request),
    };
    let rehearsal = Rehearsal::replying(ManualTimer::auto(), respond, |builder| builder);
    assert_eq!(ids(&end(&rehearsal).unwrap().sessions), ["sess_1"]);
    assert_eq!(lines(&rehearsal), [REVOKE, LIST, REVOKE_SESSION, LIST]);
}

#[test]
fn a_list_that_is_refused_or_unreadable_is_never_an_empty_one() {
    for code in [400, 401, 403, 404, 422] {
        let rehearsal = Rehearsal::of([not_pending(&HttpRequest::default()), status(code)]);
        let error = end(&rehearsal).unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (code, 1));
        assert!(!error.is_ambiguous(), "{code}: nothing took effect");
    }
    let foreign = r#"[{"id":"sess_1","user_id":"user_2","status":"active"}]"#;
    for body in ["", "{}", "null", "<html>", r#"{"data":null}"#, r#"[{"id":"sess_1"}]"#, foreign] {
        let list = reply::raw(200, "application/json", body);
        let rehearsal = Rehearsal::of([not_pending(&HttpRequest::default()), list]);
        let error = end(&rehearsal).unwrap_err();
        assert!(matches!(error, Error::Unexpected(_)), "{body}: {error}");
        assert_eq!(rehearsal.requests(), 2, "{body}");
    }
}

#[test]
fn a_400_or_404_of_a_session_is_settled_by_the_next_list() {
    for refusal in [|_: &_| status(400), |_: &_| status(404)] {
        let rehearsal = rehearse([not_pending, one_live, refusal, none_live]);
        assert_eq!(ids(&end(&rehearsal).unwrap().sessions), ["sess_1"]);

        let rehearsal =
            rehearse([not_pending, one_live, refusal, one_live, session_revoked, none_live]);
        assert_eq!(ids(&end(&rehearsal).unwrap().sessions), ["sess_1"]);
        assert_eq!(rehearsal.requests(), 6);
    }
}

#[test]
fn a_session_in_doubt_is_settled_by_the_next_list() {
    let lost: Step = |_| reply::failure(Kind::Incomplete);
    let unreadable: Step = |_| reply::raw(200, "text/html", "<html>");
    for in_doubt in [lost, unreadable, unavailable] {
        let rehearsal =
            rehearse([not_pending, one_live, in_doubt, one_live, session_revoked, none_live]);
        let ended = end_with(&rehearsal, RetryConfig::none()).unwrap();
        assert_eq!(ids(&ended.sessions), ["sess_1"]);
    }
}

#[test]
fn a_session_that_fails_does_not_keep_the_others_from_ending() {
    let rehearsal = rehearse([not_pending, two_live, |_| status(403), session_revoked]);
    let error = end(&rehearsal).unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 403);
    assert!(error.is_ambiguous(), "the other session was revoked");
    let sent = lines(&rehearsal);
    assert_eq!(sent[2..], ["POST /v1/sessions/sess_2/revoke", REVOKE_SESSION]);
}

#[test]
fn a_session_that_never_ends_is_unexpected_after_five_passes() {
    let respond = |request: &HttpRequest| match line(request).as_str() {
        REVOKE => not_pending(request),
        LIST => one_live(request),
        _ => session_revoked(request),
    };
    let rehearsal = Rehearsal::replying(ManualTimer::auto(), respond, |builder| builder);
    let error = end(&rehearsal).unwrap_err();
    assert!(matches!(error, Error::Unexpected(_)) && error.is_ambiguous());
    assert!(error.to_string().contains("session is still live"), "{error}");
    let revokes = lines(&rehearsal).iter().filter(|line| *line == REVOKE_SESSION).count();
    assert_eq!(revokes, 5);
}

#[test]
fn a_session_that_cannot_be_revoked_is_the_error_of_its_revoke() {
    let respond = |request: &HttpRequest| match line(request).as_str() {
        REVOKE => not_pending(request),
        LIST => one_live(request),
        _ => status(503),
    };
    let rehearsal = Rehearsal::replying(ManualTimer::auto(), respond, |builder| {
        builder.retries(RetryConfig::new().max_attempts(2))
    });
    let error = end(&rehearsal).unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (503, 2));
}

#[test]
fn what_took_effect_makes_a_later_error_ambiguous() {
    let unauthorized: Step = |_| status(401);
    for (rehearsal, ambiguous) in [
        (rehearse([not_pending, unauthorized]), false),
        (rehearse([not_pending, one_live, unauthorized]), false),
        (rehearse([not_pending, one_live, session_revoked, unauthorized]), true),
        (rehearse([unavailable, not_pending, unauthorized]), true),
    ] {
        let error = end(&rehearsal).unwrap_err();
        assert!(error.is_unauthorized());
        assert_eq!(error.is_ambiguous(), ambiguous, "{error}");
        assert_eq!((error.actor_token_id(), error.attempts()), (Some(&id()), 1));
    }
}

#[test]
fn attempts_are_counted_for_each_request() {
    let rehearsal = rehearse([
        unavailable,
        not_pending,
        unavailable,
        unavailable,
        one_live,
        unavailable,
        session_revoked,
        none_live,
    ]);
    end(&rehearsal).unwrap();
    let attempts: Vec<_> = rehearsal
        .take_requests()
        .iter()
        .map(|request| Attempt::of(request).map(|of| (of.operation(), of.number())).unwrap())
        .collect();
    let expected = [
        ("actor_tokens.revoke", 1),
        ("actor_tokens.revoke", 2),
        ("sessions.list", 1),
        ("sessions.list", 2),
        ("sessions.list", 3),
        ("sessions.revoke", 1),
        ("sessions.revoke", 2),
        ("sessions.list", 1),
    ];
    assert_eq!(attempts, expected);
}

#[test]
fn the_timeout_bounds_the_whole_call() {
    let rehearsal = rehearse([not_pending, one_live]);
    for _ in 0..2 {
        rehearsal.transport.inject(Fault::delay(seconds(6)));
    }
    rehearsal.transport.inject(Fault::silence());
    let call = rehearsal.actor_tokens.end_impersonation(command()).timeout(seconds(15));
    let error = run_until_stalled(call).unwrap().unwrap_err();
    assert!(matches!(error, Error::Timeout(_)) && error.is_ambiguous(), "{error}");
    assert!(error.to_string().contains("15s call timeout"), "{error}");
    assert_eq!((error.attempts(), rehearsal.transport.fired()), (1, 3));
    assert_eq!(rehearsal.elapsed(), seconds(15));
}

#[test]
fn no_request_begins_after_max_elapsed_time() {
    let rehearsal = rehearse([not_pending, one_live, session_revoked]);
    for _ in 0..3 {
        rehearsal.transport.inject(Fault::delay(seconds(2)));
    }
    let retries = RetryConfig::new().max_elapsed_time(seconds(5));
    let error = end_with(&rehearsal, retries).unwrap_err();
    assert!(matches!(error, Error::Timeout(_)) && error.is_ambiguous(), "{error}");
    assert!(error.to_string().contains("within the 5s call timeout"), "{error}");
    assert_eq!((error.attempts(), rehearsal.transport.fired()), (0, 3));
    assert_eq!(lines(&rehearsal), [REVOKE, LIST, REVOKE_SESSION]);
    assert_eq!(rehearsal.elapsed(), seconds(6));
}

#[test]
fn a_revoke_that_uses_up_the_time_is_the_error() {
    let rehearsal = rehearse([]);
    rehearsal.transport.inject(Fault::silence());
    let call = rehearsal.actor_tokens.end_impersonation(command()).timeout(seconds(5));
    let error = run_until_stalled(call).unwrap().unwrap_err();
    assert!(matches!(error, Error::Timeout(_)) && error.is_ambiguous());
    assert_eq!((error.attempts(), error.actor_token_id()), (1, Some(&id())));
}

#[test]
fn the_attempt_timeout_and_headers_hold_for_each_request() {
    let rehearsal = rehearse([not_pending, one_live, session_revoked, none_live]);
    let call = rehearsal.actor_tokens.end_impersonation(command());
    let call = call.attempt_timeout(seconds(3)).header("x-request-id", "42");
    run_until_stalled(call).unwrap().unwrap();
    let requests = rehearsal.take_requests();
    assert_eq!(requests.len(), 4);
    for request in requests {
        assert_eq!(Attempt::of(&request).unwrap().limit(), Some(seconds(3)));
        assert_eq!(request.headers()["x-request-id"], "42");
        let is_get = request.method() == "GET";
        assert_eq!(request.headers().contains_key("content-length"), !is_get);
    }
}

#[test]
fn an_id_that_is_the_secret_key_by_mistake_is_not_shown() {
    let rehearsal = rehearse([not_pending, |_| status(401)]);
    let user_id = "user_1".parse().unwrap();
    let actor = Actor::from_json(ACTOR).unwrap();
    let command = EndImpersonation::new("sk_test_abc".parse().unwrap(), user_id, actor);
    let error = run_until_stalled(rehearsal.actor_tokens.end_impersonation(command));
    let error = error.unwrap().unwrap_err();
    assert_eq!(error.actor_token_id(), None);
    assert!(!format!("{error} {error:?}").contains("sk_test_abc"), "{error}");
}

#[test]
fn a_call_is_named_until_it_is_polled() {
    let rehearsal = rehearse([]);
    let call = rehearsal.actor_tokens.end_impersonation(command());
    assert!(format!("{call:?}").contains("actor_tokens.end_impersonation"), "{call:?}");
    drop(call);
    assert_eq!(rehearsal.requests(), 0);
}
