//! Containers are down one after the other, not all at once.

use super::*;

fn stop(id: u32, key: u32, after: &[u32]) -> Step {
    let container = format!("m.c{key}").parse().unwrap();
    Step {
        action: Action::StopContainer { container, signal: None, timeout: None },
        ..step(id, after, &["m.net"])
    }
}

fn start(id: u32, key: u32, after: &[u32]) -> Step {
    let container = format!("m.c{key}").parse().unwrap();
    Step { action: Action::StartContainer { container, settle: None }, ..step(id, after, &["m.net"]) }
}

fn rename(id: u32, key: u32, after: &[u32]) -> Step {
    let container = format!("m.c{key}").parse().unwrap();
    Step { action: Action::RenameContainer { container, to: Slot::Prev }, ..step(id, after, &[]) }
}

/// Containers that are stopped, renamed and started.
fn replacements(count: u32) -> Vec<Step> {
    let of = |index: u32| {
        let first = 3 * index + 1;
        [stop(first, index, &[]), rename(first + 1, index, &[first]), start(first + 2, index, &[first + 1])]
    };
    (0..count).flat_map(of).collect()
}

/// What happened, and how many containers were down at once.
#[derive(Default)]
struct Watch {
    begun: Vec<u32>,
    down: BTreeSet<ContainerRef>,
    most: usize,
}

impl Observer for Watch {
    fn notice(&mut self, event: Event<'_>) {
        match event {
            Event::StepStarted { step } => {
                self.begun.push(step.id.0);
                if let Action::StopContainer { container, .. } = &step.action {
                    self.down.insert(container.clone());
                    self.most = self.most.max(self.down.len());
                }
            }
            Event::StepProgressed { .. } => {}
            Event::StepFinished { step, .. } => {
                if let Action::StartContainer { container, .. } = &step.action {
                    self.down.remove(container);
                }
            }
        }
    }
}

async fn watch(steps: &[Step], options: &ExecuteOptions, engine: &impl Engine) -> (Watch, Report) {
    let mut watch = Watch::default();
    let report = run(engine, steps, options, &mut watch).await;
    (watch, report)
}

fn limited(width: usize, per_network: usize) -> ExecuteOptions {
    ExecuteOptions { per_network: NonZeroUsize::new(per_network), ..options(width) }
}

#[tokio::test]
async fn no_more_containers_are_down_than_can_be_started() {
    let steps = replacements(9);
    for (options, most) in [(limited(8, 1), 1), (limited(8, 2), 2), (options(3), 3), (options(1), 1)] {
        let (watch, report) = watch(&steps, &options, &Fake::default()).await;
        assert!(report.is_success());
        assert_eq!(watch.most, most, "{:?}", watch.begun);
    }
}

/// `c0` needs `c1`, so it stops before that and starts after it. Meanwhile no room is kept for its start, and no other
/// container goes down.
#[tokio::test]
async fn an_outage_that_has_begun_goes_first() {
    let steps = [
        stop(1, 0, &[]),
        stop(2, 1, &[1]),
        start(3, 1, &[2]),
        start(4, 0, &[1, 3]),
        stop(5, 2, &[]),
        start(6, 2, &[5]),
    ];
    for width in [1, 4] {
        let (watch, report) = watch(&steps, &limited(width, 1), &Fake::default()).await;
        assert!(report.is_success());
        assert_eq!(watch.begun, [1, 2, 3, 4, 5, 6], "width {width}");
    }
}

#[tokio::test]
async fn what_fails_in_between_gives_its_room_back() {
    let steps = replacements(4);
    for fails in 1..=3 {
        let engine = Refuses(StepId(fails), &steps);
        let report = run(&engine, &steps, &limited(4, 1), &mut ()).await;
        let (done, rest) = (steps.len() - (4 - fails as usize), 3 - fails as usize);
        assert_eq!(report.outcomes.values().filter(|outcome| outcome.is_success()).count(), done);
        let skipped = |outcome: &&Outcome| matches!(outcome, Outcome::Skipped { .. });
        assert_eq!(report.outcomes.values().filter(skipped).count(), rest);
    }
}

/// An engine that fails one step.
struct Refuses<'a>(StepId, &'a [Step]);

impl Engine for Refuses<'_> {
    async fn observe(&self, _scope: &Scope) -> Result<EngineState, EngineError> {
        Ok(EngineState::default())
    }

    async fn apply(&self, action: &Action) -> Result<Applied, EngineError> {
        tokio::task::yield_now().await;
        let step = self.1.iter().find(|step| step.action == *action);
        if step.is_some_and(|step| step.id == self.0) {
            return Err(EngineError::new(Kind::Other, "failing"));
        }
        Ok(Applied::Done)
    }
}

/// A network has room for fewer steps than the engine, so what can use that does before more is made ready for it.
#[tokio::test]
async fn room_in_a_network_is_used_at_once() {
    let mut steps: Vec<Step> = (1..=6).map(|id| rename(id, id, &[])).collect();
    steps.extend((7..=12).map(|id| start(id, id - 6, &[id - 6])));
    let place = |watch: &Watch, id: u32| watch.begun.iter().position(|found| *found == id).unwrap();
    let (limited, _) = watch(&steps, &limited(2, 1), &Fake::default()).await;
    assert!(place(&limited, 7) < place(&limited, 4), "{:?}", limited.begun);
    let (free, _) = watch(&steps, &options(2), &Fake::default()).await;
    assert!(place(&free, 7) > place(&free, 6), "{:?}", free.begun);
}

/// An engine that touches the network for a moment at the beginning of a start and of a stop, says so, and then takes its
/// time.
#[derive(Default)]
struct Slow {
    touching: AtomicUsize,
    most_touching: AtomicUsize,
    starts: AtomicUsize,
    most_starts: AtomicUsize,
    stops: AtomicUsize,
    most_stops: AtomicUsize,
}

impl Engine for Slow {
    async fn observe(&self, _scope: &Scope) -> Result<EngineState, EngineError> {
        Ok(EngineState::default())
    }

    async fn apply(&self, action: &Action) -> Result<Applied, EngineError> {
        let (now, most) = match action {
            Action::StartContainer { .. } => (&self.starts, &self.most_starts),
            Action::StopContainer { .. } => (&self.stops, &self.most_stops),
            _ => return Ok(Applied::Done),
        };
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        self.most_touching.fetch_max(self.touching.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.touching.fetch_sub(1, Ordering::SeqCst);
        match action {
            Action::StopContainer { .. } => crate::event::rest(),
            _ => crate::event::Progress::present().unwrap().leave("m.net".parse().unwrap()),
        }
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        now.fetch_sub(1, Ordering::SeqCst);
        Ok(Applied::Done)
    }
}

/// Whoever is over with a network lets others have their turn there, and nobody has two turns for it.
#[tokio::test]
async fn a_network_is_left_as_soon_as_can_be() {
    for steps in [
        (1..=9).map(|id| start(id, id, &[])).collect::<Vec<_>>(),
        (1..=9).map(|id| stop(id, id, &[])).collect(),
        replacements(9),
    ] {
        for (width, per_network) in [(4, 1), (4, 2), (1, 1)] {
            let engine = Slow::default();
            let (watch, report) = watch(&steps, &limited(width, per_network), &engine).await;
            assert!(report.is_success());
            assert!(engine.most_touching.into_inner() <= per_network, "{:?}", watch.begun);
            let most = engine.most_starts.into_inner().max(engine.most_stops.into_inner());
            assert!(most >= width, "{most} of {width} side by side");
            assert!(watch.most <= width || steps.len() == 9, "no more are down than can be started");
        }
    }
}
