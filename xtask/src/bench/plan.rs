//! Measures the planner alone: maps in layers, against engines that have nothing, all of it, and something else.

use std::fmt::Write as _;

use super::{Folder, map};
use crate::command::Cmd;
use crate::error::{Doing as _, Failure, Result};
use crate::workspace;

/// The sizes to measure, in containers.
const SIZES: [usize; 2] = [1_000, 10_000];

/// One line of what the measuring program prints.
struct Row {
    state: String,
    containers: usize,
    steps: String,
    milliseconds: f64,
}

/// `cargo xtask bench plan`.
pub(super) fn measure() -> Result {
    // xtask links none of the workspace's crates, so an example of the planner's measures.
    let example =
        ["build", "--release", "--package", "map-planner", "--features", "sim", "--example", "measure"];
    Cmd::cargo().args(example).run()?;
    let program = workspace::target()?.join("release").join("examples").join("measure");
    let folder = Folder::make()?;
    let mut rows = Vec::new();
    for containers in SIZES {
        let file = folder.0.join(format!("{containers}.yaml"));
        std::fs::write(&file, map::text(containers)).doing(format_args!("write {}", file.display()))?;
        let printed = Cmd::new(&program).arg(&file).read()?;
        for line in printed.lines() {
            rows.push(row(line).ok_or_else(|| Failure::new(format!("the measuring program said `{line}`")))?);
        }
    }
    print!("\n{}", table(&rows));
    Ok(())
}

fn row(line: &str) -> Option<Row> {
    let mut words = line.split(' ');
    let state = words.next()?.to_owned();
    let containers = words.next()?.parse().ok()?;
    let steps = words.next()?.to_owned();
    Some(Row { state, containers, steps, milliseconds: words.next()?.parse().ok()? })
}

/// Returns a table in Markdown; the last column compares with the smallest map in the same state.
fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| engine | containers | steps | median time | of the smallest |\n|---|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let smallest =
            rows.iter().find(|other| other.state == row.state).map_or(1.0, |found| found.milliseconds);
        writeln!(
            text,
            "| {} | {} | {} | {:.1} ms | {:.1} × |",
            row.state,
            row.containers,
            row.steps,
            row.milliseconds,
            row.milliseconds / smallest
        )
        .expect("because a string takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_a_table() {
        let rows: Vec<Row> = ["empty 10 20 5.0", "empty 100 200 60.0"].into_iter().filter_map(row).collect();
        let table = table(&rows);
        assert_eq!(table.lines().last(), Some("| empty | 100 | 200 | 60.0 ms | 12.0 × |"));
        assert!(row("empty ten").is_none());
    }
}
