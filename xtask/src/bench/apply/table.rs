//! The table of the programs side by side.

use std::fmt::Write as _;
use std::time::Duration;

use super::super::report::median;
use super::{Measured, Stage};

/// Returns a table in Markdown: a column for each program. Times are medians of the rounds, outages those of all rounds.
pub(super) fn table(programs: &[&str], measured: &[Measured]) -> String {
    let heads: Vec<String> = programs.iter().map(|program| format!(" {program} |")).collect();
    let mut text = format!("| |{}\n|---|{}\n", heads.concat(), "--:|".repeat(programs.len()));
    for stage in Stage::ALL {
        row(&mut text, programs, stage.name(), |program| {
            let walls = of(measured, program, stage).map(|found| found.wall).collect();
            seconds(median(walls))
        });
    }
    let stage = Stage::Twenty;
    let outages = |program: &str| -> Vec<Duration> {
        of(measured, program, stage).flat_map(|found| found.outages.iter().copied()).collect()
    };
    row(&mut text, programs, "outage, median of 20", |program| seconds(median(outages(program))));
    row(&mut text, programs, "outage, worst of 20", |program| {
        seconds(outages(program).into_iter().max().unwrap_or_default())
    });
    row(&mut text, programs, "outages seen", |program| outages(program).len().to_string());
    text
}

fn of<'a>(measured: &'a [Measured], program: &str, stage: Stage) -> impl Iterator<Item = &'a Measured> {
    measured.iter().filter(move |found| found.program == program && found.stage == stage)
}

fn row(text: &mut String, programs: &[&str], name: &str, cell: impl Fn(&str) -> String) {
    let cells: Vec<String> = programs.iter().map(|program| cell(program)).collect();
    writeln!(text, "| {name} | {} |", cells.join(" | ")).expect("because a string takes everything");
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_side_by_side() {
        let row = |program, stage, wall, outages: &[u64]| Measured {
            program,
            stage,
            wall: Duration::from_millis(wall),
            outages: outages.iter().map(|time| Duration::from_millis(*time)).collect(),
        };
        let measured = [
            row("a", Stage::Twenty, 1000, &[100, 300]),
            row("a", Stage::Twenty, 3000, &[200]),
            row("b", Stage::Twenty, 500, &[50]),
            row("a", Stage::Up, 700, &[]),
        ];
        let table = table(&["a", "b"], &measured);
        assert!(table.contains("| cold up | 0.70 s | 0.00 s |\n"), "{table}");
        assert!(table.contains("| 20 changes | 3.00 s | 0.50 s |\n"), "{table}");
        assert!(table.contains("| outage, median of 20 | 0.20 s | 0.05 s |\n"), "{table}");
        assert!(table.contains("| outage, worst of 20 | 0.30 s | 0.05 s |\n"), "{table}");
        assert!(table.contains("| outages seen | 3 | 1 |\n"), "{table}");
    }
}
