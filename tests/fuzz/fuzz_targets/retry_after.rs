#![no_main]

#[path = "../../properties/any_bytes.rs"]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|value: &[u8]| any_bytes::retry_after(value));
