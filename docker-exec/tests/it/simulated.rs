//! The executor over the simulated engine: width, failures and cancellation do not change where a plan leads.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Mutex;

use container_map::{ClientConfig, ContainerMap, LoadOptions};
use docker_exec::{
    Applied, CancellationToken, Engine, EngineError, Event, ExecuteOptions, Kind, Observer, OnFailure,
    Outcome, Report, execute,
};
use map_planner::engine::Scope;
use map_planner::sim::{SimEngine, SimImage, SimView};
use map_planner::{Action, EngineState, Goal, Plan, PlanInput, Policy, Request, Select, StepId, plan, scope};

const OLD: &str = "
name: site
web: {image: server, uses: sock, links: [app], networks: {}}
app: {image: server, attaches: sock, user: 2000, permissions: 'u=rwX,g=rX,o='}
guest: {image: server, network_mode: app}
far: {image: server, networks: [n0]}
volumes: {sock: /run/app}
networks: {n0: {}}
";

/// Replaces `app`, which `web` and `guest` follow, and adds a container.
const NEW: &str = "
name: site
web: {image: server, uses: sock, links: [app], networks: {}}
app: {image: server, attaches: sock, user: 2000, permissions: 'u=rwX,g=rX,o=', create_options: {command: serve}}
guest: {image: server, network_mode: app}
far: {image: server, networks: [n0]}
more: {image: server, networks: [n0]}
volumes: {sock: /run/app}
networks: {n0: {}}
";

/// An engine that can refuse one step.
struct Simulated {
    engine: Mutex<SimEngine>,
    refuses: Option<Action>,
}

impl Simulated {
    fn new(engine: SimEngine, refuses: Option<Action>) -> Self {
        Self { engine: Mutex::new(engine), refuses }
    }

    fn view(&self) -> SimView {
        self.engine.lock().unwrap().view()
    }
}

impl Engine for Simulated {
    async fn observe(&self, scope: &Scope) -> Result<EngineState, EngineError> {
        Ok(self.engine.lock().unwrap().observe(scope))
    }

    async fn apply(&self, action: &Action) -> Result<Applied, EngineError> {
        // Others get their turn between the request and its answer.
        tokio::task::yield_now().await;
        if self.refuses.as_ref() == Some(action) {
            return Err(EngineError::new(Kind::Refused, "doing what the test refuses"));
        }
        let applied = self.engine.lock().unwrap().apply(action);
        tokio::task::yield_now().await;
        match applied {
            Ok(map_planner::sim::Applied::Done) => Ok(Applied::Done),
            Ok(map_planner::sim::Applied::AlreadyDone) => Ok(Applied::AlreadyDone),
            Err(error) => Err(EngineError::new(Kind::Other, "simulating").because(error)),
        }
    }
}

fn load(text: &str) -> ContainerMap {
    container_map::load(text, LoadOptions::default()).unwrap()
}

fn request() -> Request {
    Request { verb: Goal::Up.into(), select: Select::All, policy: Policy::default() }
}

fn request_scope(map: &ContainerMap) -> Scope {
    scope(map, &ClientConfig::default(), &request()).unwrap()
}

fn planned(map: &ContainerMap, engine: &SimEngine) -> Plan {
    let state = engine.observe(&request_scope(map));
    let (client, request, secrets) = (ClientConfig::default(), request(), BTreeMap::new());
    plan(&PlanInput {
        map,
        client: &client,
        engine: &state,
        request: &request,
        secrets: &secrets,
        contexts: &map_planner::Contexts::new(),
    })
    .unwrap()
}

/// An engine on which the old map is up.
fn standing() -> SimEngine {
    let mut engine = SimEngine::new();
    engine.tag("server".parse().unwrap(), SimImage::default());
    let map = load(OLD);
    for step in planned(&map, &engine).steps() {
        engine.apply(&step.action).unwrap();
    }
    engine
}

fn options(width: usize) -> ExecuteOptions {
    ExecuteOptions {
        width: NonZeroUsize::new(width).unwrap(),
        per_network: NonZeroUsize::new(2),
        on_failure: OnFailure::GoOn,
        cancel: CancellationToken::new(),
    }
}

async fn run(engine: &Simulated, plan: &Plan, width: usize) -> Report {
    execute(engine, plan, &options(width), &mut ()).await
}

#[tokio::test]
async fn every_width_leads_to_the_same_state() {
    let map = load(NEW);
    let plan = planned(&map, &standing());
    assert!(plan.steps().len() > 10, "{}", plan.text());
    let mut views = Vec::new();
    for (width, per_network) in [(1, 2), (2, 2), (3, 2), (5, 2), (16, 2), (1, 1), (4, 1), (8, 0)] {
        let engine = Simulated::new(standing(), None);
        let options = ExecuteOptions { per_network: NonZeroUsize::new(per_network), ..options(width) };
        let report = execute(&engine, &plan, &options, &mut ()).await;
        assert!(report.is_success(), "width {width}, {per_network} per network: {report:?}");
        views.push(engine.view());
    }
    assert!(views.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn after_a_failure_of_any_step_the_next_plan_leads_there_too() {
    let map = load(NEW);
    let plan = planned(&map, &standing());
    let whole = Simulated::new(standing(), None);
    assert!(run(&whole, &plan, 4).await.is_success());
    for step in plan.steps() {
        let engine = Simulated::new(standing(), Some(step.action.clone()));
        let report = run(&engine, &plan, 4).await;
        assert!(matches!(report.outcomes[&step.id], Outcome::Failed(_)), "step {}", step.id);
        assert_eq!(report.outcomes.len(), plan.steps().len());
        let repaired = Simulated::new(engine.engine.into_inner().unwrap(), None);
        let again = planned(&map, &repaired.engine.lock().unwrap());
        assert!(run(&repaired, &again, 4).await.is_success(), "after step {}:\n{}", step.id, again.text());
        assert_eq!(repaired.view(), whole.view(), "after step {}", step.id);
        assert!(planned(&map, &repaired.engine.lock().unwrap()).is_empty());
    }
}

/// Cancels once a step has been started.
struct CancelAt {
    step: StepId,
    cancel: CancellationToken,
    started: Vec<StepId>,
}

impl Observer for CancelAt {
    fn notice(&mut self, event: Event<'_>) {
        if let Event::StepStarted { step } = event {
            self.started.push(step.id);
            if step.id == self.step {
                self.cancel.cancel();
            }
        }
    }
}

#[tokio::test]
async fn cancelling_loses_no_started_step_and_the_next_plan_goes_on() {
    let map = load(NEW);
    let plan = planned(&map, &standing());
    for step in plan.steps() {
        let engine = Simulated::new(standing(), None);
        let options = options(3);
        let mut observer = CancelAt { step: step.id, cancel: options.cancel.clone(), started: Vec::new() };
        let report = execute(&engine, &plan, &options, &mut observer).await;
        for started in &observer.started {
            let only_waits = plan.step(*started).is_some_and(|step| step.action.only_waits());
            assert!(report.outcomes[started].is_success() || only_waits, "step {started} was started");
        }
        let again = planned(&map, &engine.engine.lock().unwrap());
        assert!(run(&engine, &again, 3).await.is_success(), "{}", again.text());
        assert!(planned(&map, &engine.engine.lock().unwrap()).is_empty());
    }
}
