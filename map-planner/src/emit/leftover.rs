//! Helpers that an interrupted run left, removed first: nothing waits for them, and nobody but dmap knows them.

use alloc::collections::{BTreeMap, BTreeSet};

use container_map::{ContainerKey, ResourceKey, VolumeKey};

use super::Draft;
use crate::action::{Action, Depth};
use crate::desired::DesiredVolume;
use crate::label::Helper;
use crate::reason::Reason;

/// Emits the removal of helpers. Those of one resource go one after the other.
pub(crate) fn remove_helpers(draft: &mut Draft, helpers: impl IntoIterator<Item = Helper>) {
    let mut last: BTreeMap<ResourceKey, usize> = BTreeMap::new();
    for helper in helpers {
        let key = helper.key();
        let node = remove_helper(draft, helper, last.get(&key).copied());
        last.insert(key, node);
    }
}

/// Emits the removal of a helper.
pub(super) fn remove_helper(draft: &mut Draft, helper: Helper, after: Option<usize>) -> usize {
    draft.add(Action::RemoveHelper { helper }, Reason::Leftover, after, BTreeSet::new())
}

/// Emits the rest of a preparation, which ends with the removal of its helpers.
pub(crate) fn finish_preparation(draft: &mut Draft, volume: &VolumeKey, wanted: &DesiredVolume) {
    let action = prepare_volume(volume, wanted, Depth::Whole);
    draft.add(action, Reason::Leftover, [], BTreeSet::new());
}

/// Returns the preparation of a volume.
pub(super) fn prepare_volume(volume: &VolumeKey, wanted: &DesiredVolume, depth: Depth) -> Action {
    Action::PrepareVolume {
        volume: volume.clone(),
        image: wanted.image.clone(),
        at: wanted.at.clone(),
        owner: wanted.owner.clone(),
        mode: wanted.mode.clone(),
        depth,
    }
}

/// Emits the removal of what was run once beside a container and has ended.
pub(crate) fn remove_runs(draft: &mut Draft, runs: &BTreeSet<ContainerKey>) {
    for key in runs {
        let action = Action::RemoveHelper { helper: Helper::Run(key.clone()) };
        let node = draft.chain(key, action, Reason::Requested, BTreeSet::new());
        draft.run_removals.insert(key.clone(), node);
    }
}
