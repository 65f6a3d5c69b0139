#![no_main]

#[path = "../../properties/any_bytes.rs"]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|body: &[u8]| any_bytes::success_response(body));
