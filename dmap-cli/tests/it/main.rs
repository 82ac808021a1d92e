//! Transcripts of the real program, with no engine: exit code, standard output and standard error of each command line.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod build;
mod build_of_map;
mod check;
mod cleanup;
mod clients;
mod config;
mod context;
mod engine;
mod graph;
mod help;
mod help_of_verbs;
mod help_without_map;
mod map;
mod plan;
mod project;
mod readme;
mod saved;
mod script;
mod secrets;
mod selection;
mod status;
mod terminal;
mod variables;
mod verbs;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
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

    /// Adds a file, with the folders it is in.
    fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Returns where a file of it is.
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
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

/// Runs a program with a text as its standard input.
fn transcript_with_input(command: &mut Command, text: &str) -> String {
    let (reader, mut writer) = std::io::pipe().unwrap();
    // It is short, so it waits in the pipe.
    writer.write_all(text.as_bytes()).unwrap();
    drop(writer);
    transcript(command.stdin(reader))
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
