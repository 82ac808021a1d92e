//! Which images are to be built, before anything is compared.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::{ImageRef, ResourceKey};

use super::{Outline, PlanInput};
use crate::build::outdated;
use crate::desired::DesiredState;
use crate::emit::{Draft, emit_builds};
use crate::engine::EngineState;
use crate::error::PlanError;
use crate::reason::{Note, Reason};
use crate::request::{Builds, Request, Target};

/// What is planned from.
pub(crate) struct Prepared<'a> {
    pub(crate) desired: DesiredState,
    /// The engine, where images that will be built anew are not here yet: their tags will stand for others.
    pub(crate) engine: Cow<'a, EngineState>,
    /// The images that are here and are not what a build would make, and why.
    outdated: BTreeMap<ImageRef, Reason>,
}

/// Finds out what is to be built.
pub(crate) fn prepared<'a>(input: &PlanInput<'a>) -> Result<Prepared<'a>, PlanError> {
    let PlanInput { map, client, engine, request, contexts, .. } = *input;
    let mut desired = DesiredState::new(map, client)?;
    let mut prepared = BTreeMap::new();
    let mut view = Cow::Borrowed(engine);
    if desired.builds.is_empty() {
        return Ok(Prepared { desired, engine: view, outdated: prepared });
    }
    for (image, wanted) in &mut desired.builds {
        wanted.context = contexts.get(image).cloned();
    }
    for image in meant(&desired, request) {
        let wanted = &desired.builds[&image];
        let found = outdated(&image, &wanted.build, wanted.context.as_ref(), engine);
        prepared.extend(found.filter(|_| engine.tags.contains_key(&image)).map(|reason| (image, reason)));
    }
    let is_built = request.policy.builds == Builds::Changed
        && matches!(request.rule().target, Target::Exists | Target::Runs);
    if is_built {
        for (image, reason) in &prepared {
            view.to_mut().tags.remove(image);
            if let Some(wanted) = desired.builds.get_mut(image) {
                wanted.reason = reason.clone();
            }
        }
        for wanted in desired.containers.values_mut() {
            wanted.is_rebuilt = prepared.contains_key(&wanted.spec.image);
        }
    }
    Ok(Prepared { desired, engine: view, outdated: prepared })
}

/// Returns the images of those who are meant by a request which the map builds.
fn meant(desired: &DesiredState, request: &Request) -> BTreeSet<ImageRef> {
    let meant = super::meant(desired, request);
    let images = meant.iter().map(|key| &desired.containers[key].spec.image);
    images.filter(|image| desired.builds.contains_key(*image)).cloned().collect()
}

impl Prepared<'_> {
    /// Returns notes about images that stay although they are not what a build would make.
    pub(super) fn notes(&self, draft: &Draft) -> Vec<Note> {
        let built: BTreeSet<ResourceKey> = draft.nodes.iter().map(|node| node.action.target()).collect();
        let outdated = self.outdated.iter();
        outdated
            .map(|(image, reason)| (ResourceKey::from(image.clone()), reason))
            .filter(|(key, _)| !built.contains(key))
            .map(|(key, because)| Note::Outdated { key, because: because.clone() })
            .collect()
    }
}

/// Builds alone.
pub(super) fn outline(input: &PlanInput<'_>, prepared: &Prepared<'_>) -> Result<Outline, PlanError> {
    let desired = &prepared.desired;
    let images = meant(desired, input.request);
    let looked_at = images.iter().cloned().map(ResourceKey::from).collect();
    let target = input.request.rule().target;
    let builds = images.into_iter().filter_map(|image| {
        let reason = match (input.engine.tags.contains_key(&image), prepared.outdated.get(&image)) {
            (false, _) => Reason::Absent,
            (true, Some(reason)) => reason.clone(),
            (true, None) if target == Target::ImageRebuilt => Reason::Requested,
            (true, None) => return None,
        };
        Some((image, reason))
    });
    Ok(Outline { draft: emit_builds(builds, desired)?, looked_at, ..Outline::default() })
}
