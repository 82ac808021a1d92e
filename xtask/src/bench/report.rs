//! The table of a benchmark.

use std::fmt::Write as _;
use std::time::Duration;

use super::measure::Run;

/// A command on a map of one size.
pub(super) struct Row {
    /// The command.
    pub(super) command: String,
    /// The number of containers of the map.
    pub(super) containers: usize,
    /// The size of the file.
    pub(super) bytes: usize,
    /// What each run took; at least one.
    pub(super) runs: Vec<Run>,
}

/// Megabytes, as files and memory are both counted here.
const MEGA: f64 = 1e6;

/// Returns a table in Markdown: the median time, and the largest memory of all runs.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| command | containers | file | median time | per MB | peak memory | of the file |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let size = megabytes(u64::try_from(row.bytes).unwrap_or(u64::MAX));
        let time = median(row.runs.iter().map(|run| run.wall).collect());
        let peak = megabytes(row.runs.iter().map(|run| run.peak).max().unwrap_or_default());
        let milliseconds = time.as_secs_f64() * 1e3;
        writeln!(
            text,
            "| {} | {} | {size:.1} MB | {milliseconds:.0} ms | {:.0} ms | {peak:.0} MB | {:.1} × |",
            row.command,
            row.containers,
            milliseconds / size,
            peak / size,
        )
        .expect("because a string takes everything");
    }
    text
}

/// Returns bytes as megabytes.
#[expect(clippy::cast_precision_loss, reason = "nobody measures petabytes here")]
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MEGA
}

/// The middle one, which a single slow run does not move; zero of none.
pub(super) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_the_median_time_and_the_largest_memory() {
        let run = |milliseconds, peak| Run { wall: Duration::from_millis(milliseconds), peak };
        let runs = vec![run(900, 10_000_000), run(20, 12_000_000), run(10, 11_000_000)];
        let row = Row { command: "check".to_owned(), containers: 4000, bytes: 2_000_000, runs };
        let table = table(&[row]);
        assert_eq!(table.lines().last(), Some("| check | 4000 | 2.0 MB | 20 ms | 10 ms | 12 MB | 6.0 × |"));
    }
}
