//! Which images are to be built, before anything is compared.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::{ImageRef, ResourceKey};

use super::{Outline, PlanInput};
use crate::build::{in_order, outdated};
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
    /// The images of those who are meant that the map builds, and those that these are based on, before these.
    near: Vec<ImageRef>,
}

/// Finds out what is to be built.
///
/// # Errors
///
/// Images are based on each other.
pub(crate) fn prepared<'a>(input: &PlanInput<'a>) -> Result<Prepared<'a>, PlanError> {
    let PlanInput { map, client, engine, request, contexts, .. } = *input;
    let mut desired = DesiredState::new(map, client)?;
    let mut prepared = BTreeMap::new();
    let mut view = Cow::Borrowed(engine);
    if desired.builds.is_empty() {
        return Ok(Prepared { desired, engine: view, outdated: prepared, near: Vec::new() });
    }
    for (image, read) in contexts {
        if let Some(wanted) = desired.builds.get_mut(image) {
            wanted.context = Some(read.digest.clone());
            wanted.bases = read.bases.iter().filter_map(|name| map.built_as(name)).cloned().collect();
            if wanted.build.pull && !wanted.bases.is_empty() {
                let others = read.bases.iter().filter(|name| map.built_as(name).is_none());
                wanted.pulls = others.cloned().collect();
            }
        }
    }
    let target = request.rule().target;
    let is_built =
        request.policy.builds == Builds::Changed && matches!(target, Target::Exists | Target::Runs);
    let is_remade = is_built || matches!(target, Target::ImageBuilt | Target::ImageRebuilt);
    let near = near(&desired, request)?;
    for image in near.iter().filter(|image| engine.tags.contains_key(*image)) {
        let wanted = &desired.builds[image];
        // What is not here or will be another one is built first.
        let is_new = |base: &&ImageRef| prepared.contains_key(*base) || !engine.tags.contains_key(*base);
        let base = wanted.bases.iter().find(|base| is_remade && is_new(base));
        let found = outdated(image, wanted, engine);
        let found = found.or_else(|| base.map(|base| Reason::BaseChanged(base.clone().into())));
        prepared.extend(found.map(|reason| (image.clone(), reason)));
    }
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
    Ok(Prepared { desired, engine: view, outdated: prepared, near })
}

/// Returns the images of those who are meant by a request which the map builds.
fn meant(desired: &DesiredState, request: &Request) -> BTreeSet<ImageRef> {
    let meant = super::meant(desired, request);
    let images = meant.iter().map(|key| &desired.containers[key].spec.image);
    images.filter(|image| desired.builds.contains_key(*image)).cloned().collect()
}

/// Returns these images and those that they are based on, before these.
fn near(desired: &DesiredState, request: &Request) -> Result<Vec<ImageRef>, PlanError> {
    let mut found = meant(desired, request);
    let mut order = in_order(&desired.builds)?;
    for image in order.iter().rev() {
        if found.contains(image) {
            found.extend(desired.builds[image].bases.iter().cloned());
        }
    }
    order.retain(|image| found.contains(image));
    Ok(order)
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
    let asked = meant(desired, input.request);
    let looked_at = asked.iter().cloned().map(ResourceKey::from).collect();
    let target = input.request.rule().target;
    let builds = prepared.near.iter().filter_map(|image| {
        let reason = match (input.engine.tags.contains_key(image), prepared.outdated.get(image)) {
            (false, _) => Reason::Absent,
            (true, Some(reason)) => reason.clone(),
            (true, None) if target == Target::ImageRebuilt && asked.contains(image) => Reason::Requested,
            (true, None) => return None,
        };
        Some((image.clone(), reason))
    });
    Ok(Outline { draft: emit_builds(builds, desired)?, looked_at, ..Outline::default() })
}
