use docker_exec::{EngineError, Kind, Outcome};
use map_planner::{Action, Reason, Slot, Step, StepId};

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

fn stop(id: u32) -> Step {
    let container = format!("site.web_{id}").parse().unwrap();
    step(id, Action::StopContainer { container, signal: None, timeout: None })
}

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Begins one step after the other, each a tenth of a second later.
fn stopping(count: u32) -> (Vec<Step>, Track) {
    let steps: Vec<Step> = (1..=count).map(stop).collect();
    let mut track = Track::new(&steps);
    for step in &steps {
        track.start(step, at(u64::from(step.id.0) * 100));
    }
    (steps, track)
}

#[test]
fn a_line_for_each_container_and_the_counts() {
    let (steps, mut track) = stopping(3);
    track.progress(&steps[1], " half\tof it ");
    track.finish(&steps[0], &Outcome::Done, at(900));
    let room = Room { width: 60, height: 24 };
    assert_eq!(
        lines(&track, at(12_340), room, Paint::Plain),
        [
            format!("{:<51}   12.1s", "stop container/site.web_2  half of it"),
            format!("{:<51}   12.0s", "stop container/site.web_3"),
            "1 of 3 steps done, 2 under way, 12.3 s".to_owned(),
        ]
    );
}

#[test]
fn no_more_lines_than_the_terminal_has_and_none_too_wide() {
    for count in [0, 1, 20, 21, 22, 23, 24, 200] {
        let (steps, mut track) = stopping(count);
        for step in &steps {
            track.progress(step, &"long words é ".repeat(20));
        }
        for (width, height) in [(60, 24), (200, 50), (20, 5), (5, 2), (1, 1)] {
            let room = Room { width, height };
            let lines = lines(&track, at(100_000), room, Paint::Plain);
            assert!(lines.len() < height.max(3), "{count} in {room:?}: {lines:#?}");
            assert!(
                width < 20 || lines.iter().all(|line| line.chars().count() < width),
                "{count} in {room:?}: {lines:#?}"
            );
        }
    }
}

#[test]
fn what_takes_longest_is_shown_and_the_rest_is_counted() {
    let (_, track) = stopping(200);
    let lines = lines(&track, at(60_000), Room { width: 60, height: 10 }, Paint::Plain);
    assert_eq!(lines.len(), 9);
    assert!(lines[0].starts_with("stop container/site.web_1 ") && lines[6].contains("web_7"), "{lines:#?}");
    assert_eq!(lines[7..], ["… and 193 more under way", "0 of 200 steps done, 200 under way, 60.0 s"]);
}

#[test]
fn colours_change_no_text() {
    let (_, track) = stopping(2);
    let room = Room { width: 60, height: 24 };
    let coloured = lines(&track, at(500), room, Paint::Coloured);
    assert!(coloured[0].contains("\u{1b}[31m"), "what stops is red: {coloured:?}");
    let plain: Vec<String> =
        coloured.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
    assert_eq!(plain, lines(&track, at(500), room, Paint::Plain));
}

#[test]
fn a_container_is_over_with_its_last_step() {
    let container = || "site.web".parse().unwrap();
    let steps = [
        step(1, Action::StopContainer { container: container(), signal: None, timeout: None }),
        step(2, Action::RenameContainer { container: container(), to: Slot::Prev }),
        step(3, Action::StartContainer { container: container(), settle: None }),
    ];
    let mut track = Track::new(&steps);
    let end = |track: &mut Track, step: usize, outcome: &Outcome, times: [u64; 2]| {
        track.start(&steps[step], at(times[0]));
        let (_, over) = track.finish(&steps[step], outcome, at(times[1]));
        over.and_then(|over| super::over(&over, 60, Paint::Plain))
    };
    assert_eq!(end(&mut track, 0, &Outcome::Done, [100, 300]), None);
    assert_eq!(end(&mut track, 1, &Outcome::AlreadyDone, [400, 500]), None);
    let failed = Outcome::Failed(EngineError::new(Kind::Other, "failing"));
    assert_eq!(
        end(&mut track, 2, &failed, [600, 2100]),
        Some(format!("{:<51}    2.0s", "failed container/site.web: stop, rename, start"))
    );
    let mut track = Track::new(&steps[..1]);
    let (_, over) = track.finish(&steps[0], &Outcome::Skipped { because: StepId(7) }, at(0));
    assert_eq!(
        over.and_then(|over| super::over(&over, 30, Paint::Plain)).as_deref(),
        Some("skipped container/site.web: …")
    );
    let mut track = Track::new(&steps[..1]);
    let (_, over) = track.finish(&steps[0], &Outcome::Cancelled, at(0));
    assert!(over.is_some_and(|over| super::over(&over, 60, Paint::Plain).is_none()));
}

#[test]
fn a_long_name_costs_neither_its_end_nor_the_time() {
    let container = format!("site.{}.worker", "long_".repeat(20)).parse().unwrap();
    let steps = [step(1, Action::StopContainer { container, signal: None, timeout: None })];
    let mut track = Track::new(&steps);
    track.start(&steps[0], at(0));
    let moving = lines(&track, at(12_340), Room { width: 60, height: 24 }, Paint::Plain);
    assert!(moving[0].starts_with("stop container/site.long_"), "{moving:?}");
    assert!(moving[0].ends_with("_long_.worker   12.3s") && moving[0].chars().count() == 59, "{moving:?}");
    let (_, over) = track.finish(&steps[0], &Outcome::Done, at(12_340));
    let line = over.and_then(|over| super::over(&over, 60, Paint::Plain)).unwrap();
    assert!(line.ends_with("_long_.worker   12.3s") && line.chars().count() == 59, "{line}");
}
