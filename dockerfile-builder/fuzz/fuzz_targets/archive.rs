//! `cargo fuzz run archive`: see `dockerfile_builder::fuzz::archive`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dockerfile_builder::fuzz::archive(bytes));
