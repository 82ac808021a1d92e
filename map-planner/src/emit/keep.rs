//! Anonymous volumes of a replaced container go over to its successor.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use container_map::config::Access;

use crate::cascade::Outlook;
use crate::desired::DesiredContainer;
use crate::engine::ObservedContainer;
use crate::label;
use crate::spec::{ContainerSpec, MountSource, MountSpec};

/// Puts the predecessor's anonymous volumes into the successor's specification, each at its path.
pub(super) fn keep_anonymous_volumes(
    spec: &mut ContainerSpec,
    wanted: &DesiredContainer,
    predecessor: &ObservedContainer,
    outlook: Outlook<'_>,
) {
    let kept = outlook.kept(wanted, predecessor);
    if kept.is_empty() {
        return;
    }
    let paths: Vec<&str> = kept.keys().map(container_map::ContainerPath::as_str).collect();
    let paths: String = paths.join(",");
    spec.labels.insert(label::KEPT.to_owned(), paths);
    for (target, name) in kept {
        spec.mounts.insert(target, MountSpec::new(MountSource::Kept(name), Access::ReadWrite));
    }
}
