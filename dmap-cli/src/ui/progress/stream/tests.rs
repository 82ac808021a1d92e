//! The format is pinned here: programs rely on it.

use insta::assert_snapshot;
use map_planner::{ContainerRef, Reason};

use super::*;

fn step(id: u32, action: Action) -> Step {
    Step {
        id: StepId(id),
        action,
        reason: Reason::Requested,
        after: Vec::new(),
        networks: std::collections::BTreeSet::new(),
    }
}

fn container() -> ContainerRef {
    "site.web".parse().unwrap()
}

fn start(id: u32) -> Step {
    step(id, Action::StartContainer { container: container(), settle: None })
}

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn each_event_has_a_line() {
    let pull = step(1, Action::PullImage { image: "app:2".parse().unwrap(), platform: None });
    let next = step(
        2,
        Action::RenameContainer { container: "site.web.dmap-next".parse().unwrap(), to: Slot::Current },
    );
    let error = EngineError::new(Kind::Other, "failed while waiting for container `site.web`")
        .because("it ended with exit code 1; the last it wrote:\nTOKEN=value-of-the-environment");
    let count = Count { done: 1, already: 1, failed: 1, skipped: 1, cancelled: 0 };
    let outage = MeasuredOutage { container: container().key, lasted: at(1234), is_over: true };
    let lines = [
        Line::start(&pull, at(1)),
        Line::start(&next, at(2)),
        Line::progress(&pull, "Downloading \"x\"\n40%", at(3)).unwrap(),
        Line::end(&pull, &Outcome::Done, at(3), at(4)),
        Line::end(&next, &Outcome::AlreadyDone, at(5), at(7)),
        Line::end(&start(3), &Outcome::Failed(error), at(8), at(15)),
        Line::end(&start(4), &Outcome::Skipped { because: StepId(3) }, at(0), at(15)),
        Line::end(&start(5), &Outcome::Cancelled, at(0), at(16)),
        Line::summary(count, 6, 1, vec![outage], at(20)),
    ];
    let text = lines.map(|line| line.text()).join("\n");
    assert!(!text.contains("value-of-the-environment"));
    assert_snapshot!(text);
}

#[test]
fn what_a_command_writes_is_not_for_programs() {
    let command = serde_json::from_str(r#"{"command": ["env"]}"#).unwrap();
    let exec = step(1, Action::Exec { container: container(), command });
    assert!(Line::progress(&exec, "TOKEN=value", at(0)).is_none());
    assert!(Line::progress(&start(1), "not started yet", at(0)).is_some());
}

#[test]
fn the_counts_add_up() {
    let count = Count { done: 3, already: 1, failed: 1, skipped: 2, cancelled: 1 };
    let value: serde_json::Value =
        serde_json::from_str(&Line::summary(count, 10, 2, Vec::new(), at(0)).text()).unwrap();
    let kinds = ["done", "already", "failed", "skipped", "not_begun", "unknown"];
    assert_eq!(kinds.iter().filter_map(|kind| value[kind].as_u64()).sum::<u64>(), 10);
    assert_eq!((&value["not_begun"], &value["success"]), (&1.into(), &false.into()));
}
