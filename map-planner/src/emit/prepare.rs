//! What can be made ready beside everything that runs: images, networks, volumes.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};

use container_map::{ImageRef, NetworkKey, VolumeKey};

use super::Draft;
use super::leftover::prepare_volume;
use crate::action::{Action, Depth};
use crate::build::{DesiredBuild, in_order};
use crate::desired::DesiredState;
use crate::error::PlanError;
use crate::reason::Reason;
use crate::verdict::{ImageVerdict, NetworkVerdict, Verdicts, VolumeVerdict};

/// The nodes after which an image, a network or a volume is ready.
#[derive(Debug, Default)]
pub(super) struct Ready {
    pub(super) images: BTreeMap<ImageRef, usize>,
    pub(super) networks: BTreeMap<NetworkKey, usize>,
    pub(super) volumes: BTreeMap<VolumeKey, usize>,
}

/// Returns the platforms of images, where the map asks for one: a tag stands for one at a time.
pub(super) fn platforms(desired: &DesiredState) -> BTreeMap<&ImageRef, &str> {
    let mut platforms = BTreeMap::new();
    for spec in desired.containers.values().map(|container| &container.spec) {
        if let Some(platform) = &spec.platform {
            platforms.entry(&spec.image).or_insert(platform.as_str());
        }
    }
    platforms
}

/// Returns the build of an image of the map.
///
/// # Errors
///
/// Its context was not read.
pub(super) fn build(image: &ImageRef, desired: &DesiredState) -> Result<Action, PlanError> {
    let DesiredBuild { build, context, bases, pulls, reason: _ } = &desired.builds[image];
    let unread = || PlanError::ContextUnread { image: image.clone() };
    let context = context.clone().ok_or_else(unread)?;
    let (build, bases, pulls) = (Box::new(build.clone()), bases.clone(), pulls.clone());
    Ok(Action::BuildImage { image: image.clone(), build, context, bases, pulls })
}

/// Adds builds that are given in order: those of the images that others are based on before these.
///
/// # Errors
///
/// The context of an image was not read.
pub(super) fn add_builds(
    draft: &mut Draft,
    images: impl Iterator<Item = (ImageRef, Reason)>,
    desired: &DesiredState,
    ready: &mut BTreeMap<ImageRef, usize>,
) -> Result<(), PlanError> {
    for (image, reason) in images {
        let bases = desired.builds[&image].bases.iter().filter_map(|base| ready.get(base).copied());
        let node = draft.add(build(&image, desired)?, reason, bases, BTreeSet::new());
        ready.insert(image, node);
    }
    Ok(())
}

/// Emits the nodes that only prepare.
///
/// # Errors
///
/// An image has to be built whose context was not read.
pub(super) fn prepare(
    draft: &mut Draft,
    desired: &DesiredState,
    verdicts: &Verdicts,
) -> Result<Ready, PlanError> {
    let mut ready = Ready::default();
    let platforms = platforms(desired);
    for (image, verdict) in &verdicts.images {
        if *verdict == ImageVerdict::Pull {
            let platform = platforms.get(image).map(|platform| (*platform).to_owned());
            let action = Action::PullImage { image: image.clone(), platform };
            ready.images.insert(image.clone(), draft.add(action, Reason::Absent, [], BTreeSet::new()));
        }
    }
    let built = in_order(&desired.builds)?.into_iter();
    let built = built.filter(|image| verdicts.images.get(image) == Some(&ImageVerdict::Build));
    add_builds(
        draft,
        built.map(|image| (image.clone(), desired.builds[&image].reason.clone())),
        desired,
        &mut ready.images,
    )?;
    for (network, verdict) in &verdicts.networks {
        if *verdict == NetworkVerdict::Create {
            let spec = desired.networks[network].clone();
            let action = Action::CreateNetwork { network: network.clone(), spec };
            ready.networks.insert(network.clone(), draft.add(action, Reason::Absent, [], BTreeSet::new()));
        }
    }
    for (volume, verdict) in &verdicts.volumes {
        let wanted = &desired.volumes[volume];
        let mut last = None;
        if *verdict == VolumeVerdict::Create {
            let action = Action::CreateVolume { volume: volume.clone(), spec: wanted.spec.clone() };
            last = Some(draft.add(action, Reason::Absent, [], BTreeSet::new()));
        }
        let preparation = match verdict {
            VolumeVerdict::Create if wanted.is_prepared() => Some((Depth::Whole, Reason::Absent)),
            VolumeVerdict::Prepare { depth, reason } => Some((*depth, reason.clone())),
            VolumeVerdict::Create | VolumeVerdict::Keep => None,
        };
        if let Some((depth, reason)) = preparation {
            let action = prepare_volume(volume, wanted, depth);
            // The carrier is made from the owner's image.
            let after = last.into_iter().chain(ready.images.get(&wanted.image).copied());
            last = Some(draft.add(action, reason, after, BTreeSet::new()));
        }
        if let Some(last) = last {
            ready.volumes.insert(volume.clone(), last);
        }
    }
    Ok(ready)
}
