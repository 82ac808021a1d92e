//! What holds for every plan.

use std::collections::BTreeMap;

use map_planner::engine::{EngineId, Noted, Record};
use map_planner::label::{KEY, ROLE, is_ours};
use map_planner::sim::SimDirectory;
use map_planner::spec::ContainerSpec;
use map_planner::{ContainerRef, Foreign, Goal, PlanFile, Select, Slot, StepId};

use crate::fixture::{bridge, image, volume_of};
use crate::judge::{Ran, check, check_plans};
use crate::laws;
use crate::schema;
use crate::world::{World, all, shuffled};

#[test]
fn plans_are_valid_and_converge() {
    check_plans(60, |_, world, plan| laws::converges(&world, plan).map(|_| ()));
}

#[test]
fn plans_can_be_resumed_from_every_prefix() {
    check_plans(60, |case, world, plan| laws::resumable(&world, plan, &mut case.seed.clone(), 8));
}

/// What was not asked for is finished only as long as something is left of its interruption, so all is asked for here.
#[test]
fn no_step_can_be_left_out() {
    check_plans(60, |_, mut world, _| {
        world.request.select = Select::All;
        let plan = world.plan();
        // Asked for more, the planner may have to refuse: what foreign objects hold is judged elsewhere.
        plan.map_or(Ok(()), |plan| laws::minimal(&world, &plan))
    });
}

#[test]
fn every_order_of_the_edges_is_valid() {
    check_plans(60, |case, world, plan| laws::any_order(&world, plan, &mut case.seed.clone(), 8));
}

#[test]
fn a_failed_step_is_made_up_for() {
    check_plans(60, |case, world, plan| laws::survives_failures(&world, plan, &mut case.seed.clone(), 4));
}

/// The same input gives the same bytes, the file reads back as it was, schema and checker agree, and no value of a
/// variable is shown.
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
        schema::judged(&text).map_err(|refusal| world.explain(plan, &refusal))?;
        plan.check().map_err(|flaw| world.explain(plan, &flaw.to_string()))?;
        let ids: Vec<StepId> = plan.steps().iter().map(|step| step.id).collect();
        let numbered = ids.iter().zip(1..).all(|(id, number)| *id == StepId(number));
        let shown = plan.text().to_string();
        if numbered && !shown.contains("hidden-") && !text.contains("secret-value") {
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
        let before = (foreign(&world), data(&world));
        world.apply(plan)?;
        if !is_left_alone(&before.0, &foreign(&world)) {
            return Err(world.explain(plan, "a foreign object changed"));
        }
        let after = data(&world);
        for (name, root) in before.1 {
            let kept = after
                .get(&name)
                .is_some_and(|now| root.files.iter().all(|(file, then)| now.files.get(file) == Some(then)));
            if !kept {
                return Err(world.explain(plan, &format!("data of volume {name} was touched")));
            }
        }
        Ok(())
    });
}

/// Returns what is to stay as it is of the objects that dmap did not make, by kind and name.
pub(crate) fn foreign(world: &World) -> BTreeMap<String, String> {
    let view = world.engine.view();
    let adopts = world.request.policy.foreign == Foreign::Adopt;
    let adopted = |name: &str| {
        let at = name.parse::<ContainerRef>();
        adopts && at.is_ok_and(|at| world.map.keys().any(|key| key == at.key))
    };
    let helper = |name: &str| name.starts_with("dmap-prep.") || name.starts_with("dmap-look.");
    let mut found = BTreeMap::new();
    for (name, live) in &view.containers {
        if !is_ours(name, &live.labels) && !adopted(name) && !helper(name) {
            let facts = format!("{:?}", (world.engine.id_of(name), live.state, live.has_run, &live.mounts));
            found.insert(format!("container {name}"), facts);
        }
    }
    for (name, networks) in &view.networks {
        if networks.iter().any(|network| !is_ours(name, &network.labels)) {
            found.insert(format!("network {name}"), format!("{networks:?}"));
        }
    }
    for (name, volume) in &view.volumes {
        if !is_ours(name, &volume.labels) && !name.contains(':') {
            found.insert(format!("volume {name}"), format!("{:?}", volume.labels));
            if !volume.root.files.is_empty() {
                let top = (volume.root.owner, volume.root.mode);
                found.insert(format!("{DIRECTORY}{name}"), format!("{top:?}"));
            }
        }
    }
    found
}

/// What stands before the name of a volume whose directory is meant.
const DIRECTORY: &str = "directory of volume ";

/// Returns whether what [`foreign`] found is as it was. An empty volume is filled by the engine as soon as a container mounts
/// it.
pub(crate) fn is_left_alone(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> bool {
    let is_filled = |what: &String| what.starts_with(DIRECTORY) && !before.contains_key(what);
    after.iter().filter(|(what, _)| !is_filled(what)).eq(before)
}

/// Returns what is in the volumes whose preparation is not pending; an unfinished one is finished whole.
pub(crate) fn data(world: &World) -> BTreeMap<String, SimDirectory> {
    let seen = world.engine.observe(&world.scope());
    let pending = |name: &str| seen.volumes.get(name).is_some_and(|volume| volume.carrier);
    let names = world.engine.volume_names().into_iter().filter(|name| !pending(name));
    names.filter_map(|name| Some((name.clone(), world.engine.volume(&name)?.root.clone()))).collect()
}

/// Returns whether what is in volumes has changed. What was pending before may be finished.
pub(crate) fn has_changed(
    before: &BTreeMap<String, SimDirectory>,
    after: &BTreeMap<String, SimDirectory>,
) -> bool {
    before.iter().any(|(name, root)| after.get(name) != Some(root))
}

/// Down leaves no container of the map; volumes and foreign objects stay; a second time there is nothing to do.
#[test]
fn down_leaves_volumes_alone() {
    check(60, |case| {
        let mut world = World::new(case)?;
        world.request = all(Goal::Down);
        let plan = world.plan().map_err(|error| format!("planning down: {error}"))?;
        let before = (foreign(&world), data(&world));
        let mut shuffle = world.clone();
        world.apply(&plan)?;
        world.expect_done(&plan)?;
        let mut seed = case.seed;
        for step in shuffled(&plan, &mut seed) {
            shuffle.step(&plan, step)?;
        }
        let mut left = world
            .map
            .keys()
            .flat_map(|key| Slot::ALL.map(|slot| ContainerRef::new(&key, slot).docker_name()));
        let view = world.engine.view();
        let ours =
            |name: &String| view.containers.get(name).is_some_and(|found| is_ours(name, &found.labels));
        if left.any(|name| ours(&name)) {
            return Err(world.explain(&plan, "a container of the map is left"));
        }
        if !is_left_alone(&before.0, &foreign(&world)) || has_changed(&before.1, &data(&world)) {
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
        world.engine.create_network("unrelated", &bridge()).map_err(|error| error.to_string())?;
        world.engine.race_network("unrelated", &bridge());
        world.engine.tag(image("unrelated"), crate::fixture::server());
        for name in ["unrelated", "another.web", "sitex.a"] {
            let made = world.engine.create_container(name, &ContainerSpec::new(image("unrelated")));
            made.and_then(|_| world.engine.start(name)).map_err(|error| error.to_string())?;
        }
        let labels = BTreeMap::from([
            (KEY.to_owned(), "container/sitex.a".to_owned()),
            (ROLE.to_owned(), "run".to_owned()),
        ]);
        let beside = ContainerSpec { labels, ..ContainerSpec::new(image("unrelated")) };
        world.engine.create_container("dmap-run.sitex.a", &beside).map_err(|error| error.to_string())?;
        let mut seen = world.engine.observe(&world.scope());
        let unrelated = EngineId::new("unrelated");
        let noted = Noted { amended: [("memory".into(), "0".into())].into(), commands: ["0".into()].into() };
        let record = seen.record.get_or_insert_with(Record::default);
        record.containers.insert(unrelated.clone(), noted.clone());
        record.volumes.insert("unrelated".into(), noted);
        let any = seen.images.values().next().cloned();
        seen.images.extend(any.map(|image| (unrelated, image)));
        for (number, other) in seen.bystanders.values_mut().enumerate() {
            other.id = Some(EngineId::new(format!("other-{number}")));
        }
        seen.leased = true;
        let again = world.plan_for(&seen).map_err(|error| error.to_string())?;
        if again == *plan { Ok(()) } else { Err(world.explain(plan, &format!("became\n{}", again.text()))) }
    });
}
