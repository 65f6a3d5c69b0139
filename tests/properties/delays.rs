use std::time::Duration;

use clerk_core::{ActorTokens, RetryConfig, SecretKey, Timer as _};
use clerk_transport_mock::{ManualTimer, MockHttpTransport, reply, run_until_stalled};

/// Revokes a token on a clock that jumps, while the server responds with 429. All times are in
/// milliseconds, but `retry_after` is in seconds.
pub(crate) fn stay_within_their_limits(
    (initial, max): (u64, u64),
    exponent: f64,
    attempts: u32,
    (max_elapsed, timeout): (u64, u64),
    retry_after: Option<u64>,
) {
    let mut transport = MockHttpTransport::new();
    transport.expect_send().returning(move |_| {
        let mut response = reply::clerk_errors(429, "too_many_requests")?;
        if let Some(seconds) = retry_after {
            response.headers_mut().insert("retry-after", seconds.into());
        }
        Ok(response)
    });
    let ms = Duration::from_millis;
    let retries = RetryConfig::new()
        .initial_interval(ms(initial))
        .max_interval(ms(max))
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
    let retry_after = Duration::from_secs(retry_after.unwrap_or_default());
    for delay in &slept {
        assert!(*delay >= retry_after && *delay <= ms(max).max(retry_after), "{delay:?}");
    }
    let total: Duration = slept.iter().sum();
    assert!(total <= ms(max_elapsed) && total < ms(timeout), "{total:?}");
    assert_eq!(timer.now(), start + total, "there is no delay after the last attempt");
}
