//! `cargo fuzz run port`: see `container_map::fuzz::port`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::port(bytes));
