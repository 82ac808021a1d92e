//! What became of a plan.

use std::cmp::Reverse;

use docker_exec::{EngineError, MeasuredOutage, Outcome, Report};
use map_planner::{Plan, StepId};

use super::count::Count;
use super::plan::Words;
use super::{Measured, Ui, diagnostic};
use crate::failure::{causes_of, hint_for};

impl Ui {
    /// Says what became of a plan, what failed and why, what was down for how long, and what is left to do.
    pub(crate) fn report(self, plan: &Plan, report: &Report, measured: Measured, again: &str) {
        for (id, error) in report.failures() {
            self.err(failed(plan, report, id, error));
        }
        let count = Count::of(report);
        if self.shows_plans() {
            self.outages(measured.outages);
        }
        let took = measured.took.as_secs_f64();
        if report.is_success() {
            let already = if count.already == 0 {
                String::new()
            } else {
                format!(" ({} of them so already)", count.already)
            };
            self.say(format_args!("done: {}{already} in {took:.1} s", steps(count.done + count.already)));
            return;
        }
        let not_begun: Vec<String> = report
            .outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Cancelled))
            .filter_map(|(id, _)| plan.step(*id))
            .map(|step| Words(step).to_string())
            .collect();
        self.not_begun(&not_begun);
        let mut parts = vec![format!("{} done", steps(count.done))];
        for (number, what) in [
            (count.already, "so already"),
            (count.failed, "failed"),
            (count.skipped, "skipped"),
            (count.cancelled, "not begun"),
        ] {
            if number > 0 {
                parts.push(format!("{number} {what}"));
            }
        }
        let begins = if count.done == 0 { "nothing was changed" } else { "partly done" };
        self.say(format_args!("{begins}: {} in {took:.1} s", parts.join(", ")));
        self.say(format_args!("run `{again}` again to do what is left"));
    }

    /// Lists what was down meanwhile, the longest first.
    fn outages(self, mut outages: Vec<MeasuredOutage>) {
        outages.sort_by_key(|outage| Reverse(outage.lasted));
        for outage in outages.iter().take(LISTED) {
            let still = if outage.is_over { "" } else { ", and still is" };
            let lasted = outage.lasted.as_secs_f64();
            self.say(format_args!("container/{} was down for {lasted:.1} s{still}", outage.container));
        }
        if let Some(more) = outages.len().checked_sub(LISTED).filter(|more| *more > 0) {
            self.say(format_args!("{more} more were down, none for longer"));
        }
    }

    /// Lists what was not begun.
    fn not_begun(self, steps: &[String]) {
        for words in steps.iter().take(LISTED) {
            self.say(format_args!("not begun: {words}"));
        }
        if let Some(more) = steps.len().checked_sub(LISTED).filter(|more| *more > 0) {
            self.say(format_args!("not begun: {more} more"));
        }
    }

    /// Says what was under way when the user would wait no longer.
    pub(crate) fn aborted(self, under_way: &[String], not_begun: &[String], again: &str) {
        self.not_begun(not_begun);
        let causes: Vec<String> =
            under_way.iter().map(|words| format!("whether this was done is not known: {words}")).collect();
        let hint = format!("run `{again}` again to do what is left");
        self.err(diagnostic::message("aborted", &causes, &[hint]));
    }
}

/// How many lines a list has at most.
const LISTED: usize = 20;

fn steps(count: usize) -> String {
    if count == 1 { "1 step".to_owned() } else { format!("{count} steps") }
}

fn failed(plan: &Plan, report: &Report, id: StepId, error: &EngineError) -> String {
    let mut notes = causes_of(error);
    let skipped: Vec<String> = report
        .outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Skipped { because } if *because == id))
        .filter_map(|(skipped, _)| plan.step(*skipped))
        .map(|step| format!("{} {}", step.id, Words(step)))
        .collect();
    if !skipped.is_empty() {
        notes.push(format!("skipped because of it: {}", skipped.join(", ")));
    }
    let hints: Vec<String> =
        plan.step(id).and_then(|step| hint_for(&step.action, error)).into_iter().collect();
    diagnostic::message(&format!("step {id} failed: {error}"), &notes, &hints)
}
