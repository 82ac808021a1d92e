//! Checks where the source may use what: the standard library, printing, the engine client, ignored tests.

use super::Problem;
use super::files::{File, Tree};

/// Crates that do without the standard library.
const NO_STD: [&str; 2] = ["container-map", "map-planner"];
/// Modules of the standard library that reach outside the process.
const OUTSIDE: [&str; 6] = ["fs", "env", "net", "process", "thread", "time"];
/// Crates that reach files.
const FILES: [&str; 2] = ["cap_std", "cap_fs_ext"];
/// The file of the builder that may use them.
const BUILDER_HOST: &str = "dockerfile-builder/src/source/host.rs";

/// The files of the builder that may start a thread: one that computes, and one that runs an iterator.
const BUILDER_THREADS: [&str; 2] = ["dockerfile-builder/src/ahead.rs", "dockerfile-builder/src/chunks.rs"];

/// Runs all checks of this file.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems: Vec<Problem> = NO_STD.iter().filter_map(|name| no_std(tree, name)).collect();
    let builder = tree.below("dockerfile-builder/src", ".rs").filter(|file| file.path != BUILDER_HOST);
    problems.extend(builder.flat_map(outside_modules));
    let silent = tree.below("dmap-cli/src", ".rs").filter(|file| !is_in(&file.path, "dmap-cli/src/ui"));
    problems.extend(silent.flat_map(prints));
    let planless =
        tree.below("docker-exec/src", ".rs").filter(|file| !is_in(&file.path, "docker-exec/src/docker"));
    problems.extend(planless.flat_map(engine_client));
    let sources = tree.files.iter().filter(|file| file.is_rust());
    problems.extend(sources.flat_map(ignored_without_reason));
    problems
}

/// Whether a file is the module `folder` or inside it.
fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// A pure crate's root says so to the compiler.
fn no_std(tree: &Tree, name: &str) -> Option<Problem> {
    let path = format!("{name}/src/lib.rs");
    let declared = tree.text(&path).is_some_and(|text| text.lines().any(|line| line.contains("no_std")));
    (!declared).then(|| Problem::of(&path, format!("{name} is pure: it begins with `#![no_std]`")))
}

/// The builder touches the machine in one file only.
fn outside_modules(file: &File) -> Vec<Problem> {
    let mut code = String::new();
    let mut last = 0;
    for (number, line) in file.code_lines() {
        // Comments become empty lines, so that lines keep their numbers.
        code.extend(std::iter::repeat_n('\n', number - last));
        code.push_str(line);
        last = number;
    }
    let mut problems = Vec::new();
    for (at, found) in code.match_indices("std::") {
        if code[..at].ends_with(is_name_char) {
            continue;
        }
        let line = code[..at].matches('\n').count();
        let is_outside = |name: &&str| {
            OUTSIDE.contains(name) && !(*name == "thread" && BUILDER_THREADS.contains(&&*file.path))
        };
        for module in imported(&code[at + found.len()..]).into_iter().filter(is_outside) {
            let message = format!("`std::{module}` is used in {BUILDER_HOST} only");
            problems.push(Problem::at(&file.path, line, message));
        }
    }
    for (number, line) in file.code_lines() {
        for name in FILES.into_iter().filter(|name| line.contains(name)) {
            let message = format!("`{name}` is used in {BUILDER_HOST} only");
            problems.push(Problem::at(&file.path, number, message));
        }
    }
    problems
}

/// The names that follow `std::`: one, or the heads of a group in braces.
fn imported(rest: &str) -> Vec<&str> {
    let head = |item: &'_ str| -> usize { item.find(|c| !is_name_char(c)).unwrap_or(item.len()) };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![&rest[..head(rest)]];
    };
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                items.push(group[start..at].trim());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    items.into_iter().map(|item| &item[..head(item)]).collect()
}

/// Whether a character can be part of a name in Rust.
fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The command prints in one module only.
fn prints(file: &File) -> Vec<Problem> {
    let macros = ["println!", "eprintln!", "print!", "eprint!"];
    let called = |line: &str| macros.into_iter().find(|name| calls(line, name));
    let found = file.code_lines().filter_map(|(number, line)| Some((number, called(line)?)));
    found
        .map(|(number, name)| Problem::at(&file.path, number, format!("`{name}` is used below ui/ only")))
        .collect()
}

/// Whether a line has `name` as a word of its own.
fn calls(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| !line[..at].ends_with(is_name_char))
}

/// The engine client stays in one folder.
fn engine_client(file: &File) -> Vec<Problem> {
    let found = file.code_lines().filter(|(_, line)| calls(line, "bollard::"));
    let message = "`bollard` is used below src/docker/ only";
    found.map(|(number, _)| Problem::at(&file.path, number, message)).collect()
}

/// An ignored test says what it needs.
fn ignored_without_reason(file: &File) -> Vec<Problem> {
    let bare = |line: &&str| ["#[ignore]", "#[ignore = \"\"]"].contains(&line.trim());
    let found = file.text.lines().enumerate().filter(|(_, line)| bare(line));
    let message = "say what the test needs: `#[ignore = \"needs …\"]`";
    found.map(|(index, _)| Problem::at(&file.path, index + 1, message)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { path: "a.rs".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn modules_that_reach_outside_are_found_alone_and_in_groups() {
        let text = "use std::path::Path;\n// std::fs\nuse std::{\n  collections::{BTreeMap, env},\n  fs::File,\n  io};\n\
                    fn a() { std::env::var(\"A\"); my_std::fs::b(); std::time_like(); }\n";
        let found: Vec<(usize, String)> =
            outside_modules(&file(text)).into_iter().map(|problem| (problem.line, problem.message)).collect();
        let message = |module: &str| format!("`std::{module}` is used in {BUILDER_HOST} only");
        assert_eq!(found, [(3, message("fs")), (7, message("env"))]);
        let crates = outside_modules(&file("use a;\nuse cap_std::fs::Dir;\n// cap_fs_ext\n"));
        let [problem] = &crates[..] else { panic!("one line names a crate: {}", crates.len()) };
        assert_eq!(
            (problem.line, &*problem.message),
            (2, &*format!("`cap_std` is used in {BUILDER_HOST} only"))
        );
    }

    #[test]
    fn printing_is_told_from_what_only_looks_like_it() {
        let problems =
            prints(&file("fn a() {\n    println!(\"a\");\n    pretty_print!(b);\n    eprint!(\"c\")\n}\n"));
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 4]);
        assert!(
            is_in("dmap-cli/src/ui/text.rs", "dmap-cli/src/ui")
                && is_in("dmap-cli/src/ui.rs", "dmap-cli/src/ui")
        );
        assert!(!is_in("dmap-cli/src/uid.rs", "dmap-cli/src/ui"));
    }

    #[test]
    fn an_ignored_test_needs_a_reason() {
        let text = ["#[ign", "ore]\n#[ignore = \"needs an engine\"]\n"].concat();
        assert_eq!(ignored_without_reason(&file(&text)).len(), 1);
    }
}
