//! `cargo fuzz run user`: see `container_map::fuzz::user`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::user(bytes));
