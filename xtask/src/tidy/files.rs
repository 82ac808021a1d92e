//! The files of the workspace, read once for all checks.

use std::path::Path;

use crate::error::{Doing as _, Result};

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 2] = ["target", "mutants.out"];
/// Hidden folders that do.
const HIDDEN: [&str; 3] = [".cargo", ".ci", ".github"];

/// One file.
#[derive(Debug)]
pub(super) struct File {
    /// Its path from the workspace's root, with `/` between its parts.
    pub(super) path: String,
    /// Its content; empty for what is not text.
    pub(super) text: String,
}

/// All files, ordered by path.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The files.
    pub(super) files: Vec<File>,
}

impl Tree {
    /// Reads everything below `root` that could be committed, and what a test run may have left there.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        tree.add(root, "")?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    /// The text of a file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// The files below a folder whose names end in `suffix`.
    pub(super) fn below<'a>(&'a self, folder: &'a str, suffix: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| {
            file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
                && file.path.ends_with(suffix)
        })
    }

    /// Adds the content of a folder.
    fn add(&mut self, folder: &Path, path: &str) -> Result {
        let reading = || format!("read {}", folder.display());
        for entry in std::fs::read_dir(folder).doing(reading())? {
            let entry = entry.doing(reading())?;
            let kind = entry.file_type().doing(reading())?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            if kind.is_dir() {
                let hidden = name.starts_with('.') && !HIDDEN.contains(&name.as_str());
                if !hidden && !FOREIGN.contains(&name.as_str()) {
                    self.add(&entry.path(), &path)?;
                }
            } else if kind.is_file() {
                let bytes = std::fs::read(entry.path()).doing(format_args!("read {path}"))?;
                self.files.push(File { path, text: String::from_utf8(bytes).unwrap_or_default() });
            }
        }
        Ok(())
    }
}

impl File {
    /// Whether this is a Rust source.
    pub(super) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }

    /// The lines before the file's unit tests, numbered from 1, without those that are comments.
    pub(super) fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        production(&self.text)
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// The part of a source before its `#[cfg(test)] mod … {` at the end.
fn production(text: &str) -> &str {
    let mark = "#[cfg(test)]\n";
    let starts_tests = |(at, _): &(usize, &str)| {
        let after = text[at + mark.len()..].lines().find(|line| !line.trim_start().starts_with("#["));
        after.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    };
    text.match_indices(mark).find(starts_tests).map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_tests_and_comments_are_no_code() {
        let text =
            "//! doc\n#[cfg(test)]\nuse a;\nfn b() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n    c();\n}\n";
        let file = File { path: "a.rs".to_owned(), text: text.to_owned() };
        let lines: Vec<(usize, &str)> = file.code_lines().collect();
        assert_eq!(lines, [(2, "#[cfg(test)]"), (3, "use a;"), (4, "fn b() {}")]);
    }

    #[test]
    fn below_means_inside() {
        let file = |path: &str| File { path: path.to_owned(), text: String::new() };
        let tree = Tree { files: vec![file("a/b.rs"), file("a/c.md"), file("ab/d.rs")] };
        let paths: Vec<&str> = tree.below("a", ".rs").map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a/b.rs"]);
    }
}
