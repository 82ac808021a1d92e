//! Measures the planner on a map, against engines that have nothing, all of it, and something else: prints one line for
//! each, `STATE CONTAINERS STEPS MILLISECONDS`, the time being the median of several runs.
//!
//! `cargo xtask bench plan` makes the maps and reads the lines.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]
#![allow(clippy::disallowed_types, reason = "it measures; the crate itself knows no clock")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use container_map::{ClientConfig, ContainerMap, LoadOptions};
use map_planner::engine::RunState;
use map_planner::sim::{SimEngine, SimImage};
use map_planner::{EngineState, Goal, Plan, PlanInput, Policy, Request, Select};

/// How often, after one run that only warms the caches.
const RUNS: usize = 21;
/// Of so many containers, one runs as somebody else, and one is stopped.
const SHARE: usize = 10;

/// The one that `dmap` has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let file = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let map = container_map::load(&text, LoadOptions::default()).unwrap();
    let empty = furnished(&map).observe(&scope(&map));
    let plan = measure("empty", &map, &empty);
    let mut engine = furnished(&map);
    for step in plan.steps() {
        engine.apply(&step.action).unwrap();
    }
    let converged = engine.observe(&scope(&map));
    assert!(measure("converged", &map, &converged).is_empty());
    assert!(!measure("drifted", &map, &drifted(converged)).is_empty());
}

/// An engine that has the map's images, and nothing else.
fn furnished(map: &ContainerMap) -> SimEngine {
    let mut engine = SimEngine::new();
    for image in scope(map).images {
        let content = SimImage { command: vec![image.to_string()], ..SimImage::default() };
        engine.tag(image, content);
    }
    engine
}

fn scope(map: &ContainerMap) -> map_planner::engine::Scope {
    map_planner::scope(map, &ClientConfig::default(), &request()).unwrap()
}

fn request() -> Request {
    Request { verb: Goal::Up.into(), select: Select::All, policy: Policy::default() }
}

/// Somebody has changed the user that some containers run as, and stopped others.
fn drifted(mut state: EngineState) -> EngineState {
    for (index, container) in state.containers.values_mut().enumerate() {
        if index % SHARE == 0 {
            "1".clone_into(&mut container.user);
        } else if index % SHARE == 1 {
            container.state = RunState::Exited(1);
        }
    }
    state
}

fn measure(name: &str, map: &ContainerMap, engine: &EngineState) -> Plan {
    let (client, request, secrets) = (ClientConfig::default(), request(), BTreeMap::new());
    let input = PlanInput {
        map,
        client: &client,
        engine,
        request: &request,
        secrets: &secrets,
        contexts: &map_planner::Contexts::new(),
    };
    let plan = map_planner::plan(&input).unwrap();
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            let again = map_planner::plan(&input).unwrap();
            let took = began.elapsed();
            assert_eq!(again.steps().len(), plan.steps().len());
            took
        })
        .collect();
    times.sort();
    let time = times[RUNS / 2].as_secs_f64() * 1e3;
    println!("{name} {} {} {time:.1}", map.keys().count(), plan.steps().len());
    plan
}
