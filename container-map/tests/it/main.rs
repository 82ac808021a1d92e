//! What the crate promises, seen from outside: maps that load, maps that do not, and what holds for any text.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod canonical;
mod compare;
mod draft;
mod fuzz;
mod hostile;
mod invalid;
mod maps;
mod options;
mod overlay;
mod project;
mod properties;
mod schema;
mod sweep;
mod valid;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use container_map::{ContainerMap, LoadError, LoadOptions};

/// Loads a map that has to have its name in the text.
fn load(text: &str) -> Result<ContainerMap, LoadError> {
    container_map::load(text, LoadOptions::default())
}

/// Returns the fixtures of a folder with their names, in order.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
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
