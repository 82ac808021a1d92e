//! `cargo fuzz run path`: see `container_map::fuzz::path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::path(bytes));
