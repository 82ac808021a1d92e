//! Checks the parity tables: each feature of docker-map has a row, and what a row names is there.
//!
//! A row says where a feature lives and what shows it: `crate::module` and `crate::…::test_function` in backticks, or a
//! fixture as `valid/name.yaml`. A feature that is not kept has a reason instead.

use std::ops::RangeInclusive;

use super::Problem;
use super::files::Tree;
use crate::workspace::CRATES;

/// A file with a table.
struct Table {
    path: &'static str,
    /// The features of the table, by number.
    features: &'static [RangeInclusive<usize>],
}

/// The tables, each in the crate that has most of its features.
const TABLES: [Table; 4] = [
    Table { path: "container-map/PARITY.md", features: &[1..=163] },
    Table { path: "map-planner/PARITY.md", features: &[164..=255] },
    Table { path: "docker-exec/PARITY.md", features: &[308..=311, 317..=323, 326..=326] },
    Table { path: "dockerfile-builder/PARITY.md", features: &[279..=307, 327..=339] },
];
/// Where fixtures are.
const FIXTURES: &str = "container-map/testdata";
/// What the last cell of a feature begins with that is not kept; the reason follows.
const NOT_KEPT: &str = "not kept: ";
/// What it begins with if the feature is not there yet; what is missing follows.
const NOT_YET: &str = "not yet: ";

/// A line of the table.
struct Row<'a> {
    line: usize,
    id: &'a str,
    cells: [&'a str; 3],
}

/// Runs all checks of this file.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    TABLES.iter().flat_map(|table| check_table(table, tree)).collect()
}

/// What is wrong with one table.
fn check_table(table: &Table, tree: &Tree) -> Vec<Problem> {
    let Some(text) = tree.text(table.path) else {
        return vec![Problem::of(table.path, "is missing")];
    };
    let rows: Vec<Row<'_>> = text.lines().enumerate().filter_map(row).collect();
    let mut problems = order(table, &rows);
    for row in &rows {
        let say = |message| Problem::at(table.path, row.line, format!("{}: {message}", row.id));
        problems.extend(contents(row, tree).into_iter().map(say));
    }
    problems
}

/// Reads a line, if it is a row of a feature.
fn row((index, line): (usize, &str)) -> Option<Row<'_>> {
    let mut cells = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim);
    let id = cells.next().filter(|id| id.starts_with("F-"))?;
    // Cells that are missing or too many show as empty or odd ones.
    let cells = [cells.next()?, cells.next().unwrap_or_default(), cells.next().unwrap_or_default()];
    Some(Row { line: index + 1, id, cells })
}

/// Every feature has one row, in the order of their numbers.
fn order(table: &Table, rows: &[Row<'_>]) -> Vec<Problem> {
    let mut found = rows.iter();
    for number in table.features.iter().cloned().flatten() {
        let expected = format!("F-{number:03}");
        match found.next() {
            Some(row) if row.id == expected => {}
            Some(row) => {
                let message = format!("{} stands where {expected} should be", row.id);
                return vec![Problem::at(table.path, row.line, message)];
            }
            None => return vec![Problem::of(table.path, format!("{expected} has no row"))],
        }
    }
    found.map(|row| Problem::at(table.path, row.line, format!("{} is one too many", row.id))).collect()
}

/// What is wrong with one row.
fn contents(row: &Row<'_>, tree: &Tree) -> Vec<String> {
    let [feature, place, shown] = row.cells;
    if feature.is_empty() {
        return vec!["does not say what the feature is".to_owned()];
    }
    if let Some(reason) = shown.strip_prefix(NOT_KEPT).or_else(|| shown.strip_prefix(NOT_YET)) {
        let says = !reason.is_empty() && quoted(place).next().is_none();
        return if says { Vec::new() } else { vec!["is there or has a reason, and not both".to_owned()] };
    }
    let mut problems = Vec::new();
    for (cell, what, exists) in [
        (place, "module", is_module as fn(&str, &Tree) -> bool),
        (shown, "test or fixture", is_shown as fn(&str, &Tree) -> bool),
    ] {
        if quoted(cell).next().is_none() {
            problems.push(format!("names no {what}"));
        }
        let missing = quoted(cell).filter(|name| !exists(name, tree));
        problems.extend(missing.map(|name| format!("there is no {what} `{name}`")));
    }
    problems
}

/// What stands in backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Splits `crate::rest`, if it is a crate of the workspace.
fn member(name: &str) -> Option<(&str, &str)> {
    let (member, rest) = name.split_once("::").unwrap_or((name, ""));
    CRATES.contains(&member).then_some((member, rest))
}

/// Whether `crate::path` is a module with a file of its own.
fn is_module(name: &str, tree: &Tree) -> bool {
    let Some((member, path)) = member(name) else {
        return false;
    };
    let path = if path.is_empty() { "lib".to_owned() } else { path.replace("::", "/") };
    let file = format!("{member}/src/{path}");
    tree.text(&format!("{file}.rs")).is_some() || tree.text(&format!("{file}/mod.rs")).is_some()
}

/// Whether a name is that of a fixture, or `crate::…::function` of a function in a source or test of the crate.
fn is_shown(name: &str, tree: &Tree) -> bool {
    if name.starts_with("valid/") || name.starts_with("invalid/") {
        return tree.text(&format!("{FIXTURES}/{name}")).is_some();
    }
    let Some((member, path)) = member(name).filter(|(_, path)| !path.is_empty()) else {
        return false;
    };
    let function = format!("fn {}(", path.rsplit("::").next().unwrap_or(path));
    let folders = [format!("{member}/src"), format!("{member}/tests")];
    folders.iter().any(|folder| tree.below(folder, ".rs").any(|file| file.text.contains(&function)))
}

#[cfg(test)]
mod tests {
    use super::super::files::File;
    use super::*;

    fn tree(table: &str) -> Tree {
        let files = [
            (TABLES[0].path, table),
            ("container-map/src/lib.rs", ""),
            ("container-map/src/key.rs", "mod tests {\n    #[test]\n    fn keys_are_printed() {}\n}\n"),
            ("container-map/src/validate/mod.rs", ""),
            ("container-map/tests/it/valid.rs", "fn fixtures_load() {}"),
            ("container-map/testdata/valid/smallest.yaml", ""),
        ];
        let file = |(path, text): (&str, &str)| File { path: path.to_owned(), text: text.to_owned() };
        Tree { files: files.into_iter().map(file).collect() }
    }

    /// A table with every feature, one of whose rows is replaced.
    fn table(number: usize, row: &str) -> String {
        let any = |number: usize| {
            format!("| F-{number:03} | a feature | `container-map::key` | `valid/smallest.yaml` |")
        };
        let rows = TABLES[0].features[0]
            .clone()
            .map(|other| if other == number { row.to_owned() } else { any(other) });
        let rows: Vec<String> = rows.filter(|row| !row.is_empty()).collect();
        format!("# Parity\n\n| id | feature | where | shown by |\n|---|---|---|---|\n{}\n", rows.join("\n"))
    }

    fn problems(number: usize, row: &str) -> Vec<String> {
        let problems = check_table(&TABLES[0], &tree(&table(number, row)));
        problems.iter().map(|problem| problem.message.clone()).collect()
    }

    #[test]
    fn rows_name_what_there_is() {
        for row in [
            "| F-007 | x | `container-map::key`, `container-map::validate` | `container-map::key::tests::keys_are_printed` |",
            "| F-007 | x | `container-map` | `container-map::it::valid::fixtures_load`, `valid/smallest.yaml` |",
            "| F-007 | x | – | not kept: only Python has it |",
        ] {
            assert_eq!(problems(7, row), [""; 0], "{row}");
        }
    }

    #[test]
    fn rows_that_name_something_else_are_found() {
        for (row, expected) in [
            (
                "| F-007 | x | `container-map::keys` | `valid/smallest.yaml` |",
                "there is no module `container-map::keys`",
            ),
            ("| F-007 | x | `map::key` | `valid/smallest.yaml` |", "there is no module `map::key`"),
            ("| F-007 | x | here | `valid/smallest.yaml` |", "names no module"),
            (
                "| F-007 | x | `container-map` | `valid/small.yaml` |",
                "there is no test or fixture `valid/small.yaml`",
            ),
            (
                "| F-007 | x | `container-map` | `container-map::key::keys_are` |",
                "there is no test or fixture `container-map::key::keys_are`",
            ),
            ("| F-007 | x | `container-map` | it works |", "names no test or fixture"),
            ("| F-007 | x | `container-map` | not kept: old |", "is there or has a reason, and not both"),
            ("| F-007 | | `container-map` | `valid/smallest.yaml` |", "does not say what the feature is"),
        ] {
            assert_eq!(problems(7, row), [format!("F-007: {expected}")], "{row}");
        }
    }

    #[test]
    fn rows_are_complete_and_in_order() {
        assert_eq!(problems(7, ""), ["F-008 stands where F-007 should be"]);
        assert_eq!(problems(163, ""), ["F-163 has no row"]);
        let twice = "| F-007 | x | – | not kept: x |\n| F-007 | x | – | not kept: x |";
        assert_eq!(problems(7, twice), ["F-007 stands where F-008 should be"]);
        let more = "| F-163 | x | – | not kept: x |\n| F-164 | x | – | not kept: x |";
        assert_eq!(problems(163, more), ["F-164 is one too many"]);
        let missing = check(&Tree::default());
        assert!(missing.iter().all(|problem| problem.message == "is missing"));
        assert_eq!(missing.len(), TABLES.len());
    }

    #[test]
    fn a_table_can_have_several_ranges() {
        let table = Table { path: "a.md", features: &[1..=1, 3..=4] };
        let row = |id| Row { line: 1, id, cells: [""; 3] };
        assert!(order(&table, &[row("F-001"), row("F-003"), row("F-004")]).is_empty());
        let problems = order(&table, &[row("F-001"), row("F-002")]);
        assert_eq!(problems[0].message, "F-002 stands where F-003 should be");
    }
}
