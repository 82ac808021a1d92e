//! Lines for logs and pipes: one for each step that ended, and now and then what is still under way.

use std::time::Duration;

use docker_exec::Outcome;
use map_planner::{Action, Step, StepId};

use super::track::Track;
use crate::ui::plan::Words;

/// How often it is said at most what is under way, and for how long something is before it is named.
const PERIOD: Duration = Duration::from_secs(10);
/// How many steps are named at most.
const NAMED: usize = 5;

/// Returns the line for a step that begins: a pull can take minutes, and nobody would know.
pub(super) fn begun(step: &Step, total: usize) -> Option<String> {
    let is_told = matches!(step.action, Action::PullImage { .. } | Action::BuildImage { .. });
    is_told.then(|| format!("{} {} …", number(step.id, total), Words(step)))
}

/// Returns the line for a step that ended; none for one that was not begun, which the closing line counts.
pub(super) fn ended(step: &Step, outcome: &Outcome, took: Duration, total: usize) -> Option<String> {
    let took = took.as_secs_f64();
    let ended = match outcome {
        Outcome::Done => format!("done ({took:.1}s)"),
        Outcome::AlreadyDone => format!("was so already ({took:.1}s)"),
        Outcome::Failed(_) => format!("failed ({took:.1}s)"),
        Outcome::Skipped { because } => format!("skipped: step {because} failed"),
        Outcome::Cancelled => return None,
    };
    Some(format!("{} {} … {ended}", number(step.id, total), Words(step)))
}

/// Returns a step's number beside the number of steps, as wide for the first as for the last.
fn number(id: StepId, total: usize) -> String {
    let width = total.to_string().len();
    format!("[{:>width$}/{total}]", id.0)
}

/// Says now and then what is under way.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    last: Duration,
}

impl Heartbeat {
    /// Returns a line if it is time for one, and something takes long.
    pub(super) fn line(&mut self, track: &Track, now: Duration) -> Option<String> {
        if now < self.last + PERIOD {
            return None;
        }
        let running = track.under_way();
        let age = |since: Duration| now.saturating_sub(since);
        let long: Vec<_> = running.iter().filter(|step| age(step.since) >= PERIOD).collect();
        if long.is_empty() {
            return None;
        }
        self.last = now;
        let named = long.iter().take(NAMED).map(|step| {
            let text = if step.text.is_empty() { String::new() } else { format!(" ({})", step.text) };
            format!("{} for {} s{text}", step.words, age(step.since).as_secs())
        });
        let mut parts: Vec<String> = named.collect();
        if let Some(more) = running.len().checked_sub(parts.len()).filter(|more| *more > 0) {
            parts.push(format!("and {more} more"));
        }
        Some(format!("under way: {}", parts.join(", ")))
    }
}

#[cfg(test)]
mod tests;
