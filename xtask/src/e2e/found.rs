//! Which live tests there are: what cargo built of them, and what they are called.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::Cmd;
use crate::error::{Doing as _, Failure, Result};

/// How many crates have live tests, in `tests/live`.
const CRATES: usize = 2;

/// A live test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    /// Its name, as the test harness has it.
    pub(super) name: String,
    /// The program that it is in.
    program: PathBuf,
    /// The folder of its crate.
    folder: PathBuf,
}

impl Test {
    /// What runs this test and no other.
    pub(super) fn command(&self) -> Cmd {
        // As `cargo test` does it.
        let command = Cmd::new(&self.program).dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder);
        command.args(["--ignored", "--exact", &self.name])
    }
}

/// Builds the live tests, and returns those that fit the filter. A crate without any is a failure, for it would prove nothing.
pub(super) fn find(filter: Option<&str>) -> Result<Vec<Test>> {
    // With the examples, which live tests run; after the other tests there is nothing left to build. The whole workspace is
    // named so that what those were made of is used again.
    Cmd::cargo().args(["test", "--workspace", "--no-run"]).run()?;
    let words = ["test", "--workspace", "--no-run", "--test", "live", "--message-format=json"];
    let built = programs(&Cmd::cargo().args(words).read()?)?;
    let mut tests = Vec::new();
    let mut crates = 0;
    for (program, folder) in built {
        let listed = Cmd::new(&program).args(["--ignored", "--list"]).read()?;
        let names = listed.lines().filter_map(|line| line.strip_suffix(": test"));
        let before = tests.len();
        tests.extend(names.map(|name| Test {
            name: name.to_owned(),
            program: program.clone(),
            folder: folder.clone(),
        }));
        crates += usize::from(tests.len() > before);
    }
    if crates != CRATES {
        return Err(Failure::new(format!(
            "not all {CRATES} crates have live tests (tests/live, marked `#[ignore = …]`)"
        )));
    }
    tests.retain(|test| filter.is_none_or(|filter| test.name.contains(filter)));
    match filter {
        Some(filter) if tests.is_empty() => {
            Err(Failure::usage(format_args!("no live test has `{filter}` in its name")))
        }
        _ => Ok(tests),
    }
}

/// The programs that cargo tells of in its messages, with the folders of their crates.
fn programs(messages: &str) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut programs = Vec::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).doing("read what `cargo test` built")?;
        let text = |value: &Value| value.as_str().map(PathBuf::from);
        if let (Some(program), Some(manifest)) =
            (text(&message["executable"]), text(&message["manifest_path"]))
            && message["target"]["name"] == "live"
        {
            let folder = manifest.parent().map(Path::to_owned).unwrap_or_default();
            programs.push((program, folder));
        }
    }
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_those_of_live_tests() {
        let line = |name: &str, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/w/a/Cargo.toml","target":{{"name":"{name}"}},"executable":{executable}}}"#
            )
        };
        let end = r#"{"reason":"build-finished","success":true}"#;
        let messages =
            [line("dmap", "\"/w/dmap\""), line("live", "\"/w/live-1\""), line("live", "null")].join("\n");
        let found = programs(&format!("{messages}\n{end}")).expect("it is JSON");
        assert_eq!(found, [("/w/live-1".into(), "/w/a".into())]);
    }
}
