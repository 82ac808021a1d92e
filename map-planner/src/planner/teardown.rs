//! Goals that make containers stop or go.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use container_map::{ContainerKey, VolumeKey};

use super::{Outline, PlanInput, meant};
use crate::desired::{DesiredState, DesiredVolume};
use crate::emit::{
    Draft, Ending, emit_down, emit_network_removal, emit_volume_removal, finish_preparation, remove_helpers,
    remove_runs,
};
use crate::error::PlanError;
use crate::label::Helper;
use crate::leftover::{carriers, is_prepared};
use crate::orphan::{needs, orphans};
use crate::reason::{KeptBecause, Note};
use crate::request::{AttachedVolumes, Orphans, Persistent, Select, Target};

pub(super) fn outline(input: &PlanInput<'_>, desired: &DesiredState) -> Result<Outline, PlanError> {
    let PlanInput { engine, request, .. } = *input;
    let mut outline = Outline::default();
    let mut keys = meant(desired, request);
    let target = request.rule().target;
    if target != Target::Stopped && request.policy.persistent == Persistent::Keep {
        let is_kept = |key: &ContainerKey| desired.containers[key].persistent;
        let kept = keys.iter().filter(|key| is_kept(key));
        let note =
            |key: &ContainerKey| Note::Kept { key: key.clone().into(), because: KeptBecause::Persistent };
        outline.notes.extend(kept.map(note));
        keys.retain(|key| !is_kept(key));
    }
    let mut dependencies = desired.dependency_map();
    if target == Target::Gone && request.policy.orphans == Orphans::Remove {
        let found = needs(orphans(input.map.name(), input.client, engine, desired).iter(), input.map);
        keys.extend(found.keys().cloned());
        dependencies.extend(found);
    }
    let ending = match target {
        Target::Stopped => Ending::Stop,
        Target::GoneUnlessUp => Ending::RemoveUnlessUp,
        _ => Ending::Remove,
    };
    let notes = &mut outline.notes;
    outline.draft = emit_down(&keys, ending, request.policy.grace, &dependencies, engine, notes);
    let draft = &mut outline.draft;
    if target == Target::Gone {
        let is_whole = request.select == Select::All;
        if is_whole {
            remove_runs(draft, &ended_runs(input, desired, notes));
        }
        let gone = |volume: &DesiredVolume| {
            request.policy.volumes == AttachedVolumes::Remove
                && volume.owners.iter().all(|owner| keys.contains(owner))
        };
        let unwanted = desired.volumes.iter().filter(|(_, volume)| gone(volume)).map(|(key, _)| key);
        let removed = emit_volume_removal(draft, unwanted, engine, notes);
        if is_whole {
            finish_preparations(input, desired, &removed, draft);
            emit_network_removal(draft, input.map.name(), engine, notes)?;
        }
    }
    Ok(outline)
}

/// Ends what an interrupted run began with volumes that stay: the carriers that say so do not.
fn finish_preparations(
    input: &PlanInput<'_>,
    desired: &DesiredState,
    removed: &BTreeSet<&VolumeKey>,
    draft: &mut Draft,
) {
    let engine = input.engine;
    let mut over = BTreeSet::new();
    for helper in carriers(input.map.name(), input.client, engine) {
        let (Helper::Carrier(volume) | Helper::Look(volume)) = &helper else { continue };
        if removed.contains(volume) {
            continue;
        }
        let wanted = desired.volumes.get(volume).filter(|_| is_prepared(volume, desired, engine));
        let is_carried = engine.volume(volume).is_some_and(|live| live.carrier);
        match (&helper, wanted) {
            (Helper::Carrier(_), Some(wanted)) => {
                // Without its image nobody knows whose the files are to be.
                if !wanted.is_owned_by_name() || engine.tags.contains_key(&wanted.image) {
                    finish_preparation(draft, volume, wanted);
                }
            }
            // It goes with the preparation.
            (Helper::Look(_), Some(_)) if is_carried => {}
            _ => drop(over.insert(helper)),
        }
    }
    remove_helpers(draft, over);
}

/// Returns beside which containers something was run that has ended and was kept, or whose removal was interrupted. What
/// still runs is somebody's.
fn ended_runs(
    input: &PlanInput<'_>,
    desired: &DesiredState,
    notes: &mut Vec<Note>,
) -> BTreeSet<ContainerKey> {
    let is_of_others = |key: &ContainerKey| {
        !desired.containers.contains_key(key) && input.map.keys().any(|known| known == *key)
    };
    let runs =
        input.engine.bystanders.values().filter_map(|other| Some((other.beside.clone()?, other.is_up)));
    let runs = runs.filter(|(key, _)| key.map == *input.map.name() && !is_of_others(key));
    let mut ended = BTreeSet::new();
    for (key, is_up) in runs {
        if is_up {
            notes.push(Note::Left { helper: Helper::Run(key) });
        } else {
            ended.insert(key);
        }
    }
    ended
}
