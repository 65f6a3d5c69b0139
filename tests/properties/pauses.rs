//! What holds of pauses, whatever the settings are.

use std::time::Duration;

use clerk_core::{ActorTokens, RetryConfig, SecretKey, Timer as _};
use clerk_transport_mock::{ManualTimer, MockHttpTransport, reply, run_until_stalled};

/// Revokes against a server that has had enough, on a clock that jumps: all times in milliseconds
/// but `asked_for`, in seconds.
pub(crate) fn keep_to_their_bounds(
    (initial, longest): (u64, u64),
    exponent: f64,
    attempts: u32,
    (max_elapsed, timeout): (u64, u64),
    asked_for: Option<u64>,
) {
    let mut transport = MockHttpTransport::new();
    transport.expect_send().returning(move |_| {
        let mut answer = reply::clerk_errors(429, "too_many_requests")?;
        if let Some(seconds) = asked_for {
            answer.headers_mut().insert("retry-after", seconds.into());
        }
        Ok(answer)
    });
    let ms = Duration::from_millis;
    let retries = RetryConfig::new()
        .initial_interval(ms(initial))
        .max_interval(ms(longest))
        .exponent(exponent)
        .max_attempts(attempts)
        .max_elapsed_time(ms(max_elapsed));
    let timer = ManualTimer::auto();
    let start = timer.now();
    let builder =
        ActorTokens::builder(transport, SecretKey::new("sk_test_1").unwrap()).timer(timer.clone());
    let client = builder.retries(retries).timeout(ms(timeout)).build().unwrap();
    let call = client.revoke(&"act_1".parse().unwrap());
    let error = run_until_stalled(call).expect("the clock jumps").unwrap_err();

    assert!((1..=attempts.max(1)).contains(&error.attempts()));
    let slept = timer.slept();
    assert_eq!(slept.len() + 1, error.attempts() as usize);
    let asked_for = Duration::from_secs(asked_for.unwrap_or_default());
    for pause in &slept {
        assert!(*pause >= asked_for && *pause <= ms(longest).max(asked_for), "{pause:?}");
    }
    let spent: Duration = slept.iter().sum();
    assert!(spent <= ms(max_elapsed) && spent < ms(timeout), "{spent:?}");
    assert_eq!(timer.now(), start + spent, "nothing is waited for after the last attempt");
}
