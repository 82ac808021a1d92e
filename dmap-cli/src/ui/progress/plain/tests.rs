use map_planner::Reason;

use super::*;

fn pull(id: u32) -> Step {
    Step {
        id: StepId(id),
        action: Action::PullImage { image: format!("app:{id}").parse().unwrap(), platform: None },
        reason: Reason::Requested,
        after: Vec::new(),
        networks: std::collections::BTreeSet::new(),
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn what_takes_long_is_named_every_ten_seconds_at_most() {
    let steps: Vec<Step> = (1..=3).map(pull).collect();
    let (mut track, mut heartbeat) = (Track::new(&steps), Heartbeat::default());
    track.start(&steps[0], seconds(0));
    track.progress(&steps[0], "Downloading 40%");
    track.start(&steps[1], seconds(4));
    let told: Vec<(u64, String)> =
        (0..=31).filter_map(|second| Some((second, heartbeat.line(&track, seconds(second))?))).collect();
    let line = |first: u64, rest: &str| {
        format!("under way: pull image/app:1 for {first} s (Downloading 40%), {rest}")
    };
    assert_eq!(
        told,
        [
            (10, line(10, "and 1 more")),
            (20, line(20, "pull image/app:2 for 16 s")),
            (30, line(30, "pull image/app:2 for 26 s")),
        ]
    );
}

#[test]
fn what_is_soon_over_is_not_named() {
    let steps: Vec<Step> = (1..=40).map(pull).collect();
    let (mut track, mut heartbeat) = (Track::new(&steps), Heartbeat::default());
    for (step, second) in steps.iter().zip(0..) {
        track.start(step, seconds(second));
        assert_eq!(heartbeat.line(&track, seconds(second)), None);
        track.finish(step, &Outcome::Done, seconds(second));
    }
}

#[test]
fn of_many_the_longest_are_named() {
    let steps: Vec<Step> = (1..=200).map(pull).collect();
    let (mut track, mut heartbeat) = (Track::new(&steps), Heartbeat::default());
    for step in &steps {
        track.start(step, seconds(0));
    }
    let line = heartbeat.line(&track, seconds(11)).unwrap();
    assert!(line.ends_with("pull image/app:5 for 11 s, and 195 more"), "{line}");
}
