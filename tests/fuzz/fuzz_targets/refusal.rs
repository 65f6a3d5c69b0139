#![no_main]

#[path = "../../properties/any_bytes.rs"]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|data: (u16, &[u8])| any_bytes::error_response(data.0, data.1));
