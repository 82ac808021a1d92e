//! Compares [`Mode`] with `chmod -R` of GNU coreutils, over trees of files with all kinds of modes.
//!
//! The tests fail where that command is missing: skipped, they would say nothing.
//! Without the privilege to enter closed directories the trees are flat.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_types, reason = "the oracle is a program")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use container_map::{FileKind, Mode};
use proptest::prelude::*;

/// Is a folder of its own, which is removed at the end, with entries of known modes.
struct Tree {
    root: PathBuf,
    entries: Vec<Entry>,
    is_privileged: bool,
}

struct Entry {
    path: PathBuf,
    kind: FileKind,
    start: u32,
}

impl Tree {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("chmod-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&root).expect("the folder can be made");
        let probe = root.join("probe");
        fs::create_dir(&probe).expect("a directory can be made");
        set_mode(&probe, 0);
        let is_privileged = fs::read_dir(&probe).is_ok();
        fs::remove_dir(&probe).expect("the directory can be removed");
        Self { root, entries: Vec::new(), is_privileged }
    }

    /// Adds an entry below the directory of an earlier one, if that is possible.
    fn add(&mut self, kind: FileKind, start: u32, above: usize) {
        let directories: Vec<_> =
            self.entries.iter().filter(|entry| entry.kind == FileKind::Directory).collect();
        let parent = match directories.len().checked_sub(above) {
            Some(index) if self.is_privileged && above > 0 => &directories[index].path,
            _ => &self.root,
        };
        let path = parent.join(self.entries.len().to_string());
        match kind {
            FileKind::Directory => fs::create_dir(&path).expect("a directory can be made"),
            FileKind::Other => fs::write(&path, "").expect("a file can be made"),
        }
        self.entries.push(Entry { path, kind, start });
    }

    /// Gives every entry its mode, has `chmod -R` change the tree, and compares.
    fn compare(&self, text: &str) {
        let mode: Mode = text.parse().unwrap_or_else(|error| panic!("{error}"));
        for entry in &self.entries {
            set_mode(&entry.path, entry.start);
        }
        let top =
            self.entries.iter().map(|entry| &entry.path).filter(|path| path.parent() == Some(&self.root));
        let names = top.filter_map(|path| path.file_name()?.to_str());
        let output = chmod(&self.root, ["-R", "--", text].into_iter().chain(names));
        // Without privilege, it changes the mode of a directory and then fails to enter it.
        assert!(output.status.success() || !self.is_privileged, "chmod {text}: {output:?}");
        for Entry { path, kind, start } in &self.entries {
            let (found, expect) = (mode_of(path), mode.apply(*start, *kind));
            assert_eq!(found, expect, "{text} on {kind:?} {start:04o}: GNU {found:04o}, here {expect:04o}");
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        for entry in &self.entries {
            let _ = fs::set_permissions(&entry.path, Permissions::from_mode(0o700));
        }
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("the mode can be set");
}

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("the entry is there").permissions().mode() & 0o7777
}

/// Runs the command in a folder with the umask that a map's modes are read with.
fn chmod<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Output {
    Command::new("sh")
        .args(["-c", "umask 022 && exec chmod \"$@\"", "sh"])
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .output()
        .expect("a shell can be run")
}

/// Generates all that `chmod` takes, often with the clauses that touch special bits.
fn mode() -> impl Strategy<Value = String> {
    let clause = prop_oneof![
        6 => "[ugoa]{0,2}([-+=][rwxXst]{0,3}){1,2}",
        2 => "[ugoa]{0,2}[-+=][ugo]([-+=][rwxXst]{0,2})?",
        1 => "[-+=][0-7]{1,3}",
        1 => "[-+=]0?[0-7]{4}",
    ];
    prop_oneof![
        1 => "[0-7]{1,4}",
        1 => "0[0-7]{4}",
        4 => proptest::collection::vec(clause, 1..4).prop_map(|clauses| clauses.join(",")),
    ]
}

fn entry() -> impl Strategy<Value = (FileKind, u32, usize)> {
    let kind = prop_oneof![Just(FileKind::Directory), Just(FileKind::Other)];
    let start = prop_oneof![0..0o10000_u32, (0..8_u32).prop_map(|special| special << 9 | 0o755)];
    (kind, start, 0..4_usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_what_chmod_changes(text in mode(), entries in proptest::collection::vec(entry(), 1..24)) {
        let mut tree = Tree::new();
        for (kind, start, above) in entries {
            tree.add(kind, start, above);
        }
        tree.compare(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn takes_what_chmod_takes(
        texts in proptest::collection::vec(prop_oneof![mode(), "[ugoa]{0,2}[-+=rwxXstugo0-9,]{0,5}", "[0-9]{1,7}"], 4),
    ) {
        let mut tree = Tree::new();
        tree.add(FileKind::Other, 0o644, 0);
        // The spelling `0o755` is of this project.
        for text in texts.iter().filter(|text| !text.starts_with("0o")) {
            let output = chmod(&tree.root, ["--", text, "0"]);
            prop_assert_eq!(output.status.success(), text.parse::<Mode>().is_ok(), "{}: {:?}", text, output);
        }
    }
}

#[test]
fn changes_every_mode_alike() {
    let mut tree = Tree::new();
    for start in 0..0o10000 {
        tree.add(FileKind::Directory, start, 0);
        tree.add(FileKind::Other, start, 0);
    }
    for text in [
        "755",
        "6750",
        "00755",
        "=755",
        "u=rwX,g=rX,o=",
        "+w",
        "=",
        "u=s",
        "a-s",
        "u+s,g-w",
        "o=u",
        "g=u-w",
        "+t",
        "a+X,u+x",
        "-6000",
    ] {
        tree.compare(text);
    }
}

#[test]
fn leaves_what_links_lead_to() {
    let mut tree = Tree::new();
    tree.add(FileKind::Directory, 0o755, 0);
    tree.add(FileKind::Other, 0o600, 0);
    let (directory, file) = (&tree.entries[0].path, &tree.entries[1].path);
    let link = directory.join("link");
    symlink(file, &link).expect("a link can be made");
    set_mode(file, 0o600);
    assert!(chmod(&tree.root, ["-R", "a=rwx", "0"]).status.success());
    assert_eq!((mode_of(directory), mode_of(file)), (0o777, 0o600));
    // The link itself has no mode of its own.
    assert_eq!(mode_of(&link), 0o777);
}

#[test]
fn oracle_is_gnu() {
    let output = chmod(Path::new("/"), ["--version"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("GNU coreutils"), "{output:?}");
}
