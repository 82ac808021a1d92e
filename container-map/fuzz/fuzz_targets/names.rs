//! `cargo fuzz run names`: see `container_map::fuzz::names`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::names(bytes));
