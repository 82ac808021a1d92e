//! What holds for every plan.

use std::collections::{BTreeMap, BTreeSet};

use map_planner::sim::{SimDirectory, SimEngine, plain};
use map_planner::{Goal, Plan, PlanFile, StepId};

use crate::fixture::{bridge, image, volume_of};
use crate::judge::{Ran, check, check_plans};
use crate::world::{Judgement, World, all, pick, shuffled};

/// Each step applies in the order of the list, and then nothing is left to do.
#[test]
fn plans_are_valid_and_converge() {
    check_plans(60, |_, mut world, plan| {
        world.apply(plan)?;
        world.expect_done(plan)
    });
}

/// After any part of a plan, also one that ends within a step, planning again leads to the same end.
#[test]
fn plans_can_be_resumed_from_every_prefix() {
    check_plans(60, |case, world, plan| {
        let mut uninterrupted = world.clone();
        uninterrupted.apply(plan)?;
        let expected = uninterrupted.engine.view();
        let mut points = cuts(plan);
        let mut seed = case.seed;
        while points.len() > 8 {
            points.remove(pick(&mut seed, points.len()));
        }
        for (whole, part) in points {
            let mut cut = world.clone();
            for step in &plan.steps()[..whole] {
                cut.step(plan, step)?;
            }
            if let Some(part) = part {
                let action = &plan.steps()[whole].action;
                cut.engine
                    .apply_partially(action, part)
                    .map_err(|error| error.to_string())?;
            }
            let place = format!("cut after {whole} steps, part {part:?}");
            cut.converge()
                .map_err(|problem| world.explain(plan, &format!("{place}: {problem}")))?;
            expect_same(&place, &expected, &cut, plan)?;
        }
        Ok(())
    });
}

/// Returns every place where a plan can be cut: after so many steps, and within the one that follows.
fn cuts(plan: &Plan) -> Vec<(usize, Option<usize>)> {
    let parts = |(index, step): (usize, &map_planner::Step)| {
        let points = SimEngine::crash_points(&step.action);
        std::iter::once((index, None))
            .chain((0..points).map(move |part| (index, Some(part))))
            .collect::<Vec<_>>()
    };
    plan.steps().iter().enumerate().flat_map(parts).collect()
}

fn expect_same(
    place: &str,
    expected: &map_planner::sim::SimView,
    found: &World,
    plan: &Plan,
) -> Judgement<()> {
    let view = found.engine.view();
    if view == *expected {
        return Ok(());
    }
    Err(found.explain(
        plan,
        &format!("{place}: another end\n{}", crate::differ::differ(expected, &view)),
    ))
}

/// Every order that the edges allow is valid and leads to the same end.
#[test]
fn every_order_of_the_edges_is_valid() {
    check_plans(60, |case, world, plan| {
        let mut listed = world.clone();
        listed.apply(plan)?;
        let expected = listed.engine.view();
        let mut seed = case.seed;
        for _ in 0..8 {
            let order = shuffled(plan, &mut seed);
            let mut other = world.clone();
            let numbers: Vec<String> = order.iter().map(|step| step.id.to_string()).collect();
            let place = format!("in the order {}", numbers.join(" "));
            for step in &order {
                other
                    .step(plan, step)
                    .map_err(|problem| format!("{place}: {problem}"))?;
            }
            expect_same(&place, &expected, &other, plan)?;
        }
        Ok(())
    });
}

/// Where a step fails, what waits for it is left out and the rest is done; the next plan leads to the same end.
#[test]
fn a_failed_step_is_made_up_for() {
    check_plans(60, |case, world, plan| {
        let mut unharmed = world.clone();
        unharmed.apply(plan)?;
        let expected = unharmed.engine.view();
        let mut seed = case.seed;
        for _ in 0..4 {
            let fails = plan.steps()[pick(&mut seed, plan.steps().len())].id;
            let mut skipped = BTreeSet::from([fails]);
            let mut harmed = world.clone();
            let place = format!("step {fails} fails");
            for step in plan.steps() {
                if skipped.contains(&step.id) || step.after.iter().any(|after| skipped.contains(after)) {
                    skipped.insert(step.id);
                } else {
                    harmed
                        .step(plan, step)
                        .map_err(|problem| format!("{place}: {problem}"))?;
                }
            }
            harmed
                .converge()
                .map_err(|problem| world.explain(plan, &format!("{place}: {problem}")))?;
            expect_same(&place, &expected, &harmed, plan)?;
        }
        Ok(())
    });
}

/// The same input gives the same bytes, the file reads back as it was, the checker agrees, and no value of a variable
/// is shown.
#[test]
fn plans_are_deterministic_and_read_back() {
    check_plans(60, |_, world, plan| {
        let again = world.plan().map_err(|error| error.to_string())?;
        let text = PlanFile::new(vec![plan.clone()]).to_json();
        if text != PlanFile::new(vec![again]).to_json() {
            return Err(world.explain(plan, "another plan the second time"));
        }
        let read: PlanFile =
            serde_json::from_str(&text).map_err(|error| world.explain(plan, &error.to_string()))?;
        if read.plans.as_slice() != std::slice::from_ref(plan) {
            return Err(world.explain(plan, "the file reads as another plan"));
        }
        plan.check()
            .map_err(|flaw| world.explain(plan, &flaw.to_string()))?;
        let ids: Vec<StepId> = plan.steps().iter().map(|step| step.id).collect();
        let numbered = ids.iter().zip(1..).all(|(id, number)| *id == StepId(number));
        let shown = plan.text().to_string();
        if numbered && !shown.contains("hidden-") {
            Ok(())
        } else {
            Err(world.explain(plan, "numbers or values"))
        }
    });
}

/// Volumes are never removed, their data is never rewritten, and foreign objects stay as they are.
#[test]
fn what_is_not_ours_is_left_alone() {
    check_plans(60, |_, mut world, plan| {
        let before = (world.engine.view().only(is_foreign), data(&world));
        world.apply(plan)?;
        if world.engine.view().only(is_foreign) != before.0 {
            return Err(world.explain(plan, "a foreign object changed"));
        }
        let after = data(&world);
        for (name, root) in before.1 {
            let kept = after.get(&name).is_some_and(|now| {
                root.files
                    .iter()
                    .all(|(file, then)| now.files.get(file) == Some(then))
            });
            if !kept {
                return Err(world.explain(plan, &format!("data of volume {name} was touched")));
            }
        }
        Ok(())
    });
}

fn is_foreign(name: &str) -> bool {
    !name.starts_with("site.") && !name.contains("dmap-prep") && !name.contains(':')
}

/// Returns what is in the volumes whose preparation is not pending; an unfinished one is finished whole.
fn data(world: &World) -> BTreeMap<String, SimDirectory> {
    let seen = world.engine.observe(&world.scope());
    let pending = |name: &str| seen.volumes.get(name).is_some_and(|volume| volume.carrier);
    let names = world
        .engine
        .volume_names()
        .into_iter()
        .filter(|name| !pending(name));
    names
        .filter_map(|name| Some((name.clone(), world.engine.volume(&name)?.root.clone())))
        .collect()
}

/// Down leaves no container of the map; volumes and foreign objects stay; a second time there is nothing to do.
#[test]
fn down_leaves_volumes_alone() {
    check(60, |case| {
        let mut world = World::new(case)?;
        world.request = all(Goal::Down);
        let plan = world.plan().map_err(|error| format!("planning down: {error}"))?;
        let before = (world.engine.view().only(is_foreign), world.engine.volume_names());
        let volumes: Vec<_> = before
            .1
            .iter()
            .map(|name| world.engine.volume(name).cloned())
            .collect();
        let mut shuffle = world.clone();
        world.apply(&plan)?;
        world.expect_done(&plan)?;
        let mut seed = case.seed;
        for step in shuffled(&plan, &mut seed) {
            shuffle.step(&plan, step)?;
        }
        let seen = world.engine.observe(&world.scope());
        let ours = |(name, found): (&String, &map_planner::engine::ObservedContainer)| {
            let at = name.parse::<map_planner::ContainerRef>();
            map_planner::label::is_ours(name, &found.labels)
                && at.is_ok_and(|at| world.map.keys().any(|key| key == at.key))
        };
        if seen.containers.iter().any(ours) {
            return Err(world.explain(&plan, "a container of the map is left"));
        }
        let after: Vec<_> = before
            .1
            .iter()
            .map(|name| world.engine.volume(name).cloned())
            .collect();
        if after != volumes || world.engine.view().only(is_foreign) != before.0 {
            return Err(world.explain(&plan, "a volume or a foreign object changed"));
        }
        Ok(if plan.is_empty() { Ran::Idle } else { Ran::Judged })
    });
}

/// What has nothing to do with a map does not change its plan.
#[test]
fn facts_outside_the_scope_do_not_matter() {
    check_plans(60, |_, mut world, plan| {
        world.engine.create_volume("unrelated", &volume_of("somebody"));
        world
            .engine
            .create_network("unrelated", &bridge())
            .map_err(|error| error.to_string())?;
        world.engine.race_network("unrelated", &bridge());
        world.engine.tag(image("unrelated"), crate::fixture::server());
        for name in ["unrelated", "another.web", "sitex.a"] {
            let made = world.engine.create_container(name, &plain(&image("unrelated")));
            made.and_then(|_| world.engine.start(name))
                .map_err(|error| error.to_string())?;
        }
        let again = world.plan().map_err(|error| error.to_string())?;
        if again == *plan {
            Ok(())
        } else {
            Err(world.explain(plan, &format!("became\n{}", again.text())))
        }
    });
}
