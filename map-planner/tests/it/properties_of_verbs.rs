//! What holds for every verb and every policy, judged by the simulated engine.

use std::collections::BTreeSet;

use container_map::{ContainerKey, Signal};
use map_planner::sim::Applied;
use map_planner::{
    Action, AttachedVolumes, Company, ContainerRef, Errand, Goal, Orphans, Persistent, PersistentImages,
    Plan, Select, Slot, UnsetLimits,
};

use crate::judge::{Ran, check};
use crate::model::Case;
use crate::properties::{data, foreign, has_changed, is_left_alone};
use crate::world::{Judgement, World, pick, shuffled};

const GOALS: [Goal; 8] =
    [Goal::Create, Goal::Start, Goal::Startup, Goal::Up, Goal::Stop, Goal::Remove, Goal::Down, Goal::Pull];

/// Returns a container of the map, or none.
fn some(world: &World, seed: &mut u64) -> BTreeSet<ContainerKey> {
    let keys: Vec<ContainerKey> = world.map.keys().collect();
    keys.get(pick(seed, keys.len() * 2)).cloned().into_iter().collect()
}

/// Makes choices for all questions of a policy that leave a goal one.
fn choose_policy(world: &mut World, seed: &mut u64) {
    world.request.policy.exclude = some(world, seed);
    let policy = &mut world.request.policy;
    policy.company = [Company::Others, Company::Others, Company::Nobody][pick(seed, 3)];
    policy.persistent_images = [PersistentImages::Keep, PersistentImages::Follow][pick(seed, 2)];
    policy.persistent = [Persistent::Keep, Persistent::Remove][pick(seed, 2)];
    policy.limits = [UnsetLimits::Keep, UnsetLimits::Reset][pick(seed, 2)];
    policy.volumes = [AttachedVolumes::Keep, AttachedVolumes::Remove][pick(seed, 2)];
    policy.orphans = [Orphans::Name, Orphans::Remove][pick(seed, 2)];
}

/// Each step applies, in any order; then nothing is left to do, also if the plan was cut and made anew.
fn is_lawful(world: &World, plan: &Plan, seed: &mut u64) -> Judgement<World> {
    plan.check().map_err(|flaw| world.explain(plan, &flaw.to_string()))?;
    let mut done = world.clone();
    done.apply(plan)?;
    done.expect_done(plan)?;
    for _ in 0..3 {
        let mut other = world.clone();
        shuffled(plan, seed).into_iter().try_for_each(|step| other.step(plan, step))?;
        other.expect_done(plan)?;
    }
    for _ in 0..3 {
        let whole = pick(seed, plan.steps().len());
        let mut cut = world.clone();
        plan.steps()[..whole].iter().try_for_each(|step| cut.step(plan, step))?;
        cut.converge().map_err(|problem| world.explain(plan, &format!("cut after {whole}: {problem}")))?;
    }
    Ok(done)
}

/// No step does what nobody asked for.
fn is_allowed(world: &World, plan: &Plan, goal: Goal) -> Judgement<()> {
    let policy = &world.request.policy;
    for step in plan.steps() {
        let allowed = match &step.action {
            Action::RemoveVolume { .. } => goal == Goal::Down && policy.volumes == AttachedVolumes::Remove,
            Action::StartContainer { .. } | Action::RestartContainer { .. } => {
                matches!(goal, Goal::Start | Goal::Startup | Goal::Up)
            }
            Action::CreateContainer { .. } => matches!(goal, Goal::Create | Goal::Startup | Goal::Up),
            Action::StopContainer { .. } => !matches!(goal, Goal::Create | Goal::Remove | Goal::Pull),
            Action::RemoveContainer { .. } => !matches!(goal, Goal::Create | Goal::Stop | Goal::Pull),
            Action::Exec { .. } => matches!(goal, Goal::Start | Goal::Startup | Goal::Up),
            Action::KillContainer { .. } => false,
            Action::RemoveHelper { .. } => matches!(goal, Goal::Up | Goal::Down),
            _ => true,
        };
        let is_left_alone =
            step.action.container().is_some_and(|container| policy.exclude.contains(&container.key));
        if !allowed || is_left_alone {
            return Err(world.explain(plan, &format!("step {} was not asked for", step.id)));
        }
    }
    Ok(())
}

fn is_kept(case: &Case, goal: Goal) -> Judgement<Ran> {
    let mut world = World::new(case)?;
    let mut seed = case.seed;
    choose_policy(&mut world, &mut seed);
    world.request.verb = goal.into();
    let plan = match world.plan() {
        Err(error) => return world.expect_refusal(&error).map(|()| Ran::Idle),
        Ok(plan) => plan,
    };
    if world.plan().as_ref() != Ok(&plan) {
        return Err(world.explain(&plan, "the same world gives another plan"));
    }
    is_allowed(&world, &plan, goal)?;
    let before = (foreign(&world), data(&world));
    let done = is_lawful(&world, &plan, &mut seed)
        .map_err(|problem| format!("{goal:?} {:?}: {problem}", world.request.policy))?;
    let ends = matches!(goal, Goal::Stop | Goal::Remove | Goal::Down | Goal::Pull);
    let asked = goal == Goal::Down && world.request.policy.volumes == AttachedVolumes::Remove;
    if ends && !asked && (!is_left_alone(&before.0, &foreign(&done)) || has_changed(&before.1, &data(&done)))
    {
        return Err(world.explain(&plan, "a volume or a foreign object changed"));
    }
    Ok(if plan.is_empty() { Ran::Idle } else { Ran::Judged })
}

/// One test each, so that they run side by side and a failure names its goal.
macro_rules! every_goal {
    ($($name:ident: $goal:ident, $least:literal;)*) => {$(
        #[test]
        fn $name() {
            check($least, |case| is_kept(case, Goal::$goal));
        }
    )*};
}

every_goal! {
    create_keeps_the_laws: Create, 10;
    start_keeps_the_laws: Start, 5;
    startup_keeps_the_laws: Startup, 20;
    up_keeps_the_laws_with_any_policy: Up, 40;
    stop_keeps_the_laws: Stop, 50;
    remove_keeps_the_laws: Remove, 5;
    down_keeps_the_laws_with_any_policy: Down, 50;
    pull_keeps_the_laws: Pull, 1;
}

/// The list of tests above has every goal.
#[test]
fn no_goal_is_forgotten() {
    let text = include_str!("properties_of_verbs.rs");
    for goal in GOALS {
        assert!(text.contains(&format!(": {goal:?}, ")), "{goal:?}");
    }
}

/// Errands do only what they say, in any order, to what is dmap's own; and they can be done again.
#[test]
fn errands_do_what_they_say() {
    for errand in [Errand::Restart, Errand::Signal(Signal::HUP), Errand::Refresh] {
        check(30, |case| {
            let mut world = World::new(case)?;
            let mut seed = case.seed;
            world.request.policy.exclude = some(&world, &mut seed);
            world.request.verb = errand.into();
            for _ in 0..2 {
                let plan = match world.plan() {
                    Err(error) => return world.expect_refusal(&error).map(|()| Ran::Idle),
                    Ok(plan) if plan.is_empty() => return Ok(Ran::Idle),
                    Ok(plan) => plan,
                };
                let before = foreign(&world);
                for step in shuffled(&plan, &mut seed) {
                    let fits = matches!(
                        (errand, &step.action),
                        (Errand::Restart, Action::RestartContainer { .. })
                            | (Errand::Signal(_), Action::KillContainer { .. })
                            | (Errand::Refresh, Action::PullImage { .. })
                    );
                    let applied = world.engine.apply(&step.action);
                    if !fits || applied != Ok(Applied::Done) {
                        return Err(world.explain(&plan, &format!("step {}: {applied:?}", step.id)));
                    }
                }
                if !is_left_alone(&before, &foreign(&world)) {
                    return Err(world.explain(&plan, "a foreign object changed"));
                }
            }
            Ok(Ran::Judged)
        });
    }
}

/// A replacement that is asked for is made whatever the container is like, also if it was interrupted; then the map has
/// nothing to add.
#[test]
fn what_is_to_be_replaced_is_replaced() {
    check(20, |case| {
        let mut world = World::new(case)?;
        let mut seed = case.seed;
        let keys = some(&world, &mut seed);
        world.request.policy.replace.clone_from(&keys);
        let plan = match world.plan() {
            Err(error) => return world.expect_refusal(&error).map(|()| Ran::Idle),
            Ok(plan) => plan,
        };
        let id = |world: &World, key: &ContainerKey| {
            let engine = world.engine.observe(&world.scope());
            engine.containers.get(&key.docker_name()).map(|found| found.id.clone())
        };
        let selected = |key: &&ContainerKey| match &world.request.select {
            Select::All => true,
            Select::Only(selected) => selected.contains(*key),
            Select::Needs(needing) => needing == *key,
        };
        let is_finished = |key: &&ContainerKey| {
            world.engine.state_of(&ContainerRef::new(key, Slot::Prev).docker_name()).is_none()
        };
        let Some(key) = keys.iter().filter(is_finished).find(selected) else { return Ok(Ran::Idle) };
        let earlier = id(&world, key);
        let mut cut = world.clone();
        let whole = pick(&mut seed, plan.steps().len());
        plan.steps()[..whole].iter().try_for_each(|step| cut.step(&plan, step))?;
        let rest = cut.plan().map_err(|error| error.to_string())?;
        cut.apply(&rest)?;
        world.apply(&plan)?;
        for mut world in [world, cut] {
            if id(&world, key).is_none() || id(&world, key) == earlier {
                return Err(world.explain(&plan, &format!("{key} was not replaced")));
            }
            world.request.policy.replace.clear();
            world.expect_done(&plan)?;
        }
        Ok(Ran::Judged)
    });
}
