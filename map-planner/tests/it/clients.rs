//! A map for several engines: each plan is for what runs on one of them.

use std::collections::BTreeMap;
use std::time::Duration;

use container_map::{ClientConfig, ContainerMap};
use map_planner::sim::SimEngine;
use map_planner::{Action, Goal, Plan, PlanInput, Request, Select};

use crate::story::map;
use crate::world::{all, furnished};

const TWO: &str = "
name: site
clients: [east, west]
containers:
  db: {image: server, clients: [east], attaches: [data], networks: [back]}
  web: {image: server, networks: [front]}
  log: {image: server, clients: [west], uses: [], networks: [front]}
volumes: {data: /run/app}
networks: {back: {}, front: {}, unused: {}}
";

fn planned(map: &ContainerMap, client: &str, engine: &SimEngine, request: &Request) -> Plan {
    let client = ClientConfig { name: client.parse().unwrap(), ..ClientConfig::default() };
    let scope = map_planner::scope(map, &client, request).unwrap();
    let (engine, secrets) = (engine.observe(&scope), BTreeMap::new());
    map_planner::plan(&PlanInput {
        map,
        client: &client,
        engine: &engine,
        request,
        secrets: &secrets,
        contexts: &map_planner::Contexts::new(),
    })
    .unwrap()
}

/// Returns what a plan is about.
fn touched(plan: &Plan) -> Vec<String> {
    let mut keys: Vec<String> = plan.steps().iter().map(|step| step.action.target().to_string()).collect();
    keys.sort();
    keys.dedup();
    keys
}

#[test]
fn each_client_gets_its_own() {
    let (map, engine) = (map(TWO), furnished());
    assert_eq!(
        touched(&planned(&map, "east", &engine, &all(Goal::Up))),
        [
            "container/site.db",
            "container/site.web",
            "network/site.back",
            "network/site.front",
            "volume/site.data"
        ]
    );
    assert_eq!(
        touched(&planned(&map, "west", &engine, &all(Goal::Up))),
        ["container/site.log", "container/site.web", "network/site.front"]
    );
    assert!(planned(&map, "north", &engine, &all(Goal::Up)).is_empty());
}

#[test]
fn what_is_asked_for_elsewhere_is_left_to_that_plan() {
    let (map, engine) = (map(TWO), furnished());
    let request = Request { select: Select::Only([crate::fixture::key("site.db")].into()), ..all(Goal::Up) };
    assert!(planned(&map, "west", &engine, &request).is_empty());
    assert!(!planned(&map, "east", &engine, &request).is_empty());
}

/// A container whose configuration moved to another client stays, and is told about.
#[test]
fn what_moved_away_is_an_orphan() {
    let (before, mut engine) = (map(&TWO.replace("clients: [west], ", "")), furnished());
    for step in planned(&before, "east", &engine, &all(Goal::Up)).steps() {
        engine.apply(&step.action).unwrap();
    }
    let plan = planned(&map(TWO), "east", &engine, &all(Goal::Up));
    assert!(plan.is_empty());
    assert!(
        plan.text().to_string().contains("note: container/site.log is dmap's own and no longer in the map")
    );
}

/// Two clients can be one engine, and what belongs to the other is not this one's to speak of.
#[test]
fn what_another_client_made_is_no_orphan() {
    let (map, mut engine) = (map(TWO), furnished());
    for step in planned(&map, "west", &engine, &all(Goal::Up)).steps() {
        engine.apply(&step.action).unwrap();
    }
    let plan = planned(&map, "east", &engine, &all(Goal::Up));
    assert!(!plan.text().to_string().contains("site.log"), "{}", plan.text());
}

/// A client says how long its jobs may take; an hour, if it does not.
#[test]
fn jobs_are_waited_for_as_long_as_the_client_says() {
    let map = map(
        "name: m\njob: {image: server, persistent: true}\nweb: {image: server, start: {job: completed}}\n",
    );
    let waited = |wait_timeout| -> Vec<Duration> {
        let client = ClientConfig { wait_timeout, ..ClientConfig::default() };
        let (request, secrets) = (all(Goal::Up), BTreeMap::new());
        let engine = furnished().observe(&map_planner::scope(&map, &client, &request).unwrap());
        let input = PlanInput {
            map: &map,
            client: &client,
            engine: &engine,
            request: &request,
            secrets: &secrets,
            contexts: &map_planner::Contexts::new(),
        };
        let plan = map_planner::plan(&input).unwrap();
        let within = plan.steps().iter().filter_map(|step| match &step.action {
            Action::AwaitContainer { within, .. } => Some(*within),
            _ => None,
        });
        within.collect()
    };
    assert_eq!(waited(None), [Duration::from_hours(1)]);
    assert_eq!(waited(Some(Duration::from_secs(7))), [Duration::from_secs(7)]);
}
