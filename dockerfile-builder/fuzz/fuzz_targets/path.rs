//! `cargo fuzz run path`: see `dockerfile_builder::fuzz::path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dockerfile_builder::fuzz::path(bytes));
