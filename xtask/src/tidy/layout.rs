//! Checks that no file is forgotten: test modules, snapshots, and what `ARCHITECTURE.md` has to mention.

use std::collections::BTreeSet;

use super::Problem;
use super::files::Tree;
use crate::workspace::CRATES;

/// The map of the code.
const MAP: &str = "ARCHITECTURE.md";
/// What a snapshot that nobody has looked at yet is called.
const UNREVIEWED: [&str; 2] = [".snap.new", ".pending-snap"];

/// Runs all checks of this file.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = forgotten_tests(tree);
    problems.extend(unreviewed_snapshots(tree));
    problems.extend(unmapped(tree));
    problems
}

/// Every file beside a test suite's `main.rs` is a module of it, or it never runs.
fn forgotten_tests(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mains =
        tree.files.iter().filter(|file| file.path.ends_with("/main.rs") && file.path.contains("/tests/"));
    for main in mains {
        let suite = main.path.trim_end_matches("/main.rs");
        for file in tree.below(suite, ".rs").filter(|file| file.path != main.path) {
            let rest = &file.path[suite.len() + 1..];
            let module = match rest.split_once('/') {
                None => rest.trim_end_matches(".rs"),
                Some((folder, "mod.rs")) => folder,
                Some(_) => continue,
            };
            if !declares(&main.text, module) {
                let message = format!("never runs: {} has no `mod {module};`", main.path);
                problems.push(Problem::of(&file.path, message));
            }
        }
    }
    problems
}

/// Whether a source has the line `mod name;`, whatever its visibility.
fn declares(source: &str, module: &str) -> bool {
    source.lines().any(|line| {
        let line = line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) == Some(module)
    })
}

/// A snapshot that waits for review says that a test did not pass.
fn unreviewed_snapshots(tree: &Tree) -> Vec<Problem> {
    let waiting =
        tree.files.iter().filter(|file| UNREVIEWED.iter().any(|suffix| file.path.ends_with(suffix)));
    let message = "a snapshot nobody has accepted; look at it, then `cargo xtask bless`, or delete it";
    waiting.map(|file| Problem::of(&file.path, message)).collect()
}

/// The map of the code mentions every crate by name and every module folder as `folder/`.
fn unmapped(tree: &Tree) -> Vec<Problem> {
    let Some(map) = tree.text(MAP) else {
        return vec![Problem::of(MAP, "is missing")];
    };
    let crates = CRATES.iter().filter(|name| !map.contains(**name));
    let mut problems: Vec<Problem> =
        crates.map(|name| Problem::of(MAP, format!("does not mention the crate {name}"))).collect();
    for (path, folder) in module_folders(tree) {
        if !mentions(map, &folder) {
            problems.push(Problem::of(
                MAP,
                format!("does not mention the module folder {path} (as `{folder}/`)"),
            ));
        }
    }
    problems
}

/// Whether a text names a folder: its name, not as the end of a longer one, and a slash.
fn mentions(map: &str, folder: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    map.match_indices(&format!("{folder}/")).any(|(at, _)| !map[..at].ends_with(in_name))
}

/// The folders below the members' `src` that hold more than a file's unit tests, with their last names.
fn module_folders(tree: &Tree) -> BTreeSet<(String, String)> {
    let mut folders = BTreeSet::new();
    for name in CRATES {
        let source = format!("{name}/src");
        for file in tree.below(&source, ".rs") {
            let (folder, name) = file.path.rsplit_once('/').unwrap_or_default();
            // The unit tests of a file that is long enough without them are not a module to find one's way to.
            if name == "tests.rs" {
                continue;
            }
            if let Some((_, last)) = folder.strip_prefix(&source).and_then(|rest| rest.rsplit_once('/')) {
                folders.insert((folder.to_owned(), last.to_owned()));
            }
        }
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::super::files::File;
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        Tree { files: files.iter().map(file).collect() }
    }

    #[test]
    fn a_test_file_without_a_module_is_forgotten() {
        let tree = tree(&[
            ("a/tests/it/main.rs", "mod one;\npub(crate) mod two;\n"),
            ("a/tests/it/one.rs", ""),
            ("a/tests/it/two/mod.rs", ""),
            ("a/tests/it/two/part.rs", ""),
            ("a/tests/it/three.rs", ""),
        ]);
        let problems = forgotten_tests(&tree);
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["a/tests/it/three.rs: never runs: a/tests/it/main.rs has no `mod three;`"]);
    }

    #[test]
    fn the_map_mentions_crates_and_folders() {
        let text = format!("{} and `diff/`, not xemit/", CRATES.join(" "));
        let tree = tree(&[
            (MAP, text.as_str()),
            ("map-planner/src/lib.rs", ""),
            ("map-planner/src/diff/mod.rs", ""),
            ("map-planner/src/emit/mod.rs", ""),
        ]);
        let shown: Vec<String> = unmapped(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            ["ARCHITECTURE.md: does not mention the module folder map-planner/src/emit (as `emit/`)"]
        );
    }

    #[test]
    fn snapshots_that_wait_are_found() {
        assert_eq!(unreviewed_snapshots(&tree(&[("a/b.snap", ""), ("a/b.snap.new", "")])).len(), 1);
    }
}
