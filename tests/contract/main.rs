//! The requirements of `HttpTransport`, checked against every adapter: one `conformant!` for each.

mod checks;
mod http2;
#[allow(dead_code, reason = "only the transport of this program is used here")]
#[path = "../../crates/clerk-actor-tokens/examples/own_transport.rs"]
mod own_transport;

use std::sync::Arc;

use clerk_core::HttpTransport;
use clerk_transport_hyper::{HyperTransport, TokioTimer};
use clerk_transport_mock::FaultyTransport;

/// Defines a test for each check in these groups, against the adapter that the expression creates.
macro_rules! conformant {
    ($adapter:ident = $transport:expr; $($group:ident),*) => {
        mod $adapter {
            #[allow(unused_imports, reason = "not every adapter's expression needs all imports")]
            use super::*;
            $(conformant!(@$group $transport);)*
        }
    };
    // Over any version of HTTP.
    (@any_http $transport:expr) => {
        conformant!(@tests $transport;
            one_call_is_one_request_whatever_the_status,
            a_response_is_returned_unchanged,
            no_redirect_is_followed,
            a_request_is_sent_unchanged,
            a_response_of_exactly_the_limit_is_complete,
            a_response_that_is_too_large_keeps_its_head,
            a_refused_connection_certainly_sent_nothing,
        );
    };
    // Over HTTP/1, where a test can write every byte.
    (@http1 $transport:expr) => {
        conformant!(@tests $transport;
            every_byte_of_a_request_arrives_unchanged,
            a_binary_body_is_returned_unchanged,
            a_connection_closed_without_a_response_may_have_sent_the_request,
            an_incomplete_response_is_an_error,
            a_response_that_is_not_http_is_an_error,
        );
    };
    // Over HTTP/1.1, which has chunks, and for adapters that read non-ASCII headers.
    (@http11 $transport:expr) => {
        conformant!(@tests $transport;
            a_non_ascii_header_is_returned_unchanged,
            a_chunked_response_is_reassembled,
            a_chunked_response_that_is_too_large_keeps_its_head,
            an_incomplete_chunked_response_is_an_error,
        );
    };
    // For adapters that mark the progress of sending.
    (@progress $transport:expr) => {
        conformant!(@tests $transport; the_progress_of_sending_is_marked);
    };
    (@tests $transport:expr; $($check:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $check() {
            checks::$check(&$transport).await;
        })*
    };
}

conformant!(hyper = HyperTransport::new(); any_http, http1, http11, progress);
conformant!(hyper_over_http2 = http2::transport(); any_http, progress);
conformant!(faulty_without_faults = FaultyTransport::new(HyperTransport::new(), TokioTimer);
    any_http, http1, http11, progress);
conformant!(shared = Arc::new(HyperTransport::new()) as Arc<dyn HttpTransport>;
    any_http, http1, http11, progress);
conformant!(boxed = Box::new(HyperTransport::new()) as Box<dyn HttpTransport>;
    any_http, http1, http11, progress);
conformant!(custom_example = own_transport::OneConnectionEach; any_http, http1);

#[tokio::test]
async fn debug_shows_nothing_that_a_transport_sent() {
    let faulty = FaultyTransport::new(HyperTransport::new(), TokioTimer);
    checks::debug_shows_nothing_of_a_request(&HyperTransport::new()).await;
    checks::debug_shows_nothing_of_a_request(&http2::transport()).await;
    checks::debug_shows_nothing_of_a_request(&faulty).await;
}
