//! What becomes of the networks and volumes that containers share.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use container_map::{ContainerKey, ImageRef, NetworkKey, ResourceKey, VolumeKey};

use crate::action::Depth;
use crate::build::in_order;
use crate::desired::{DesiredContainer, DesiredState, DesiredVolume};
use crate::diff::{Naming, Noted, compare_network, compare_volume};
use crate::engine::EngineState;
use crate::error::PlanError;
use crate::label;
use crate::reason::{Note, Reason};
use crate::request::{Differences, Request};
use crate::verdict::{FinalObject, ImageVerdict, NetworkVerdict, Verdicts, VolumeVerdict};

/// Decides about an image that a container is made from.
pub(super) fn decide_image(
    image: &ImageRef,
    desired: &DesiredState,
    engine: &EngineState,
    verdicts: &mut Verdicts,
) {
    let verdict = match (engine.tags.contains_key(image), desired.builds.contains_key(image)) {
        (true, _) => ImageVerdict::Keep,
        (false, true) => ImageVerdict::Build,
        (false, false) => ImageVerdict::Pull,
    };
    verdicts.images.insert(image.clone(), verdict);
}

/// Decides about the images that those which are built are based on, as far as the map builds them.
///
/// # Errors
///
/// Images are based on each other.
pub(crate) fn decide_bases(
    desired: &DesiredState,
    engine: &EngineState,
    verdicts: &mut Verdicts,
) -> Result<(), PlanError> {
    for image in in_order(&desired.builds)?.iter().rev() {
        if verdicts.images.get(image) == Some(&ImageVerdict::Build) {
            desired.builds[image].bases.iter().for_each(|base| decide_image(base, desired, engine, verdicts));
        }
    }
    Ok(())
}

/// Decides about the networks the containers join.
pub(super) fn decide_networks(
    containers: &[&DesiredContainer],
    desired: &DesiredState,
    engine: &EngineState,
    verdicts: &mut Verdicts,
) -> Result<(), PlanError> {
    let keys: BTreeSet<&NetworkKey> =
        containers.iter().flat_map(|container| container.own_networks()).collect();
    for key in keys {
        let found: Vec<_> = engine.networks_of(key).collect();
        let verdict = match found.as_slice() {
            [] => NetworkVerdict::Create,
            [live] => {
                let resource = ResourceKey::from(key.clone());
                if !label::is_ours(&live.name, &live.labels) {
                    verdicts.notes.push(Note::Unmanaged { key: resource.clone() });
                }
                let differences = desired.networks.get(key).map(|spec| compare_network(spec, live));
                if let Some(differences) = differences.filter(|found| !found.is_empty()) {
                    verdicts.notes.push(Note::Ignored { key: resource, differences });
                }
                NetworkVerdict::Keep
            }
            several => {
                return Err(PlanError::AmbiguousNetwork { network: key.clone(), count: several.len() });
            }
        };
        verdicts.networks.insert(key.clone(), verdict);
    }
    Ok(())
}

/// Decides about the volumes the containers mount.
pub(super) fn decide_volumes(
    containers: &[&DesiredContainer],
    desired: &DesiredState,
    engine: &EngineState,
    request: &Request,
    verdicts: &mut Verdicts,
) {
    let keys: BTreeSet<&VolumeKey> = containers.iter().flat_map(|container| container.volumes()).collect();
    let mounted = engine.mounted_volumes();
    for key in keys {
        let wanted = &desired.volumes[key];
        let (name, resource) = (key.docker_name(), ResourceKey::from(key.clone()));
        let Some(live) = engine.volumes.get(&name) else {
            verdicts.volumes.insert(key.clone(), VolumeVerdict::Create);
            continue;
        };
        let mut compared =
            compare_volume(wanted, live, naming(wanted, engine, verdicts), Noted::of_volume(engine, &name));
        if wanted.owners.iter().any(|owner| is_made(owner, verdicts)) {
            // Once the owner runs its image, the name means what it means there.
            compared.amendable.extend(compared.unresolved);
        }
        if !compared.reported.is_empty() {
            let differences = compared.reported;
            verdicts.notes.push(Note::Ignored { key: resource.clone(), differences });
        }
        let verdict = if !label::is_ours(&name, &live.labels) {
            verdicts.notes.push(Note::Unmanaged { key: resource });
            VolumeVerdict::Keep
        } else if !wanted.is_prepared() {
            VolumeVerdict::Keep
        } else if live.carrier {
            VolumeVerdict::Prepare { depth: Depth::Whole, reason: Reason::Leftover }
        } else if !compared.amendable.is_empty() && request.rule().differences == Differences::Mended {
            VolumeVerdict::Prepare { depth: Depth::Top, reason: Reason::Differs(compared.amendable) }
        } else if !mounted.contains(name.as_str()) {
            VolumeVerdict::Prepare { depth: Depth::WholeIfEmpty, reason: Reason::Unmounted }
        } else if live.look {
            VolumeVerdict::Prepare { depth: Depth::Top, reason: Reason::Leftover }
        } else {
            VolumeVerdict::Keep
        };
        let is_prepared = matches!(verdict, VolumeVerdict::Prepare { .. });
        if is_prepared && wanted.is_owned_by_name() && !engine.tags.contains_key(&wanted.image) {
            decide_image(&wanted.image, desired, engine, verdicts);
        }
        verdicts.volumes.insert(key.clone(), verdict);
    }
}

/// Returns whether a container will be a new object.
fn is_made(key: &ContainerKey, verdicts: &Verdicts) -> bool {
    verdicts.containers.get(key).is_some_and(|verdict| verdict.outcome == FinalObject::New)
}

/// Returns what the name of a volume's owner means: what it means in the image its containers will run.
fn naming<'a>(wanted: &DesiredVolume, engine: &'a EngineState, verdicts: &Verdicts) -> Naming<'a> {
    let tagged = engine.tags.get(&wanted.image);
    let made = wanted.owners.iter().any(|owner| is_made(owner, verdicts));
    // A persistent container keeps its image when the tag moves on, and preparing could not look into that image.
    let keeps_another = wanted.owners.iter().any(|owner| {
        let remains = verdicts.containers.get(owner).and_then(|verdict| match &verdict.outcome {
            FinalObject::Existing(id) => engine.object(owner, id),
            FinalObject::New => None,
        });
        remains.is_some_and(|live| Some(&live.image) != tagged)
    });
    if keeps_another && !made {
        return Naming::NotCompared;
    }
    let image = tagged.and_then(|id| engine.images.get(id));
    image.and_then(|image| image.accounts.as_ref()).map_or(Naming::Unknown, Naming::Known)
}
