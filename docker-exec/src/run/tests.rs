mod outages;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use map_planner::engine::Scope;
use map_planner::{Action, Condition, ContainerRef, EngineState, Reason, Slot, StepId};

use super::*;
use crate::error::{EngineError, Kind};
use crate::notice::{End, Notice};

/// An engine that takes a while for everything, counts what is under way, and fails where it is told to.
#[derive(Default)]
struct Fake {
    fails: BTreeSet<u32>,
    /// Cancels a run while the step is under way.
    cancels: Option<(u32, CancellationToken)>,
    log: Mutex<Vec<u32>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Fake {
    fn failing(steps: impl IntoIterator<Item = u32>) -> Self {
        Self { fails: steps.into_iter().collect(), ..Self::default() }
    }

    fn applied(&self) -> BTreeSet<u32> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}

impl Engine for Fake {
    async fn observe(&self, _scope: &Scope) -> Result<EngineState, EngineError> {
        Ok(EngineState::default())
    }

    async fn apply(&self, action: &Action) -> Result<Applied, EngineError> {
        let id = number(action);
        self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        crate::event::progress("half");
        if let Some((_, token)) = self.cancels.as_ref().filter(|(step, _)| *step == id) {
            token.cancel();
        }
        // Steps take differently long, so that they end in another order than they began.
        for _ in 0..=((id * 7) % 5) {
            tokio::task::yield_now().await;
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        if self.fails.contains(&id) {
            Err(EngineError::new(Kind::Other, "failing"))
        } else {
            Ok(Applied::Done)
        }
    }
}

fn number(action: &Action) -> u32 {
    let container = action.container().map(|container| container.key.config.to_string()).unwrap_or_default();
    container.trim_start_matches('c').parse().unwrap()
}

fn step(id: u32, after: &[u32], networks: &[&str]) -> Step {
    let container: ContainerRef = format!("m.c{id}").parse().unwrap();
    Step {
        id: StepId(id),
        action: Action::RenameContainer { container, to: Slot::Prev },
        reason: Reason::Requested,
        after: after.iter().map(|id| StepId(*id)).collect(),
        networks: networks.iter().map(|name| name.parse().unwrap()).collect(),
    }
}

/// 1 and 2 have no predecessor, 3 joins them, 4 and 5 follow 2, 6 joins 3 and 5, 7 is alone.
fn diamond() -> Vec<Step> {
    let after: [&[u32]; 7] = [&[], &[], &[1, 2], &[2], &[2], &[3, 5], &[]];
    (1..).zip(after).map(|(id, after)| step(id, after, &[])).collect()
}

fn options(width: usize) -> ExecuteOptions {
    ExecuteOptions {
        width: NonZeroUsize::new(width).unwrap(),
        per_network: None,
        on_failure: OnFailure::GoOn,
        cancel: CancellationToken::new(),
    }
}

fn short(report: &Report) -> BTreeMap<u32, String> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::AlreadyDone => "already".to_owned(),
        Outcome::Failed(_) => "failed".to_owned(),
        Outcome::Skipped { because } => format!("skipped by {because}"),
        Outcome::Cancelled => "cancelled".to_owned(),
    };
    report.outcomes.iter().map(|(id, outcome)| (id.0, word(outcome))).collect()
}

#[tokio::test]
async fn any_width_does_all_in_a_valid_order() {
    for width in 1..=8 {
        let (engine, steps) = (Fake::default(), diamond());
        let report = run(&engine, &steps, &options(width), &mut ()).await;
        assert!(report.is_success() && report.outcomes.len() == 7);
        assert!(engine.most.load(Ordering::SeqCst) <= width);
        let log = engine.log.into_inner().unwrap();
        let place = |id: u32| log.iter().position(|found| *found == id).unwrap();
        for step in &steps {
            for before in &step.after {
                assert!(place(before.0) < place(step.id.0), "width {width}: {log:?}");
            }
        }
    }
}

#[tokio::test]
async fn ready_steps_run_side_by_side() {
    let engine = Fake::default();
    let steps: Vec<Step> = (1..=6).map(|id| step(id, &[], &[])).collect();
    run(&engine, &steps, &options(4), &mut ()).await;
    assert_eq!(engine.most.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_failure_skips_its_dependents_only() {
    for width in 1..=4 {
        let report = run(&Fake::failing([5]), &diamond(), &options(width), &mut ()).await;
        assert_eq!(
            short(&report).into_values().collect::<Vec<_>>(),
            ["done", "done", "done", "done", "failed", "skipped by 5", "done"]
        );
        let report = run(&Fake::failing([2]), &diamond(), &options(width), &mut ()).await;
        assert_eq!(short(&report).values().filter(|word| *word == "skipped by 2").count(), 4);
        assert_eq!(report.left().count(), 5);
        assert!(report.applied_any() && !report.was_cancelled());
    }
}

#[tokio::test]
async fn cancelling_finishes_what_is_under_way() {
    for width in 1..=4 {
        let options = options(width);
        let engine = Fake { cancels: Some((2, options.cancel.clone())), ..Fake::default() };
        let report = run(&engine, &diamond(), &options, &mut ()).await;
        let done: BTreeSet<u32> =
            report.outcomes.iter().filter(|(_, outcome)| outcome.is_success()).map(|(id, _)| id.0).collect();
        assert_eq!(done, engine.applied(), "a step was started and lost");
        assert!(done.contains(&2) && !done.contains(&6));
        assert!(report.was_cancelled() && report.outcomes.len() == 7);
    }
}

/// Waiting changes nothing, and can take an hour.
#[tokio::test]
async fn cancelling_gives_up_waiting() {
    struct Waits;
    impl Engine for Waits {
        async fn observe(&self, _scope: &Scope) -> Result<EngineState, EngineError> {
            Ok(EngineState::default())
        }

        async fn apply(&self, action: &Action) -> Result<Applied, EngineError> {
            if action.only_waits() {
                std::future::pending::<()>().await;
            }
            Ok(Applied::Done)
        }
    }
    let options = options(2);
    let mut steps = [step(1, &[], &[]), step(2, &[1], &[]), step(3, &[2], &[])];
    let container = "m.c2".parse().unwrap();
    let within = std::time::Duration::from_hours(1);
    steps[1].action = Action::AwaitContainer { container, until: Condition::Completed, within, steady: None };
    let mut observer = CancelsAt(2, options.cancel.clone());
    let report = run(&Waits, &steps, &options, &mut observer).await;
    assert_eq!(short(&report).into_values().collect::<Vec<_>>(), ["done", "cancelled", "cancelled"]);
}

/// Cancels the run once a step was started.
struct CancelsAt(u32, CancellationToken);

impl Observer for CancelsAt {
    fn notice(&mut self, event: Event<'_>) {
        if matches!(event, Event::StepStarted { step } if step.id.0 == self.0) {
            self.1.cancel();
        }
    }
}

#[tokio::test]
async fn a_cancelled_run_starts_nothing() {
    let options = options(4);
    options.cancel.cancel();
    let engine = Fake::default();
    let report = run(&engine, &diamond(), &options, &mut ()).await;
    assert!(engine.applied().is_empty());
    assert!(report.outcomes.values().all(|outcome| matches!(outcome, Outcome::Cancelled)));
}

#[tokio::test]
async fn networks_limit_their_own_steps() {
    let mut options = options(8);
    options.per_network = NonZeroUsize::new(2);
    let engine = Fake::default();
    let steps: Vec<Step> = (1..=6).map(|id| step(id, &[], &["m.net"])).collect();
    assert!(run(&engine, &steps, &options, &mut ()).await.is_success());
    assert_eq!(engine.most.load(Ordering::SeqCst), 2);

    let engine = Fake::default();
    let steps: Vec<Step> =
        (1..=6).map(|id| step(id, &[], if id % 2 == 0 { &["m.a"] } else { &["m.b"] })).collect();
    assert!(run(&engine, &steps, &options, &mut ()).await.is_success());
    assert_eq!(engine.most.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn events_tell_of_every_step() {
    #[derive(Default)]
    struct Log(Vec<String>);
    impl Observer for Log {
        fn notice(&mut self, event: Event<'_>) {
            self.0.push(match event {
                Event::StepStarted { step } => format!("{} started", step.id),
                Event::StepProgressed { step, text } => format!("{} {text}", step.id),
                Event::StepFinished { step, outcome } => {
                    format!("{} success: {}", step.id, outcome.is_success())
                }
            });
        }
    }
    let mut log = Log::default();
    let steps = [step(1, &[], &[]), step(2, &[1], &[]), step(3, &[2], &[])];
    run(&Fake::failing([2]), &steps, &options(2), &mut log).await;
    assert_eq!(
        log.0,
        [
            "1 started",
            "1 half",
            "1 success: true",
            "2 started",
            "2 half",
            "2 success: false",
            "3 success: false"
        ]
    );
}

/// Two chains are ready; the second is longer, so both its steps begin before the first's.
#[tokio::test]
async fn the_longest_chain_goes_first() {
    let engine = Fake::default();
    let mut steps = vec![step(1, &[], &[]), step(2, &[], &[]), step(3, &[], &[]), step(4, &[3], &[])];
    run(&engine, &steps, &options(1), &mut ()).await;
    assert_eq!(*engine.log.lock().unwrap(), [3, 1, 2, 4], "a chain of two before single steps");
    // A stop takes longer than two renames.
    let container = "m.c2".parse().unwrap();
    steps[1].action = Action::StopContainer { container, signal: None, timeout: None };
    let engine = Fake::default();
    run(&engine, &steps, &options(1), &mut ()).await;
    assert_eq!(*engine.log.lock().unwrap(), [2, 3, 1, 4]);
}

/// What takes as long as a container likes leaves room for the rest, and waiting takes none.
#[tokio::test]
async fn long_steps_and_waiting_have_room_of_their_own() {
    let stop = |id: u32| {
        let container = format!("m.c{id}").parse().unwrap();
        Step {
            action: Action::StopContainer { container, signal: None, timeout: None },
            ..step(id, &[], &[])
        }
    };
    let wait = |id: u32| {
        let container = format!("m.c{id}").parse().unwrap();
        let within = std::time::Duration::from_secs(1);
        let action = Action::AwaitContainer { container, until: Condition::Started, within, steady: None };
        Step { action, ..step(id, &[], &[]) }
    };
    for (steps, width, most) in [
        ((1..=9).map(stop).collect::<Vec<_>>(), 2, 4),
        ((1..=9).map(wait).collect(), 2, 9),
        ((1..=4).map(stop).chain((5..=8).map(|id| step(id, &[], &[]))).collect(), 2, 6),
        ((1..=4).map(stop).chain((5..=8).map(|id| step(id, &[], &[]))).collect(), 1, 1),
    ] {
        let engine = Fake::default();
        assert!(run(&engine, &steps, &options(width), &mut ()).await.is_success());
        assert_eq!(engine.most.load(Ordering::SeqCst), most);
    }
}

#[tokio::test]
async fn a_failure_can_stop_all_that_was_not_begun() {
    let options = ExecuteOptions { on_failure: OnFailure::Stop, ..options(1) };
    let report = run(&Fake::failing([2]), &diamond(), &options, &mut ()).await;
    let words = short(&report);
    assert_eq!(words[&2], "failed");
    let done: Vec<u32> = words.iter().filter(|(_, word)| *word == "done").map(|(id, _)| *id).collect();
    assert_eq!(done, [1], "1 and 2 have the longest chains");
    assert_eq!(words.values().filter(|word| *word == "skipped by 2").count(), 5);
    assert!(!report.was_cancelled());
}

/// What a stream tells is what an observer is told, in words.
#[tokio::test]
async fn events_come_as_a_stream_too() {
    let (mut teller, mut notices) = crate::notice::notices();
    let steps = [step(1, &[], &[]), step(2, &[1], &[]), step(3, &[2], &[])];
    run(&Fake::failing([2]), &steps, &options(2), &mut teller).await;
    drop(teller);
    let mut told = Vec::new();
    while let Some(notice) = notices.next().await {
        told.push(notice);
    }
    let (started, text) = (|id| Notice::Started { step: StepId(id) }, "half".to_owned());
    let half = |id| Notice::Progressed { step: StepId(id), text: text.clone() };
    let finished = |id, end| Notice::Finished { step: StepId(id), end };
    let failed = End::Failed { kind: Kind::Other, doing: "failing".to_owned(), causes: Vec::new() };
    assert_eq!(
        told,
        [
            started(1),
            half(1),
            finished(1, End::Done),
            started(2),
            half(2),
            finished(2, failed),
            finished(3, End::Skipped { because: StepId(2) }),
        ]
    );
}
