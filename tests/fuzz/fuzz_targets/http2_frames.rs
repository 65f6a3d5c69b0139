#![no_main]

#[path = "../../support/connector.rs"]
mod connector;
#[path = "../../properties/http2_frames.rs"]
mod http2_frames;

use clerk_transport_hyper::HyperTransport;
use connector::Connector;

libfuzzer_sys::fuzz_target!(|script: &[u8]| {
    http2_frames::http2_frames(script, |connect| {
        let connector = Connector::http2(move |uri| connect(uri));
        HyperTransport::builder().connector(connector).build().unwrap()
    });
});
