//! The way back from replacements of a plan that were not finished, for who has the plan and no map.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::graph::Dag;
use container_map::{ContainerKey, ResourceKey};

use super::{fingerprint, relied_upon};
use crate::action::Action;
use crate::anonymous::anonymous_volumes;
use crate::container_ref::Slot;
use crate::emit::emit_restore;
use crate::engine::EngineState;
use crate::error::PlanError;
use crate::linearise::linearise;
use crate::plan::{Plan, RawPlan, Step, StepId};

/// Plans the way back for those of the given containers that a plan replaces: their predecessors take their places again.
///
/// The engine is observed within the plan's scope. Who has the map asks for [`crate::FailedReplacement::Restore`] instead,
/// which also sees to containers that the plan has nothing to do with.
///
/// # Errors
///
/// Steps that wait for each other: a defect.
pub fn restore(
    plan: &Plan,
    unfinished: &BTreeSet<ContainerKey>,
    engine: &EngineState,
) -> Result<Plan, PlanError> {
    let dependencies = dependencies(plan);
    let order = in_order(&dependencies);
    let selected = replaced(plan).into_iter().filter(|key| unfinished.contains(key)).collect();
    let steps = linearise(emit_restore(&order, &selected, &dependencies, engine))?;
    let touched = steps.iter().map(|step| step.action.target()).collect();
    Ok(Plan::assemble(RawPlan {
        client: plan.client().clone(),
        map: plan.map().clone(),
        engine: engine.own_fingerprint(),
        base: relied_upon(&steps, touched).into_iter().map(|key| fingerprint(engine, key)).collect(),
        looked_into: BTreeMap::new(),
        anonymous_volumes: anonymous_volumes(&steps, engine, &BTreeSet::new()),
        steps,
        unchanged: BTreeSet::new(),
        notes: Vec::new(),
        overview: None,
    }))
}

fn in_order(dependencies: &BTreeMap<ContainerKey, BTreeSet<ContainerKey>>) -> Vec<ContainerKey> {
    let dag = Dag::new(dependencies.clone()).expect("because a start waits for earlier steps only");
    dag.order().to_vec()
}

/// Returns the containers that a plan gives their name: by then something else has had it.
fn replaced(plan: &Plan) -> BTreeSet<ContainerKey> {
    let renamed = plan.steps().iter().filter_map(|step| match &step.action {
        Action::RenameContainer { container, to: Slot::Current } => Some(container.key.clone()),
        _ => None,
    });
    renamed.collect()
}

/// Returns which containers of a plan are started after which.
fn dependencies(plan: &Plan) -> BTreeMap<ContainerKey, BTreeSet<ContainerKey>> {
    let mut found: BTreeMap<ContainerKey, BTreeSet<ContainerKey>> = BTreeMap::new();
    for key in plan.base().keys() {
        if let ResourceKey::Container(key) = key {
            found.insert(key.clone(), BTreeSet::new());
        }
    }
    let mut seen: BTreeSet<&ContainerKey> = BTreeSet::new();
    for step in plan.steps() {
        // Of one that is started twice the first counts, so that nothing goes round in circles.
        if let Some(key) = started(step).filter(|key| seen.insert(key)) {
            let before = before(plan, step).into_iter().filter_map(|id| started(plan.step(id)?));
            let before = before.filter(|other| *other != key).cloned().collect();
            found.insert(key.clone(), before);
        }
    }
    found
}

fn started(step: &Step) -> Option<&ContainerKey> {
    match &step.action {
        Action::StartContainer { container, .. } => Some(&container.key),
        _ => None,
    }
}

/// Returns the steps that a step waits for, by itself or through others.
fn before(plan: &Plan, step: &Step) -> BTreeSet<StepId> {
    let (mut seen, mut open): (BTreeSet<StepId>, Vec<StepId>) = (BTreeSet::new(), step.after.clone());
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            open.extend(plan.step(id).into_iter().flat_map(|found| &found.after));
        }
    }
    seen
}
