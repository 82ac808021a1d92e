//! `cargo fuzz run signal`: see `container_map::fuzz::signal`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::signal(bytes));
