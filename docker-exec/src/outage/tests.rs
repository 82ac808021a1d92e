use map_planner::{Reason, Slot, StepId};

use super::*;
use crate::error::{EngineError, Kind};
use crate::report::Outcome;

/// What is done with `m.web`, and from when to when, in milliseconds.
type Told = (fn() -> Action, [u64; 2], Outcome);

/// Something that is no turn.
fn rename() -> Action {
    Action::RenameContainer { container: "m.web".parse().unwrap(), to: Slot::Prev }
}

fn stop() -> Action {
    Action::StopContainer { container: "m.web".parse().unwrap(), signal: None, timeout: None }
}

fn start() -> Action {
    Action::StartContainer { container: "m.web".parse().unwrap(), settle: None }
}

fn start_next() -> Action {
    Action::StartContainer { container: "m.web.dmap-next".parse().unwrap(), settle: None }
}

fn restart() -> Action {
    Action::RestartContainer { container: "m.web".parse().unwrap(), timeout: None }
}

fn failed() -> Outcome {
    Outcome::Failed(EngineError::new(Kind::Other, "failing"))
}

/// Returns how many milliseconds the outages took after a second, and whether they were over.
fn measured(told: &[Told]) -> Vec<(u128, bool)> {
    let step = |(number, (action, ..)): (u32, &Told)| Step {
        id: StepId(number),
        action: action(),
        reason: Reason::Requested,
        after: Vec::new(),
        networks: BTreeSet::new(),
    };
    let steps: Vec<Step> = (1..).zip(told).map(step).collect();
    let mut outages = Outages::of(&steps);
    let zero = Instant::now();
    for (step, (_, times, outcome)) in steps.iter().zip(told) {
        let [begin, end] = times.map(|milliseconds| zero + Duration::from_millis(milliseconds));
        outages.notice(&Event::StepStarted { step }, begin);
        outages.notice(&Event::StepFinished { step, outcome }, end);
    }
    let all = outages.until(zero + Duration::from_secs(1));
    all.iter().map(|outage| (outage.lasted.as_millis(), outage.is_over)).collect()
}

#[test]
fn from_the_beginning_of_the_stop_to_the_end_of_the_start() {
    let replaced = [
        (rename as fn() -> Action, [0, 50], Outcome::Done),
        (stop, [100, 300], Outcome::Done),
        (rename, [300, 310], Outcome::Done),
        (start, [400, 650], Outcome::Done),
    ];
    assert_eq!(measured(&replaced), [(550, true)]);
    assert_eq!(measured(&[(restart, [100, 350], Outcome::Done)]), [(250, true)]);
}

#[test]
fn what_is_only_stopped_has_no_outage_to_tell_of() {
    assert_eq!(measured(&[(stop, [100, 300], Outcome::Done)]), []);
    assert_eq!(measured(&[(start, [100, 300], Outcome::Done)]), []);
}

#[test]
fn a_successor_that_starts_first_leaves_no_gap() {
    assert_eq!(measured(&[(start_next, [0, 200], Outcome::Done), (stop, [300, 900], Outcome::Done)]), []);
}

#[test]
fn what_failed_to_stop_runs_and_what_failed_to_start_is_down() {
    assert_eq!(measured(&[(stop, [100, 200], failed()), (start, [300, 400], failed())]), []);
    assert_eq!(measured(&[(stop, [100, 200], Outcome::Done), (start, [300, 400], failed())]), [(900, false)]);
}
