#![no_main]

#[path = "../../properties/any_bytes.rs"]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|input: &str| any_bytes::id(input));
