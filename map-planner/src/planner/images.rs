//! Images alone.

use alloc::collections::BTreeSet;

use container_map::{ImageRef, ResourceKey};

use super::{Outline, PlanInput, meant};
use crate::desired::DesiredState;
use crate::emit::emit_pulls;
use crate::reason::Reason;
use crate::request::Target;

pub(super) fn outline(input: &PlanInput<'_>, desired: &DesiredState) -> Outline {
    let meant = meant(desired, input.request);
    let images = meant.iter().map(|key| &desired.containers[key].spec.image);
    // No registry has what the map builds.
    let images: BTreeSet<&ImageRef> = images.filter(|image| !desired.builds.contains_key(*image)).collect();
    let looked_at = images.iter().map(|image| ResourceKey::from((*image).clone())).collect();
    let is_here = |image: &ImageRef| input.engine.tags.contains_key(image);
    let pulls = images.into_iter().filter_map(|image| match (is_here(image), input.request.rule().target) {
        (true, Target::ImagePulled) => Some((image, Reason::Requested)),
        (true, _) => None,
        (false, _) => Some((image, Reason::Absent)),
    });
    Outline { draft: emit_pulls(pulls, desired), looked_at, ..Outline::default() }
}
