//! A create in WebAssembly, driven by a host that has the clock: `run.mjs`.
//!
//! Functions take and return numbers only, so no bindings are needed.

mod canned_clerk;
mod host_clock;

use std::{
    cell::RefCell,
    error::Error,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use clerk_core::{Actor, ActorToken, ActorTokens, CreateActorToken, SecretKey, UserId};

use crate::{canned_clerk::CannedClerk, host_clock::HostClock};

type Create = Pin<Box<dyn Future<Output = Result<ActorToken, Box<dyn Error>>>>>;

thread_local! {
    static CREATE: RefCell<Create> = RefCell::new(Box::pin(create()));
    static REPORT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Creates a token, with the transport and the timer of this program.
async fn create() -> Result<ActorToken, Box<dyn Error>> {
    let key = SecretKey::new("sk_test_abc")?;
    let actor_tokens = ActorTokens::with_timer(CannedClerk, HostClock, key);
    let actor = Actor::new("user_support")?.with_claim("audit_id", "audit_4711")?;
    Ok(actor_tokens.create(CreateActorToken::new(UserId::new("user_1")?, actor)).await?)
}

/// Goes on with the create at a time of the host's, in milliseconds: since a point of its choice,
/// and since 1970. Returns for how many milliseconds the create waits, or 0 if it has ended.
#[unsafe(no_mangle)]
pub extern "C" fn poll(now: f64, wall_clock: f64) -> f64 {
    host_clock::set(now, wall_clock);
    let poll = CREATE
        .with_borrow_mut(|create| create.as_mut().poll(&mut Context::from_waker(Waker::noop())));
    let result = match poll {
        Poll::Pending => return host_clock::wait(),
        Poll::Ready(result) => result,
    };
    REPORT.set(match result {
        Ok(token) => format!("{} is {} for {:?}", token.id, token.status, token.actor),
        Err(error) => error.to_string(),
    });
    0.0
}

/// Returns where the result of the create is, as a string of `report_len` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn report() -> *const u8 {
    REPORT.with_borrow(|report| report.as_ptr())
}

/// Returns the length of the string at `report`.
#[unsafe(no_mangle)]
pub extern "C" fn report_len() -> usize {
    REPORT.with_borrow(String::len)
}

/// Returns how many requests were sent.
#[unsafe(no_mangle)]
pub extern "C" fn requests() -> u32 {
    canned_clerk::requests()
}
