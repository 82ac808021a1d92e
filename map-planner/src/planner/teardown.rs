//! Goals that make containers stop or go.

use alloc::collections::BTreeSet;

use container_map::ContainerKey;

use super::{Circle, Outline, PlanInput};
use crate::desired::DesiredState;
use crate::emit::{Ending, emit_down, emit_network_removal, emit_volume_removal};
use crate::error::PlanError;
use crate::orphan::orphans;
use crate::reason::{KeptBecause, Note};
use crate::request::{AttachedVolumes, Orphans, Persistent, Select, Target};

pub(super) fn outline(input: &PlanInput<'_>, desired: &DesiredState) -> Result<Outline, PlanError> {
    let PlanInput { engine, request, .. } = *input;
    let mut outline = Outline::default();
    let mut keys = Circle::new(desired, request).meant();
    let target = request.rule().target;
    if target != Target::Stopped && request.policy.persistent == Persistent::Keep {
        let is_kept = |key: &ContainerKey| desired.containers[key].persistent;
        let kept = keys.iter().filter(|key| is_kept(key));
        let note =
            |key: &ContainerKey| Note::Kept { key: key.clone().into(), because: KeptBecause::Persistent };
        outline.notes.extend(kept.map(note));
        keys.retain(|key| !is_kept(key));
    }
    if target == Target::Gone && request.policy.orphans == Orphans::Remove {
        let found = orphans(input.map.name(), input.client, engine, desired);
        keys.extend(found.into_iter().filter_map(|key| match key {
            container_map::ResourceKey::Container(key) => Some(key),
            _ => None,
        }));
    }
    let ending = match target {
        Target::Stopped => Ending::Stop,
        Target::GoneUnlessUp => Ending::RemoveUnlessUp,
        _ => Ending::Remove,
    };
    let dependencies = desired.dependency_map();
    outline.draft = emit_down(&keys, ending, request.policy.grace, &dependencies, engine, &mut outline.notes);
    if target == Target::Gone {
        if request.policy.volumes == AttachedVolumes::Remove {
            let gone = |owners: &BTreeSet<ContainerKey>| owners.iter().all(|owner| keys.contains(owner));
            let volumes = desired.volumes.iter().filter(|(_, volume)| gone(&volume.owners));
            emit_volume_removal(&mut outline.draft, volumes.map(|(key, _)| key), engine, &mut outline.notes);
        }
        if request.select == Select::All {
            emit_network_removal(&mut outline.draft, input.map.name(), engine, &mut outline.notes)?;
        }
    }
    Ok(outline)
}
