//! Everything that can go wrong, before and after every call to the engine: the next plan leads where the undisturbed run
//! leads, no named volume is ever removed, and no two containers ever run for one instance.
//!
//! The faults are between the executor and the simulated engine: what the requests of an action make of a lost answer is
//! shown by `lost`, on a socket.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Mutex;

use container_map::{ClientConfig, ContainerKey, ContainerMap, LoadOptions};
use docker_exec::{
    Applied, CancellationToken, Engine, EngineError, ExecuteOptions, Kind, OnFailure, Report, execute,
};
use map_planner::engine::{RunState, Scope};
use map_planner::sim::{SimEngine, SimImage, SimProcess, SimView};
use map_planner::{
    Action, ContainerRef, EngineState, FailedReplacement, Goal, Plan, PlanInput, Policy, Request, Select,
    plan, scope,
};

/// What goes wrong at one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// dmap is killed: nothing more reaches the engine.
    Killed,
    /// dmap is killed, and the engine has done a part of what it was asked for.
    KilledInside(usize),
    /// The engine refuses: a name or port is taken, the disk is full, an object is in use or being removed. The executor
    /// makes no difference between them.
    Refused,
    /// The answer does not arrive, or not in time.
    Lost,
    /// A container ends by itself.
    Exits(usize),
    /// A container is removed by somebody.
    Vanishes(usize),
    /// The engine is started anew; its containers go on.
    RestartedLive,
    /// The engine is started anew, and its containers with it do not.
    Restarted,
    /// Another operator brings the same map up.
    SecondOperator,
    /// The tag of the image is given to another one.
    TagMoved,
}

/// When, as seen from the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    After,
}

/// Where a run is disturbed.
#[derive(Debug, Clone, Copy)]
struct Cut {
    at: usize,
    when: When,
    fault: Fault,
}

/// An engine that fails at one call.
struct Faulty<'a> {
    map: &'a ContainerMap,
    engine: Mutex<SimEngine>,
    cut: Option<Cut>,
    calls: Mutex<usize>,
    /// The named volumes that were seen.
    volumes: Mutex<BTreeSet<String>>,
}

impl<'a> Faulty<'a> {
    fn new(map: &'a ContainerMap, engine: SimEngine, cut: Option<Cut>) -> Self {
        let volumes = Mutex::new(named_volumes(&engine.view()));
        Self { map, engine: Mutex::new(engine), cut, calls: Mutex::new(0), volumes }
    }

    fn call(&self, action: &Action) -> Result<Applied, EngineError> {
        let mut engine = self.engine.lock().unwrap();
        let number = {
            let mut calls = self.calls.lock().unwrap();
            *calls += 1;
            *calls
        };
        let Some(cut) = self.cut else { return applied(engine.apply(action)) };
        let is_killed = matches!(cut.fault, Fault::Killed | Fault::KilledInside(_));
        if is_killed && number > cut.at {
            return Err(failed(Kind::Unreachable));
        }
        if number != cut.at {
            return applied(engine.apply(action));
        }
        if cut.when == When::Before {
            if let Some(error) = happen(cut.fault, self.map, &mut engine, action) {
                return Err(error);
            }
            return applied(engine.apply(action));
        }
        let result = applied(engine.apply(action));
        // What is refused is not done.
        let error = match cut.fault {
            Fault::Refused | Fault::KilledInside(_) => None,
            fault => happen(fault, self.map, &mut engine, action),
        };
        error.map_or(result, Err)
    }

    /// What never happens, whatever goes wrong.
    #[track_caller]
    fn judge(&self, what: &str) {
        let view = self.engine.lock().unwrap().view();
        let mut volumes = self.volumes.lock().unwrap();
        let now = named_volumes(&view);
        let lost: Vec<&String> = volumes.difference(&now).collect();
        assert!(lost.is_empty(), "{what}: {lost:?} were removed");
        *volumes = now;
        let mut up: BTreeMap<ContainerKey, usize> = BTreeMap::new();
        for (name, _) in view.containers.iter().filter(|(_, found)| found.state.is_up()) {
            if let Ok(at) = name.parse::<ContainerRef>() {
                *up.entry(at.key).or_default() += 1;
            }
        }
        assert!(up.values().all(|count| *count == 1), "{what}: {up:?} run");
    }
}

impl Engine for Faulty<'_> {
    async fn observe(&self, scope: &Scope) -> Result<EngineState, EngineError> {
        Ok(self.engine.lock().unwrap().observe(scope))
    }

    async fn apply(&self, action: &Action) -> Result<Applied, EngineError> {
        // Others get their turn between the request and its answer.
        tokio::task::yield_now().await;
        let result = self.call(action);
        self.judge(&format!("{:?} at {action:?}", self.cut));
        tokio::task::yield_now().await;
        result
    }
}

fn failed(kind: Kind) -> EngineError {
    EngineError::new(kind, "doing what the test disturbs")
}

fn applied(
    result: Result<map_planner::sim::Applied, map_planner::sim::SimError>,
) -> Result<Applied, EngineError> {
    match result {
        Ok(map_planner::sim::Applied::Done) => Ok(Applied::Done),
        Ok(map_planner::sim::Applied::AlreadyDone) => Ok(Applied::AlreadyDone),
        Err(error) => Err(failed(Kind::Other).because(error)),
    }
}

/// Lets a fault happen; returns the error that dmap sees, if it sees one.
fn happen(fault: Fault, map: &ContainerMap, engine: &mut SimEngine, action: &Action) -> Option<EngineError> {
    match fault {
        Fault::Killed | Fault::RestartedLive => return Some(failed(Kind::Unreachable)),
        Fault::KilledInside(point) => {
            let _ = engine.apply_partially(action, point);
            return Some(failed(Kind::Unreachable));
        }
        Fault::Refused => return Some(failed(Kind::Conflict)),
        Fault::Lost => return Some(failed(Kind::TimedOut)),
        Fault::Restarted => {
            for name in up(engine) {
                engine.end(&name, 137).unwrap();
            }
            return Some(failed(Kind::Unreachable));
        }
        Fault::Exits(number) => {
            if let Some(name) = up(engine).get(number) {
                engine.end(name, 1).unwrap();
            }
        }
        Fault::Vanishes(number) => {
            if let Some(name) = names(engine).get(number) {
                engine.end(name, 137).unwrap();
                engine.remove_container(name).unwrap();
            }
        }
        Fault::SecondOperator => {
            for step in planned(map, engine, all()).steps() {
                engine.apply(&step.action).unwrap();
            }
        }
        Fault::TagMoved => {
            let content = SimImage { user: "moved".to_owned(), ..SimImage::default() };
            engine.tag("server".parse().unwrap(), content);
        }
    }
    None
}

fn names(engine: &SimEngine) -> Vec<String> {
    engine.view().containers.keys().filter(|name| name.starts_with("site.")).cloned().collect()
}

fn up(engine: &SimEngine) -> Vec<String> {
    let view = engine.view();
    let up = view.containers.iter().filter(|(name, found)| name.starts_with("site.") && found.state.is_up());
    up.map(|(name, _)| name.clone()).collect()
}

fn named_volumes(view: &SimView) -> BTreeSet<String> {
    view.volumes.keys().filter(|name| name.starts_with("site.") && !name.contains(':')).cloned().collect()
}

fn load(text: &str) -> ContainerMap {
    container_map::load(text, LoadOptions::default()).unwrap()
}

fn all() -> Request {
    Request { verb: Goal::Up.into(), select: Select::All, policy: Policy::default() }
}

#[expect(clippy::needless_pass_by_value, reason = "requests are made where they are asked")]
fn planned(map: &ContainerMap, engine: &SimEngine, request: Request) -> Plan {
    let (client, secrets) = (ClientConfig::default(), BTreeMap::new());
    let state = engine.observe(&scope(map, &client, &request).unwrap());
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

fn furnished() -> SimEngine {
    let mut engine = SimEngine::new();
    engine.tag("server".parse().unwrap(), SimImage::default());
    let kept = SimImage { volumes: BTreeSet::from(["/data".to_owned()]), ..SimImage::default() };
    engine.tag("data".parse().unwrap(), kept);
    engine.tag("work".parse().unwrap(), SimImage { process: SimProcess::Works(0), ..SimImage::default() });
    engine
}

async fn run(engine: &Faulty<'_>, plan: &Plan) -> Report {
    let options = ExecuteOptions {
        width: NonZeroUsize::new(3).unwrap(),
        per_network: NonZeroUsize::new(2),
        on_failure: OnFailure::GoOn,
        cancel: CancellationToken::new(),
    };
    execute(engine, plan, &options, &mut ()).await
}

/// Plans and applies until nothing is left to do; that takes one run, or one more if it is the first that shows a fault.
#[track_caller]
fn settled(map: &ContainerMap, engine: SimEngine, what: &str) -> SimView {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let again = Faulty::new(map, engine, None);
    let plan = planned(map, &again.engine.lock().unwrap(), all());
    let report = runtime.block_on(run(&again, &plan));
    assert!(report.is_success(), "{what}: {report:?}\n{}", plan.text());
    let engine = again.engine.into_inner().unwrap();
    let left = planned(map, &engine, all());
    assert!(left.is_empty(), "{what}: there is still to do\n{}", left.text());
    engine.view()
}

/// The containers whose replacement is not finished, as the command finds them.
fn unfinished(plan: &Plan, report: &Report) -> BTreeSet<ContainerKey> {
    let left = report.left().filter_map(|id| plan.step(id)).filter_map(|step| step.action.container());
    left.map(|container| container.key.clone()).collect()
}

/// Cuts a run in every way at every call; returns in how many it was cut.
fn cut_everywhere(old: Option<&str>, new: &str) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let map = load(new);
    let mut standing = furnished();
    if let Some(old) = old {
        let old = load(old);
        for step in planned(&old, &standing, all()).steps() {
            standing.apply(&step.action).unwrap();
        }
    }
    let plan = planned(&map, &standing, all());
    let whole = settled(&map, standing.clone(), "undisturbed");
    let mut cuts = 0;
    for at in 1..=plan.steps().len() {
        for (when, fault) in faults(&plan) {
            cuts += 1;
            let cut = Cut { at, when, fault };
            let what = format!("{cut:?}");
            let faulty = Faulty::new(&map, standing.clone(), Some(cut));
            let report = runtime.block_on(run(&faulty, &plan));
            let engine = faulty.engine.into_inner().unwrap();
            let found = settled(&map, engine.clone(), &what);
            if fault != Fault::TagMoved {
                same(&found, &whole, &what);
            }
            // A run that is not killed goes back by itself first.
            let keys = unfinished(&plan, &report);
            if report.failures().next().is_some() && !matches!(fault, Fault::Killed | Fault::KilledInside(_))
            {
                let policy = Policy { failed_replacement: FailedReplacement::Restore, ..Policy::default() };
                let back = planned(&map, &engine, Request { select: Select::Only(keys), policy, ..all() });
                let back_again = Faulty::new(&map, engine, None);
                runtime.block_on(run(&back_again, &back));
                let engine = back_again.engine.into_inner().unwrap();
                let found = settled(&map, engine, &format!("{what}, and back:\n{}", back.text()));
                if fault != Fault::TagMoved {
                    same(&found, &whole, &format!("{what}, and back"));
                }
            }
        }
    }
    cuts
}

#[track_caller]
fn same(found: &SimView, expect: &SimView, what: &str) {
    // A job that was begun anew because it had vanished ends when somebody waits for it.
    let at_rest = |view: &SimView| {
        let mut containers = view.containers.clone();
        for job in containers.get_mut("site.job").into_iter().filter(|job| job.state == RunState::Exited(0)) {
            job.state = RunState::Running;
        }
        containers
    };
    assert_eq!(at_rest(found), at_rest(expect), "{what}");
    assert_eq!(found.volumes, expect.volumes, "{what}");
    assert_eq!(found.networks, expect.networks, "{what}");
}

fn faults(plan: &Plan) -> Vec<(When, Fault)> {
    let parts =
        plan.steps().iter().map(|step| SimEngine::crash_points(&step.action)).max().unwrap_or_default();
    let before = [Fault::Refused].into_iter().chain((0..parts).map(Fault::KilledInside));
    let both = [
        Fault::Killed,
        Fault::Lost,
        Fault::Exits(0),
        Fault::Exits(1),
        Fault::Vanishes(0),
        Fault::Vanishes(1),
        Fault::RestartedLive,
        Fault::Restarted,
        Fault::SecondOperator,
        Fault::TagMoved,
    ];
    let both = both.into_iter().flat_map(|fault| [(When::Before, fault), (When::After, fault)]);
    before.map(|fault| (When::Before, fault)).chain(both).collect()
}

const VOLUMES: &str = "name: site
app: {image: server, attaches: sock, user: 2000, permissions: 'u=rwX,g=rX,o=', create_options: {environment: {V: 1}}}
web: {image: data, uses: sock, start: [app], create_options: {environment: {V: 1}}}
volumes: {sock: /run/app}
";
const NETWORKS: &str = "name: site
one: {image: server, networks: [front, back], exposes: {80: 8001}, create_options: {environment: {V: 1}}}
two: {image: server, networks: [back: {ipv4_address: 10.9.0.5}], exposes: {80: 8002}}
three: {image: server, networks: [front]}
networks: {front: {}, back: {create_options: {ipam: {Config: [{Subnet: 10.9.0.0/24}]}}}}
";
const BOUND: &str = "name: site
owner: {image: data, create_options: {environment: {V: 1}}}
guest: {image: server, network_mode: owner}
other: {image: server, network_mode: owner, create_options: {environment: {V: 1}}}
far: {image: server, links: [near], networks: {}}
near: {image: server, networks: {}, create_options: {environment: {V: 1}}}
";
const WAITING: &str = "name: site
db: {image: server, create_options: {environment: {V: 1}}, healthcheck: {test: [check]}}
job: {image: work, start: {db: healthy}, create_options: {environment: {V: 1}}}
web: {image: server, start: {job: completed, db: healthy}, create_options: {environment: {V: 1}}}
";

/// Cuts a map's coming up and its replacement; at least so many cut points have to be there.
#[track_caller]
fn check(map: &str, next: &str, least: usize) {
    let cuts = cut_everywhere(None, map) + cut_everywhere(Some(map), next);
    assert!(cuts >= least, "{cuts} cut points are fewer than {least}");
}

#[test]
fn prepared_volumes_from_every_cut_point() {
    check(VOLUMES, &VOLUMES.replace("V: 1", "V: 2"), 400);
}

#[test]
fn shared_namespaces_and_links_from_every_cut_point() {
    check(BOUND, &BOUND.replace("V: 1", "V: 2"), 500);
}

#[test]
fn health_and_jobs_from_every_cut_point() {
    check(WAITING, &WAITING.replace("V: 1", "V: 2"), 400);
}

#[test]
fn networks_and_a_swapped_port_from_every_cut_point() {
    let swapped = NETWORKS.replace("8001", "PORT").replace("8002", "8001").replace("PORT", "8002");
    check(NETWORKS, &swapped.replace("V: 1", "V: 2"), 400);
}

#[test]
fn a_running_container_counts() {
    let map = load(VOLUMES);
    let mut engine = furnished();
    for step in planned(&map, &engine, all()).steps() {
        engine.apply(&step.action).unwrap();
    }
    assert_eq!(up(&engine).len(), 2);
    assert!(engine.view().containers.values().all(|found| found.state == RunState::Running));
    // The judge notices what it is there for.
    let faulty = Faulty::new(&map, engine, None);
    faulty.engine.lock().unwrap().rename("site.app", "site.web.dmap-prev").unwrap();
    let two = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| faulty.judge("two of one")));
    assert!(two.is_err());
}
