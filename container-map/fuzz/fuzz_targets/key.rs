//! `cargo fuzz run key`: see `container_map::fuzz::key`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::key(bytes));
