//! `cargo fuzz run duration`: see `container_map::fuzz::duration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::duration(bytes));
