//! What has to hold for the plan of a world, whoever made the world up.

use std::collections::BTreeSet;

use container_map::config::{ContainerConfig, NetworkMode, UseSource};
use container_map::{ConfigName, ContainerKey, ImageRef};
use map_planner::engine::{EngineId, ObservedMount, ObservedMountSource, ObservedNetworkMode, RunState};
use map_planner::sim::{SimEngine, SimView};
use map_planner::{Action, Plan};

use crate::differ::differ;
use crate::world::{Judgement, World, pick, shuffled};

/// Each step applies in the order of the list, and then nothing is left to do.
pub(crate) fn converges(world: &World, plan: &Plan) -> Judgement<World> {
    let mut done = world.clone();
    done.apply(plan)?;
    done.expect_done(plan).map(|()| done)
}

/// After any part of the plan, also one that ends within a step, planning again leads to the same end.
pub(crate) fn resumable(world: &World, plan: &Plan, seed: &mut u64, samples: usize) -> Judgement<()> {
    let world = &world.with_newer_images();
    let expected = end(&converges(world, plan)?, plan);
    let mut points = cuts(plan);
    while points.len() > samples {
        points.remove(pick(seed, points.len()));
    }
    for (whole, part) in points {
        let mut cut = world.clone();
        for step in &plan.steps()[..whole] {
            cut.step(plan, step)?;
        }
        if let Some(part) = part {
            let action = &plan.steps()[whole].action;
            cut.engine.apply_partially(action, part).map_err(|error| error.to_string())?;
        }
        let place = format!("cut after {whole} steps, part {part:?}");
        cut.converge().map_err(|problem| world.explain(plan, &format!("{place}: {problem}")))?;
        expect_same(&place, world, &expected, &cut, plan)?;
    }
    Ok(())
}

/// Returns every place where a plan can be cut: after so many steps, and within the one that follows.
fn cuts(plan: &Plan) -> Vec<(usize, Option<usize>)> {
    let parts = |(index, step): (usize, &map_planner::Step)| {
        let points = (0..SimEngine::crash_points(&step.action)).map(move |part| (index, Some(part)));
        std::iter::once((index, None)).chain(points).collect::<Vec<_>>()
    };
    plan.steps().iter().enumerate().flat_map(parts).collect()
}

/// Every order that the edges allow is valid and leads to the same end.
pub(crate) fn any_order(world: &World, plan: &Plan, seed: &mut u64, samples: usize) -> Judgement<()> {
    let expected = end(&converges(world, plan)?, plan);
    for _ in 0..samples {
        let order = shuffled(plan, seed);
        let numbers: Vec<String> = order.iter().map(|step| step.id.to_string()).collect();
        let place = format!("in the order {}", numbers.join(" "));
        let mut other = world.clone();
        for step in &order {
            other.step(plan, step).map_err(|problem| format!("{place}: {problem}"))?;
        }
        expect_same(&place, world, &expected, &other, plan)?;
    }
    Ok(())
}

/// No step can be left out: without it, and what waits for it, something is left to do.
pub(crate) fn minimal(world: &World, plan: &Plan) -> Judgement<()> {
    let world = world.with_newer_images();
    for left_out in plan.steps().iter().filter(|step| !step.action.only_waits()) {
        let mut skipped = BTreeSet::from([left_out.id]);
        let mut done = world.clone();
        for step in plan.steps() {
            if skipped.contains(&step.id) || step.after.iter().any(|after| skipped.contains(after)) {
                skipped.insert(step.id);
            } else {
                done.step(plan, step)
                    .map_err(|problem| format!("without step {}: {problem}", left_out.id))?;
            }
        }
        let again = done.plan().map_err(|error| world.explain(plan, &format!("planning again: {error}")))?;
        if again.is_empty() {
            return Err(world.explain(plan, &format!("step {} is not needed", left_out.id)));
        }
    }
    Ok(())
}

/// Where a step fails, what waits for it is left out and the rest is done; the next plan leads to the same end.
pub(crate) fn survives_failures(world: &World, plan: &Plan, seed: &mut u64, samples: usize) -> Judgement<()> {
    let world = &world.with_newer_images();
    let expected = end(&converges(world, plan)?, plan);
    let mut failing: Vec<_> = plan.steps().iter().map(|step| step.id).collect();
    while failing.len() > samples {
        failing.remove(pick(seed, failing.len()));
    }
    for fails in failing {
        let mut skipped = BTreeSet::from([fails]);
        let mut harmed = world.clone();
        let place = format!("step {fails} fails");
        for step in plan.steps() {
            if skipped.contains(&step.id) || step.after.iter().any(|after| skipped.contains(after)) {
                skipped.insert(step.id);
            } else {
                harmed.step(plan, step).map_err(|problem| format!("{place}: {problem}"))?;
            }
        }
        harmed.converge().map_err(|problem| world.explain(plan, &format!("{place}: {problem}")))?;
        expect_same(&place, world, &expected, &harmed, plan)?;
    }
    Ok(())
}

/// Returns what of the state was asked for. A foreign guest notices that the owner of its namespace was replaced, and
/// what follows something that was asked for may be brought up to date or not.
fn end(world: &World, plan: &Plan) -> SimView {
    let view = world.engine.view();
    let mut tags = view.tags.clone();
    let asked = world.asked_for();
    let mut end = view.only(|name| name.starts_with("site."));
    if let Some(asked) = asked {
        end.containers.retain(|name, _| asked.contains(name));
        let mounts = end.containers.values().flat_map(|found| found.mounts.values());
        let mounted: BTreeSet<String> = mounts.filter_map(volume).collect();
        end.volumes.retain(|name, _| mounted.contains(name));
    }
    // What the map does not know any more is not followed up: what it was bound to can be there or not.
    let is_known = |name: &str| world.map.keys().any(|key| key.docker_name() == name);
    for (_, orphan) in end.containers.iter_mut().filter(|(name, _)| !is_known(name)) {
        orphan.links.clear();
        orphan.namespace_lost = false;
        if let ObservedNetworkMode::Container(owner) = &mut orphan.network {
            *owner = EngineId::new("(somebody)");
        }
    }
    // A job that is begun again where nobody has to wait for its end may be at work or have ended.
    let jobs = end.containers.iter_mut().filter(|(name, _)| is_job(world, name));
    jobs.filter(|(_, job)| job.state.is_up()).for_each(|(_, job)| job.state = RunState::Exited(0));
    for key in hinging_on_a_pull(world, plan) {
        let name = key.docker_name();
        end.containers.remove(&name);
        let own = format!("{name}:");
        end.volumes.retain(|volume, _| !volume.starts_with(&own));
        tags.remove(&world.map.containers()[&key.config].image);
    }
    SimView { tags, ..end }
}

/// Returns the containers that are bound to one whose image is pulled. Whether that is another image, and which volumes
/// it declares, shows only afterwards, so they are made anew to be safe; a run that begins after the pull knows better.
fn hinging_on_a_pull(world: &World, plan: &Plan) -> BTreeSet<ContainerKey> {
    let pulls = |image: &ImageRef| {
        plan.steps()
            .iter()
            .any(|step| matches!(&step.action, Action::PullImage { image: found, .. } | Action::BuildImage { image: found, .. } if found == image))
    };
    let mut uncertain: BTreeSet<&ConfigName> = BTreeSet::new();
    // Containers refer to earlier ones only, so that one pass is enough.
    for (name, config) in world.map.containers() {
        let mut bound = bound_to(config).into_iter();
        if bound.any(|other| pulls(&world.map.containers()[other].image) || uncertain.contains(other)) {
            uncertain.insert(name);
        }
    }
    uncertain.iter().flat_map(|name| world.map.instances(name)).collect()
}

fn bound_to(config: &ContainerConfig) -> Vec<&ConfigName> {
    let lenders = config.uses.iter().filter_map(|used| match &used.source {
        UseSource::Container { config, .. } => Some(config),
        UseSource::Volume { .. } => None,
    });
    let owner = match &config.network_mode {
        Some(NetworkMode::Container { config, .. }) => Some(config),
        _ => None,
    };
    lenders.chain(owner).chain(config.links.iter().map(|link| &link.config)).collect()
}

fn volume(mount: &ObservedMount) -> Option<String> {
    match &mount.source {
        ObservedMountSource::Volume(name) => Some(name.clone()),
        ObservedMountSource::Bind(_) | ObservedMountSource::Other(_) => None,
    }
}

fn expect_same(place: &str, before: &World, expected: &SimView, found: &World, plan: &Plan) -> Judgement<()> {
    let mut view = end(found, plan);
    // What an owner gives up is filled for the next one if nobody mounts it by then, and left as it is otherwise.
    for (name, volume) in &mut view.volumes {
        let Some(other) = expected.volumes.get(name) else { continue };
        let was_empty = before.engine.volume(name).is_some_and(|volume| volume.root.files.is_empty());
        if was_empty && !other.root.files.keys().eq(volume.root.files.keys()) {
            volume.root = other.root.clone();
        }
    }
    if view != *expected {
        return Err(found.explain(plan, &format!("{place}: another end\n{}", differ(expected, &view))));
    }
    let ran = before.map.keys().map(|key| key.docker_name());
    let is_up = |world: &World, name: &str| world.engine.state_of(name).is_some_and(RunState::is_up);
    let lost =
        ran.filter(|name| is_up(before, name)).find(|name| !is_up(found, name) && !is_job(found, name));
    lost.map_or(Ok(()), |name| Err(found.explain(plan, &format!("{place}: {name} does not run any more"))))
}

/// A container can be replaced by one that ends at once.
fn is_job(world: &World, name: &str) -> bool {
    world.map.keys().any(|key| {
        let image = world.map.config(&key).map(|config| config.image.to_string());
        key.docker_name() == name && matches!(image.as_deref(), Some("job:latest" | "work:latest"))
    })
}
