//! Commands for a shell, carried out by one.
#![allow(
    clippy::disallowed_types,
    reason = "the crate starts nothing, but a shell is the judge of its texts"
)]

use std::fs;
use std::process::Command;

use dockerfile_builder::shell::{Call, mkdir_missing};
use proptest::prelude::*;

use crate::render::hostile;

/// Runs a script and returns what it printed.
fn printed(script: &str) -> Vec<u8> {
    let output = Command::new("sh").args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{script:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

proptest! {
    #[test]
    fn a_shell_sees_what_was_put_in(words in proptest::collection::vec(hostile(), 0..5)) {
        // No program can be given a NUL.
        let words: Vec<String> = words.into_iter().map(|word| word.replace('\0', "")).collect();
        let call = Call::new("printf").option("%s\\0").arguments(words.clone());
        let found = printed(&call.to_string());
        // An option would end there, so two dashes come before an argument that looks like one.
        let dashes = words.iter().any(|word| word.starts_with('-')).then(|| "--".to_owned());
        let words = if words.is_empty() { vec![String::new()] } else { words };
        let expected: Vec<u8> = dashes.into_iter().chain(words).flat_map(|word| [word.into_bytes(), vec![0]].concat()).collect();
        prop_assert_eq!(found, expected, "{}", call);
    }
}

#[test]
fn a_directory_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my dir");
    let script = mkdir_missing(path.to_str().unwrap()).to_string();
    for _ in 0..2 {
        printed(&script);
        assert!(path.is_dir());
    }
    fs::remove_dir(&path).unwrap();
    printed(&format!("true && {script} && true"));
    assert!(path.is_dir());
}
