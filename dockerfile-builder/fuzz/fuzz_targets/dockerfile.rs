//! `cargo fuzz run dockerfile`: see `dockerfile_builder::fuzz::dockerfile`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dockerfile_builder::fuzz::dockerfile(bytes));
