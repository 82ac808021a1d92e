//! The rules of `.dockerignore` against a second implementation that is slow and obvious.

use std::collections::BTreeSet;

use dockerfile_builder::{BuildContext, ContextPath, Ignore, MemoryTree, SourcePath};
use proptest::prelude::*;
use regex::Regex;

/// A rule: whether it keeps, and an expression for the paths it is about.
struct Rule {
    keeps: bool,
    expression: Regex,
}

fn rules(text: &str) -> Vec<Rule> {
    text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).map(rule).collect()
}

fn rule(line: &str) -> Rule {
    let mut pattern = line.trim();
    let keeps = pattern.starts_with('!');
    if keeps {
        pattern = pattern[1..].trim();
    }
    let mut segments = Vec::new();
    for segment in pattern.split('/').filter(|segment| !segment.is_empty() && *segment != ".") {
        if segment == ".." && segments.last().is_some_and(|last| *last != "..") {
            segments.pop();
        } else if segment != ".." || !pattern.starts_with('/') {
            segments.push(segment);
        }
    }
    Rule { keeps, expression: expression(&segments.join("/")) }
}

/// Translates a pattern as the engine does. `(?s:…)` lets a dot be a line break.
fn expression(pattern: &str) -> Regex {
    let is_plain = |text: &str| !text.contains(['*', '?', '[', ']', '\\']);
    let plain = |text: &str| regex::escape(text);
    let text = if is_plain(pattern) {
        plain(pattern)
    } else if let Some(start) =
        pattern.strip_suffix("**").filter(|start| is_plain(start) && !start.is_empty())
    {
        format!("{}(?s:.*)", plain(start))
    } else if let Some(end) = pattern.strip_prefix("**").filter(|end| is_plain(end)) {
        match end.strip_prefix('/') {
            Some(name) => format!("((?s:.*)/)?{}", plain(name)),
            None => format!("(?s:.*){}", plain(end)),
        }
    } else {
        let mut rest = pattern;
        let mut text = String::new();
        while let Some(c) = rest.chars().next() {
            let (taken, translated) = if let Some(after) = rest.strip_prefix("**") {
                let after = after.strip_prefix('/').unwrap_or(after);
                (rest.len() - after.len(), if after.is_empty() { ".*" } else { "(.*/)?" }.to_owned())
            } else {
                match c {
                    '*' => (1, "[^/]*".to_owned()),
                    '?' => (1, "[^/]".to_owned()),
                    '\\' => (2, regex::escape(&rest[1..2])),
                    '[' => {
                        let end = rest.find(']').unwrap() + 1;
                        (end, rest[..end].to_owned())
                    }
                    '^' => (1, "^".to_owned()),
                    c => (c.len_utf8(), regex::escape(&c.to_string())),
                }
            };
            text.push_str(&translated);
            rest = &rest[taken..];
        }
        text
    };
    Regex::new(&format!("^(?:{text})$")).unwrap()
}

/// Returns which rules count for a path, and whether it is left out.
fn decide(rules: &[Rule], path: &str) -> (Vec<bool>, bool) {
    let above = match path.rsplit_once('/') {
        Some((parent, _)) => decide(rules, parent).0,
        None => vec![false; rules.len()],
    };
    let mut counting = Vec::new();
    let mut is_excluded = false;
    for (rule, above) in rules.iter().zip(above) {
        let counts = above || rule.keeps == is_excluded && rule.expression.is_match(path);
        if counts {
            is_excluded = !rule.keeps;
        }
        counting.push(counts);
    }
    (counting, is_excluded)
}

fn pattern() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        3 => Just("a"), 3 => Just("b"), 1 => Just("ab"), 3 => Just("*"), 3 => Just("**"), 1 => Just("?"), 1 => Just("[ab]"),
        1 => Just("[^a]"), 1 => Just("[a-b]*"), 1 => Just("a*"), 1 => Just("*b"), 1 => Just("**b"), 1 => Just("a**"),
        1 => Just("\\*"), 1 => Just("^a"), 1 => Just("x.y"), 1 => Just("."), 1 => Just(".."), 1 => Just(""),
    ];
    let prefix = prop_oneof![4 => Just(""), 3 => Just("!"), 1 => Just("/"), 1 => Just("! /"), 1 => Just("#"), 1 => Just(" ./")];
    (prefix, proptest::collection::vec(segment, 1..4))
        .prop_map(|(prefix, segments)| format!("{prefix}{}", segments.join("/")))
}

fn patterns() -> impl Strategy<Value = String> {
    proptest::collection::vec(pattern(), 0..5).prop_map(|lines| lines.join("\n"))
}

fn path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        4 => Just("a"), 4 => Just("b"), 2 => Just("ab"), 1 => Just("*"), 1 => Just("x.y"), 1 => Just("xay"), 1 => Just("^a"), 1 => Just("b\na"),
    ];
    proptest::collection::vec(segment, 1..5).prop_map(|segments| segments.join("/"))
}

proptest! {
    #[test]
    fn both_implementations_agree(text in patterns(), path in path()) {
        // Nothing is left to keep.
        let Ok(ignore) = text.parse::<Ignore>() else { return Ok(()) };
        let source: SourcePath = path.parse().unwrap();
        prop_assert_eq!(ignore.excludes(&source), decide(&rules(&text), &path).1, "{} on {}", text, path);
    }

    #[test]
    fn a_context_has_what_is_not_left_out(text in patterns(), paths in proptest::collection::btree_set(path(), 0..12)) {
        prop_assume!(text.parse::<Ignore>().is_ok());
        // Names of files end in a letter that no directory's has.
        let files: BTreeSet<String> = paths.into_iter().map(|path| format!("{path}~")).collect();
        let mut tree = MemoryTree::new().file("Dockerfile".parse().unwrap(), "FROM a").file(".dockerignore".parse().unwrap(), text.clone());
        for file in &files {
            tree = tree.file(file.parse().unwrap(), "");
        }
        let rules = rules(&text);
        let mut expected = BTreeSet::from(["Dockerfile".to_owned(), ".dockerignore".to_owned()]);
        for path in &files {
            let above = path.match_indices('/').map(|(end, _)| &path[..end]);
            for each in above.chain([path.as_str()]).filter(|each| !decide(&rules, each).1) {
                // Kept, and so are the directories it lies in.
                expected.extend(each.match_indices('/').map(|(end, _)| each[..end].to_owned()));
                expected.insert(each.to_owned());
            }
        }
        let context = BuildContext::of_directory(SourcePath::root(), ContextPath::dockerfile());
        let found = context.entries(&tree).map(|entry| entry.map(|entry| entry.path.to_string())).collect::<Result<BTreeSet<_>, _>>();
        prop_assert_eq!(found.map_err(|error| error.to_string()), Ok(expected), "{}", text);
    }
}
