//! The way back: from every point of a replacement, the predecessors take their places again, and the next plan goes on.

use std::collections::BTreeSet;

use container_map::{ContainerKey, ContainerMap, LoadOptions};
use map_planner::sim::{SimEngine, SimView};
use map_planner::{Action, ContainerRef, FailedReplacement, Goal, Plan, Policy, Readiness, Select, Slot};

use crate::fixture::engine;
use crate::world::{World, all};

const OLD: &str = "name: site
app: {image: server, attaches: sock, create_options: {environment: {V: 1}}, exposes: {80: 8080}, networks: [n0]}
web: {image: store, uses: [sock], start: [app], create_options: {environment: {V: 1}}, networks: [n0]}
guest: {image: server, network_mode: app}
swap: {image: server, exposes: {81: 8081}}
far: {image: server, networks: [n0]}
volumes: {sock: /run/app}
networks: {n0: {}}
";

/// Everything but `far` is replaced, and two containers swap their ports.
fn new() -> String {
    OLD.replace("V: 1", "V: 2").replace("8080", "PORT").replace("8081", "8080").replace("PORT", "8081")
}

fn load(text: &str) -> ContainerMap {
    container_map::load(text, LoadOptions::default()).unwrap()
}

fn world(engine: SimEngine, text: &str) -> World {
    World::of(engine, load(text), all(Goal::Up))
}

/// The old map is up.
fn standing() -> SimEngine {
    let mut world = world(engine(), OLD);
    let plan = world.plan().unwrap();
    world.apply(&plan).unwrap();
    world.engine
}

/// Returns the containers with something undone after so many steps, except what only clears away.
fn unfinished(plan: &Plan, done: usize) -> BTreeSet<ContainerKey> {
    let left = plan.steps()[done..].iter().map(|step| &step.action);
    let clears = |action: &Action| {
        matches!(action, Action::RemoveContainer { container: ContainerRef { slot: Slot::Prev, .. } })
    };
    left.filter(|action| !clears(action))
        .filter_map(|action| action.container())
        .map(|container| container.key.clone())
        .collect()
}

/// Applies the steps in the order that is the most unlike the list's.
fn apply_backwards(world: &mut World, plan: &Plan) {
    let mut done = BTreeSet::new();
    while done.len() < plan.steps().len() {
        let mut startable = plan.steps().iter().rev().filter(|step| !done.contains(&step.id));
        let step = startable.find(|step| step.after.iter().all(|id| done.contains(id))).unwrap();
        world.step(plan, step).unwrap();
        done.insert(step.id);
    }
}

/// The next plan leads where the first would have led.
fn goes_on(world: &mut World, whole: &SimView, what: &str) {
    world.request = all(Goal::Up);
    let plan = world.plan().unwrap();
    world.apply(&plan).unwrap();
    assert_eq!(containers(world.engine.view()), containers(whole.clone()), "{what}");
}

fn containers(view: SimView) -> SimView {
    view.only(|name| name.starts_with("site."))
}

/// Returns whether a container, or its predecessor, is still the one from before.
fn has_prev(view: &SimView, name: &str, unfinished: &BTreeSet<ContainerKey>) -> bool {
    view.containers.contains_key(&format!("{name}.dmap-prev")) || unfinished.contains(&name.parse().unwrap())
}

/// Who has only the plan comes to the same.
fn leads_there_without_the_map(world: &World, plan: &Plan, keys: &BTreeSet<ContainerKey>, back: &Plan) {
    let (mut with, mut without) = (world.clone(), world.clone());
    with.apply(back).unwrap();
    let state = without.engine.observe(&plan.scope());
    let own = map_planner::restore(plan, keys, &state).unwrap();
    own.check().unwrap();
    without.apply(&own).unwrap();
    assert_eq!(
        containers(without.engine.view()),
        containers(with.engine.view()),
        "{}\n{}",
        own.text(),
        back.text()
    );
}

/// What a plan only stops, starts or removes has no way back.
#[test]
fn what_was_not_replaced_is_left_alone() {
    let mut world = world(standing(), OLD);
    world.request = all(Goal::Down);
    let plan = world.plan().unwrap();
    world.step(&plan, &plan.steps()[0]).unwrap();
    let state = world.engine.observe(&plan.scope());
    assert!(map_planner::restore(&plan, &unfinished(&plan, 1), &state).unwrap().is_empty());
}

#[test]
fn from_every_point_the_predecessors_come_back_and_the_next_plan_goes_on() {
    let plan = world(standing(), &new()).plan().unwrap();
    let whole = {
        let mut world = world(standing(), &new());
        world.apply(&plan).unwrap();
        world.engine.view()
    };
    assert!(plan.steps().len() > 20, "{}", plan.text());
    let (before, mut lost) = (standing().view(), 0);
    for done in 0..plan.steps().len() {
        for backwards in [false, true] {
            let mut world = world(standing(), &new());
            plan.steps()[..done].iter().for_each(|step| world.step(&plan, step).unwrap());
            let (keys, cut) = (unfinished(&plan, done), world.engine.view());
            world.request.select = Select::Only(keys.clone());
            world.request.policy =
                Policy { failed_replacement: FailedReplacement::Restore, ..Policy::default() };
            let back = world.plan().unwrap();
            back.check().unwrap();
            leads_there_without_the_map(&world, &plan, &keys, &back);
            // The way back can be interrupted too.
            for part in 0..back.steps().len() {
                let mut world = world.clone();
                back.steps()[..part].iter().for_each(|step| world.step(&back, step).unwrap());
                goes_on(&mut world, &whole, &format!("after {done}, and {part} steps back"));
            }
            if backwards {
                apply_backwards(&mut world, &back);
            } else {
                world.apply(&back).unwrap();
            }
            // A namespace can be gone for good, and a port taken.
            let app_is_finished = !has_prev(&cut, "site.app", &keys);
            let swap_is_finished = !has_prev(&cut, "site.swap", &keys);
            let is_gone = |name: &str| {
                (app_is_finished && (name.starts_with("site.guest") || name.starts_with("site.swap")))
                    || (swap_is_finished && (name.starts_with("site.guest") || name.starts_with("site.app")))
            };
            let is_key = |name: &str| {
                name.parse::<ContainerRef>().is_ok_and(|found| keys.contains(&found.key)) && !is_gone(name)
            };
            lost += usize::from(keys.iter().any(|key| is_gone(&key.docker_name())));
            let (found, expect) = (world.engine.view().only(is_key), before.clone().only(is_key));
            assert_eq!(
                found.containers,
                expect.containers,
                "after {done} of\n{}\n{}",
                plan.text(),
                back.text()
            );
            assert!(world.plan().unwrap().is_empty(), "the way back was gone");
            goes_on(&mut world, &whole, &format!("after {done}"));
        }
    }
    assert!(lost <= 6, "of {} cases, {lost} could not go back", 2 * plan.steps().len());
}

#[test]
fn what_somebody_else_put_in_the_place_stays() {
    let mut world = world(standing(), &new());
    let plan = world.plan().unwrap();
    let is_started = |action: &Action| matches!(action, Action::StartContainer { container, .. } if container.key.config.as_str() == "app");
    let started = plan.steps().iter().position(|step| is_started(&step.action)).unwrap();
    plan.steps()[..=started].iter().for_each(|step| world.step(&plan, step).unwrap());
    world.engine.stop("site.app").unwrap();
    world.engine.remove_container("site.app").unwrap();
    world.engine.create_container("site.app", &crate::fixture::spec()).unwrap();
    world.request.select = Select::Only(BTreeSet::from(["site.app".parse().unwrap()]));
    world.request.policy.failed_replacement = FailedReplacement::Restore;
    assert!(world.plan().unwrap().is_empty());
}

#[test]
fn all_can_be_waited_for() {
    let mut world = world(engine(), "name: site\napp: {image: server}\nweb: {image: server, start: [app]}");
    let waits = |plan: &Plan| plan.steps().iter().filter(|step| step.action.only_waits()).count();
    let without = waits(&world.plan().unwrap());
    let within = Some(core::time::Duration::from_secs(7));
    world.request.policy.readiness = Readiness::All { within };
    let plan = world.plan().unwrap();
    assert!(without < 2);
    let awaited: Vec<_> = plan
        .steps()
        .iter()
        .filter_map(|step| match &step.action {
            Action::AwaitContainer { container, within, until, .. } if until.as_str() == "ready" => {
                Some((container.to_string(), within.as_secs()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(awaited, [("site.app".to_owned(), 7), ("site.web".to_owned(), 7)], "{}", plan.text());
    world.apply(&plan).unwrap();
    assert!(world.plan().unwrap().is_empty(), "what is ready is not waited for");
}
