//! `cargo fuzz run mode`: see `container_map::fuzz::mode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::mode(bytes));
