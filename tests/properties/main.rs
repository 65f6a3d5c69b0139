//! The properties that the fuzz targets check, with some generated inputs in every run.

mod any_bytes;
mod delays;
mod http2_frames;
mod redaction;

use any_bytes::{SUB, USER_ID};
use clerk_tests::connector::Connector;
use clerk_transport_hyper::HyperTransport;
use proptest::prelude::*;

/// Generates JSON that is nearly a response to a create or a revoke, so that more than its first
/// byte is read.
fn near_response() -> impl Strategy<Value = String> {
    let status = || prop_oneof![Just("\"pending\"".to_owned()), Just("\"revoked\"".to_owned())];
    let word = prop_oneof![
        Just("\"actor_token\"".to_owned()),
        Just("\"act_1\"".to_owned()),
        status(),
        Just(format!("\"{USER_ID}\"")),
        Just("null".to_owned()),
        Just(format!("{{\"sub\":\"{SUB}\",\"n\":1.10}}")),
        Just("1700000000000.0".to_owned()),
        Just("-1".to_owned()),
        Just("1e400".to_owned()),
        "\"[a-z\\\\\"]{0,8}\"",
    ];
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), word), 0..4);
    (status(), changes).prop_map(|(status, changes)| {
        let mut members = [
            ("object", "\"actor_token\"".to_owned()),
            ("id", "\"act_1\"".to_owned()),
            ("status", status),
            ("user_id", format!("\"{USER_ID}\"")),
            ("actor", "{}".to_owned()),
            ("token", "null".to_owned()),
            ("url", "null".to_owned()),
            ("created_at", "1".to_owned()),
            ("updated_at", "2".to_owned()),
            ("x", "3".to_owned()),
        ];
        for (index, value) in changes {
            index.get_mut(&mut members).1 = value;
        }
        let members = members.map(|(name, value)| format!("\"{name}\":{value}"));
        format!("{{{}}}", members.join(","))
    })
}

/// Generates JSON that is nearly an object.
fn near_object() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("1.10".to_owned()),
        Just("1e400".to_owned()),
        Just("123456789012345678901234567890".to_owned()),
        Just("{\"a\" : [null, true]}".to_owned()),
        "\"[^\"\\\\\\p{Cc}]{0,6}\"",
        "[0-9a-z{\\[\"]{1,3}",
    ];
    let name = prop_oneof![Just("sub".to_owned()), Just("s\\u0075b".to_owned()), "[a-z\\\\]{0,3}"];
    proptest::collection::vec((name, value), 0..4).prop_map(|members| {
        let members: Vec<_> =
            members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        format!(" {{{}}}\n", members.join(" ,"))
    })
}

/// Generates the body of a response, whether nearly valid or not.
fn body(near: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![near.prop_map(String::into_bytes), any::<Vec<u8>>()]
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_success_response_is_read_or_is_an_ambiguous_error(body in body(near_response())) {
        any_bytes::success_response(&body);
    }

    #[test]
    fn an_incomplete_response_is_never_a_success(body in near_response(), cut in 1..60_usize) {
        let bytes = body.as_bytes();
        any_bytes::incomplete_response(&bytes[..bytes.len().saturating_sub(cut)]);
    }

    #[test]
    fn an_error_response_is_an_error_whatever_its_body(
        status in any::<u16>(),
        body in body(near_object()),
    ) {
        any_bytes::error_response(status, &body);
    }

    #[test]
    fn a_planted_secret_is_redacted(
        text in prop_oneof![any::<String>(), "[ -~\\\\]{0,40}@[ -~\\\\]{0,40}"],
    ) {
        redaction::redaction(&text);
    }

    #[test]
    fn a_retry_after_is_a_duration_or_nothing(
        value in prop_oneof![
            "[ ]?[0-9]{0,40}",
            "[ -~]{0,30}",
            "[A-Z][a-z]{2}, [0-9]{2} Nov [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT",
        ],
    ) {
        any_bytes::retry_after(value.as_bytes());
    }

    #[test]
    fn an_id_stays_in_its_path_segment(
        text in prop_oneof!["[a-zA-Z0-9_-]{0,300}", any::<String>()],
    ) {
        any_bytes::id(&text);
    }

    #[test]
    fn claims_keep_their_json(text in prop_oneof![near_object(), any::<String>()]) {
        any_bytes::claims(&text);
    }

    #[test]
    fn delays_and_calls_stay_within_their_limits(
        intervals in (0..5_000_u64, 0..8_000_u64),
        exponent in prop_oneof![1.0..4.0, any::<f64>()],
        attempts in 0..12_u32,
        limits in (1..60_000_u64, 1..60_000_u64),
        retry_after in prop_oneof![Just(None), (0..20_u64).prop_map(Some)],
    ) {
        delays::stay_within_their_limits(intervals, exponent, attempts, limits, retry_after);
    }

    #[test]
    fn an_accepted_base_url_is_the_one_used(
        text in prop_oneof![
            "https?://[a-z0-9.:@\\[\\]?#/%-]{0,20}",
            "http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,6})?/{0,2}",
            any::<String>(),
        ],
    ) {
        any_bytes::base_url(&text);
    }

    #[test]
    fn a_create_over_http2_is_sent_again_only_if_it_was_not_processed(
        script in proptest::collection::vec(any::<u8>(), 0..120),
    ) {
        http2_frames::http2_frames(&script, |connect| {
            let connector = Connector::http2(move |uri| connect(uri));
            HyperTransport::builder().connector(connector).build().unwrap()
        });
    }
}
