#![no_main]

#[path = "../../properties/any_bytes.rs"]
#[allow(dead_code, reason = "a target tries one property of all")]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|data: (u16, &[u8])| any_bytes::refusal(data.0, data.1));
