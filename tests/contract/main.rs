//! What an `HttpTransport` owes, as its documentation says it, checked of every adapter that there
//! is.
//!
//! A new adapter is one more `owes!` below.

mod checks;
mod http2;
#[allow(dead_code, reason = "it is a program, and here only its transport is wanted")]
#[path = "../../crates/clerk-actor-tokens/examples/own_transport.rs"]
mod own_transport;

use std::sync::Arc;

use clerk_core::HttpTransport;
use clerk_transport_hyper::{HyperTransport, TokioTimer};
use clerk_transport_mock::FaultyTransport;

/// Makes a test of each check, for the adapter that the expression makes.
macro_rules! owes {
    ($adapter:ident = $transport:expr; $($group:ident),*) => {
        mod $adapter {
            #[allow(unused_imports, reason = "an adapter's expression names what it needs")]
            use super::*;
            $(owes!(@$group $transport);)*
        }
    };
    // Over whatever version of HTTP.
    (@any_http $transport:expr) => {
        owes!(@tests $transport;
            one_call_is_one_request_whatever_the_status,
            an_answer_comes_back_as_it_was_sent,
            no_redirect_is_followed,
            nothing_of_a_request_is_changed_or_added,
            an_answer_of_just_the_limit_is_whole,
            an_answer_that_is_too_large_is_refused_with_its_head,
            a_refused_connection_is_certain_to_have_sent_nothing,
        );
    };
    // Over HTTP/1, of which a test can write every byte.
    (@http1 $transport:expr) => {
        owes!(@tests $transport;
            every_byte_of_a_request_arrives_as_it_was_given,
            bytes_that_are_no_text_come_back_unchanged,
            a_connection_closed_without_an_answer_leaves_doubt_and_no_second_request,
            an_answer_that_is_cut_is_no_answer,
            what_is_no_http_is_no_answer,
        );
    };
    // HTTP/1.1 has chunks and HTTP/1.0 has not, and not everybody must read headers that nobody should send.
    (@http11 $transport:expr) => {
        owes!(@tests $transport;
            a_header_that_is_no_ascii_comes_back_unchanged,
            a_chunked_answer_is_put_together,
            a_chunked_answer_that_is_too_large_is_refused_with_its_head,
            a_chunked_answer_that_is_cut_is_no_answer,
        );
    };
    // What an implementation that can tell does besides.
    (@progress $transport:expr) => {
        owes!(@tests $transport; the_progress_of_sending_is_marked);
    };
    (@tests $transport:expr; $($check:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $check() {
            checks::$check(&$transport).await;
        })*
    };
}

owes!(hyper = HyperTransport::new(); any_http, http1, http11, progress);
owes!(hyper_over_http2 = http2::transport(); any_http, progress);
owes!(faulty_without_faults = FaultyTransport::new(HyperTransport::new(), TokioTimer); any_http, http1, http11, progress);
owes!(shared = Arc::new(HyperTransport::new()) as Arc<dyn HttpTransport>; any_http, http1, http11, progress);
owes!(boxed = Box::new(HyperTransport::new()) as Box<dyn HttpTransport>; any_http, http1, http11, progress);
owes!(example_of_one_s_own = own_transport::OneConnectionEach; any_http, http1);

#[tokio::test]
async fn debug_shows_nothing_of_what_a_transport_has_sent() {
    checks::debug_shows_nothing_of_a_request(&HyperTransport::new()).await;
    checks::debug_shows_nothing_of_a_request(&http2::transport()).await;
    checks::debug_shows_nothing_of_a_request(&FaultyTransport::new(
        HyperTransport::new(),
        TokioTimer,
    ))
    .await;
}
