//! `cargo fuzz run map`: see `container_map::fuzz::map`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::map(bytes));
