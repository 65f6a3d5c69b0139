#![no_main]

#[path = "../../properties/redaction.rs"]
mod redaction;

libfuzzer_sys::fuzz_target!(|input: &str| redaction::redaction(input));
