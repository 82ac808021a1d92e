//! `cargo fuzz run size`: see `container_map::fuzz::size`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::size(bytes));
