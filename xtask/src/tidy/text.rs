//! Checks the text of files: size, trailing space, to-do marks, and what belongs to one machine.

use super::Problem;
use super::files::{File, Tree};

/// The size at which a source has to be split.
const LONGEST: usize = 600;
/// The kinds of files people write.
const WRITTEN: [&str; 8] = [".rs", ".md", ".toml", ".yaml", ".yml", ".sh", ".json", ".ci/run"];
/// The lock file's content is cargo's.
const LOCK: &str = "Cargo.lock";

/// Runs all checks of this file.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let sources = tree.files.iter().filter(|file| file.is_rust());
    let mut problems: Vec<Problem> = sources.filter_map(too_long).collect();
    let written = tree.files.iter().filter(|file| WRITTEN.iter().any(|suffix| file.path.ends_with(suffix)));
    problems.extend(written.flat_map(|file| {
        let mut found = trailing_space(file);
        found.extend(open_ends(file));
        found
    }));
    let patterns = Patterns::new();
    let committed = tree.files.iter().filter(|file| file.path != LOCK);
    problems.extend(committed.flat_map(|file| one_machines(file, &patterns)));
    problems
}

/// A source that is too long has more than one subject.
fn too_long(file: &File) -> Option<Problem> {
    let lines = file.text.lines().count();
    let message = format!("{lines} lines; a source file has at most {LONGEST}");
    (lines > LONGEST).then(|| Problem::of(&file.path, message))
}

/// The numbered lines of a file for which `wrong` holds, as problems.
fn lines(file: &File, message: &str, wrong: impl Fn(&str) -> bool) -> Vec<Problem> {
    let found = file.text.lines().enumerate().filter(|(_, line)| wrong(line));
    found.map(|(index, _)| Problem::at(&file.path, index + 1, message)).collect()
}

/// Nobody sees it, and every later change shows it.
fn trailing_space(file: &File) -> Vec<Problem> {
    lines(file, "space at the end of the line", |line| line.ends_with([' ', '\t']))
}

/// A to-do mark names the issue that will take it away.
fn open_ends(file: &File) -> Vec<Problem> {
    // In pieces, or this file would find itself.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat()];
    let numbered =
        |line: &str| line.split('#').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let message = format!("name the issue: `{}(#12)`", marks[0]);
    lines(file, &message, |line| marks.iter().any(|mark| has_word(line, mark)) && !numbered(line))
}

/// Whether a line has a word that is not part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(in_word) && !line[at + word.len()..].starts_with(in_word))
}

/// What is true on one machine only. In pieces, or this file would find itself.
struct Patterns {
    folders: [String; 3],
    hosts: Vec<String>,
}

impl Patterns {
    /// Puts the patterns together.
    fn new() -> Self {
        let host = |parts: &[&str]| parts.join(".");
        Self {
            folders: ["root", "work", "home"].map(|name| format!("/{name}/")),
            hosts: vec![
                host(&["deb", "debian", "org"]),
                host(&["security", "debian", "org"]),
                host(&["archive", "ubuntu", "com"]),
                host(&["index", "crates", "io"]),
                host(&["static", "crates", "io"]),
                host(&["files", "pythonhosted", "org"]),
                host(&["registry", "npmjs", "org"]),
                host(&["proxy", "golang", "org"]),
            ],
        }
    }

    /// The first pattern that a line has.
    fn found<'a>(&'a self, line: &str) -> Option<&'a str> {
        // After a name it is a relative path, after a slash part of an address.
        let begins = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "_-./}$".contains(c));
        let continues =
            |end: usize| line[end..].starts_with(|c: char| c.is_alphanumeric() || c == '.' || c == '_');
        let folder = |folder: &&String| {
            line.match_indices(folder.as_str()).any(|(at, _)| begins(at) && continues(at + folder.len()))
        };
        let host = |host: &&String| line.contains(host.as_str());
        self.folders.iter().find(folder).or_else(|| self.hosts.iter().find(host)).map(String::as_str)
    }
}

/// Paths and package hosts of the machine a file was written on.
fn one_machines(file: &File, patterns: &Patterns) -> Vec<Problem> {
    let numbered = file.text.lines().enumerate();
    let found = numbered.filter_map(|(index, line)| Some((index + 1, patterns.found(line)?)));
    found
        .map(|(line, pattern)| Problem::at(&file.path, line, format!("`{pattern}…` is one machine's")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { path: "a.md".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn lines_are_named() {
        assert_eq!(
            trailing_space(&file("a\nb \n\tc\n"))[0].to_string(),
            "a.md:2: space at the end of the line"
        );
        let mark = ["TO", "DO"].concat();
        let text = format!("{mark}: later\n{mark}(#12): later\n{mark}S\n");
        assert_eq!(open_ends(&file(&text)).iter().map(|problem| problem.line).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn machine_paths_are_told_from_others() {
        let patterns = Patterns::new();
        let line = |parts: &[&str]| parts.concat();
        for (text, expected) in [
            (line(&["see /", "work/main"]), true),
            (line(&["(/", "home/me/x)"]), true),
            (line(&["http://deb.", "debian.org/x"]), true),
            (line(&["overlay/", "work/dir"]), false),
            (line(&["in `/", "root/` or so"]), false),
        ] {
            assert_eq!(patterns.found(&text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn long_files_are_refused() {
        assert!(too_long(&file(&"a\n".repeat(LONGEST))).is_none());
        assert!(too_long(&file(&"a\n".repeat(LONGEST + 1))).is_some());
    }
}
