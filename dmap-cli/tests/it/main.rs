//! Transcripts of the real program, with no engine: exit code, standard output and standard error of each command line.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod engine;
mod help;
mod map;
mod plan;
mod status;
mod terminal;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The seed document's map.
const SEED: &str = include_str!("../../../container-map/testdata/valid/seed.yaml");
/// A map of which `recorded.json` is a snapshot after `dmap up`. Both were made with an engine that has the images of
/// `cargo xtask fixtures`: write the map to a file, then `dmap up` and `dmap snapshot`.
const RECORDED_MAP: &str = include_str!("recorded.yaml");
const RECORDED: &str = include_str!("recorded.json");

/// A folder of its own for a test, in which the program runs.
struct Folder(TempDir);

impl Folder {
    /// Makes a folder with nothing in it.
    fn empty() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Makes a folder with a map that is found without naming it.
    fn with_map(text: &str) -> Self {
        Self::empty().file("dmap.yaml", text)
    }

    /// Adds a file.
    fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        fs::write(self.0.path().join(name), text).unwrap();
        self
    }

    /// Returns the program with its arguments, in this folder, with nothing of the environment.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dmap"));
        command.args(arguments).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command
    }

    /// Runs the program and returns its transcript.
    fn dmap(&self, arguments: &[&str]) -> String {
        transcript(&mut self.command(arguments))
    }
}

/// Runs a program and returns how it ended and what it printed.
fn transcript(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let mut text = format!("exit {}\n", output.status.code().unwrap());
    for (name, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)] {
        let printed = String::from_utf8(bytes).unwrap();
        assert!(!printed.contains("RUST_BACKTRACE"), "{printed}");
        if !printed.is_empty() {
            text.extend(["--- ", name, "\n", &printed]);
        }
    }
    text
}

#[test]
fn no_module_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    let declared: BTreeSet<String> = main
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    let written: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "main")
        .collect();
    assert_eq!(declared, written);
}
