//! `cargo fuzz run image`: see `container_map::fuzz::image`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| container_map::fuzz::image(bytes));
