//! A second look at a finished plan, independent of the planner that made it; also the gate for plans read from files.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::{ImageRef, ResourceKey};
use thiserror::Error;

use crate::action::Action;
use crate::container_ref::{ContainerRef, Slot};
use crate::label;
use crate::plan::{Plan, Step, StepId};

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Flaw {
    /// Steps are not numbered 1, 2, 3 …
    #[error("step {found} stands where step {expected} should be")]
    Numbering {
        /// The number expected.
        expected: StepId,
        /// The number found.
        found: StepId,
    },
    /// A step waits for itself, for a later one, or for one that does not exist.
    #[error("step {step} waits for step {after}, which does not come before it")]
    Edge {
        /// The step.
        step: StepId,
        /// What it waits for.
        after: StepId,
    },
    /// Two steps on one resource are not ordered, and more than waiting.
    #[error("steps {first} and {second} both touch `{key}` and neither waits for the other")]
    Unchained {
        /// The resource.
        key: ResourceKey,
        /// The earlier step.
        first: StepId,
        /// The later step.
        second: StepId,
    },
    /// A step names a resource of another map.
    #[error("step {step} touches `{key}`, which is not of the plan's map")]
    ForeignMap {
        /// The step.
        step: StepId,
        /// The resource.
        key: ResourceKey,
    },
    /// A container is made or moved to a slot that another step has filled and none has emptied.
    #[error("step {step} puts a container in a slot that is taken: `{container}`")]
    SlotTaken {
        /// The step.
        step: StepId,
        /// The slot.
        container: ContainerRef,
    },
    /// An image is built before one that it is based on, or beside it.
    #[error("step {step} builds on image `{base}` and does not wait for step {made}, which makes it")]
    Base {
        /// The step.
        step: StepId,
        /// The image that it is based on.
        base: ImageRef,
        /// The step that makes it.
        made: StepId,
    },
    /// What the file says the plan comes to does not follow from its steps.
    #[error("its counts, outages or differences do not follow from its steps")]
    Overview,
    /// A touched resource has no fingerprint.
    #[error("step {step} touches `{key}`, which has no fingerprint")]
    NoFingerprint {
        /// The step.
        step: StepId,
        /// The resource.
        key: ResourceKey,
    },
}

/// Checks a plan.
pub(crate) fn check(plan: &Plan) -> Result<(), Flaw> {
    let mut last: BTreeMap<ResourceKey, StepId> = BTreeMap::new();
    for (step, number) in plan.steps().iter().zip(1..) {
        let expected = StepId(number);
        if step.id != expected {
            return Err(Flaw::Numbering { expected, found: step.id });
        }
        let forward = |after: &&StepId| after.0 == 0 || **after >= step.id;
        if let Some(after) = step.after.iter().find(forward) {
            return Err(Flaw::Edge { step: step.id, after: *after });
        }
        let key = step.action.target();
        if !plan.base().contains_key(&key) {
            return Err(Flaw::NoFingerprint { step: step.id, key });
        }
        if !matches!(key, ResourceKey::Image(_)) && !label::is_of_map(&key, plan.map()) {
            return Err(Flaw::ForeignMap { step: step.id, key });
        }
        if let Some(first) = last.get(&key).filter(|first| !waits_for(plan, step, **first)) {
            return Err(Flaw::Unchained { key, first: *first, second: step.id });
        }
        // Several can wait for the same, each as long as it likes.
        if !step.action.only_waits() {
            last.insert(key, step.id);
        }
    }
    check_bases(plan)?;
    check_slots(plan.steps())
}

/// Looks whether images are built after those that they are based on.
fn check_bases(plan: &Plan) -> Result<(), Flaw> {
    let built: BTreeMap<&ImageRef, StepId> = plan
        .steps()
        .iter()
        .filter_map(|step| match &step.action {
            Action::BuildImage { image, .. } => Some((image, step.id)),
            _ => None,
        })
        .collect();
    for step in plan.steps() {
        let Action::BuildImage { bases, .. } = &step.action else { continue };
        let made = bases.iter().filter_map(|base| Some((base, *built.get(base)?)));
        for (base, made) in made {
            if made >= step.id || !waits_for(plan, step, made) {
                return Err(Flaw::Base { step: step.id, base: base.clone(), made });
            }
        }
    }
    Ok(())
}

/// Returns whether a step waits for an earlier one, by itself or through others. Most do by themselves; keeping all that
/// every step waits for would take a multiple of the plan's own size.
fn waits_for(plan: &Plan, step: &Step, first: StepId) -> bool {
    let mut seen: BTreeSet<StepId> = BTreeSet::new();
    let mut open: Vec<&StepId> = step.after.iter().collect();
    while let Some(id) = open.pop() {
        // What comes before the earlier step cannot wait for it.
        if *id >= first && seen.insert(*id) {
            if seen.contains(&first) {
                return true;
            }
            open.extend(plan.step(*id).into_iter().flat_map(|found| &found.after));
        }
    }
    false
}

/// Follows which slots the plan itself fills and empties.
fn check_slots(steps: &[Step]) -> Result<(), Flaw> {
    let mut taken: BTreeSet<ContainerRef> = BTreeSet::new();
    for step in steps {
        let mut fill = |container: ContainerRef| {
            if taken.contains(&container) {
                return Err(Flaw::SlotTaken { step: step.id, container });
            }
            taken.insert(container);
            Ok(())
        };
        match &step.action {
            Action::CreateContainer { container, .. } => fill(container.clone())?,
            Action::RenameContainer { container, to } => {
                fill(ContainerRef::new(&container.key, *to))?;
                taken.remove(container);
            }
            Action::RemoveContainer { container } => {
                taken.remove(container);
            }
            _ => {}
        }
    }
    let leftover: Vec<&ContainerRef> = taken.iter().filter(|at| at.slot != Slot::Current).collect();
    match (leftover.first(), steps.last()) {
        (Some(container), Some(step)) => {
            Err(Flaw::SlotTaken { step: step.id, container: (*container).clone() })
        }
        _ => Ok(()),
    }
}
