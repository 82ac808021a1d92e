//! `cargo fuzz run ignore`: see `dockerfile_builder::fuzz::ignore`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dockerfile_builder::fuzz::ignore(bytes));
