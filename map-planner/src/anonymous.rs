//! What becomes of the anonymous volumes of containers that are replaced or removed. No step removes one.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use container_map::ContainerKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::attribute::Attribute;
use crate::container_ref::ContainerRef;
use crate::diff::were_set;
use crate::engine::{EngineState, ObservedContainer};
use crate::label;
use crate::plan::Step;
use crate::spec::MountSource;

/// An anonymous volume of a container that a plan removes, also if a successor takes its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnonymousVolume {
    /// The container.
    pub container: ContainerKey,
    /// Where it mounts the volume.
    pub path: String,
    /// The name that the engine gave it.
    pub volume: String,
    /// What becomes of it.
    pub fate: VolumeFate,
}

/// What becomes of an anonymous volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VolumeFate {
    /// It goes over to the successor, or another container has it.
    Kept,
    /// It stays behind; the successor gets a new one.
    Renewed,
    /// It stays behind.
    Left,
}

/// Returns the anonymous volumes that the containers have which steps remove.
pub(crate) fn anonymous_volumes(
    steps: &[Step],
    engine: &EngineState,
    renewing: &BTreeSet<ContainerKey>,
) -> Vec<AnonymousVolume> {
    // Most plans remove nothing, and then there is no need to follow who has which name.
    if !steps.iter().any(|step| matches!(step.action, Action::RemoveContainer { .. })) {
        return Vec::new();
    }
    let Outcome { mut removed, left, kept } = outcome(steps, engine);
    // What was borrowed is the lender's.
    removed
        .sort_by_key(|(at, live)| (!were_set(&live.labels, Attribute::VolumesFrom).is_empty(), at.clone()));
    let mut found: BTreeMap<String, AnonymousVolume> = BTreeMap::new();
    for (at, live) in removed {
        let lent = label::paths(&live.labels, label::LENT);
        for (path, mount) in live.mounts.iter().filter(|(path, _)| !lent.contains(path.as_str())) {
            let Some(volume) = mount.source.anonymous() else { continue };
            let is_replaced = left.contains(&ContainerRef::current(&at.key));
            let fate = if kept.contains(volume) {
                VolumeFate::Kept
            } else if is_replaced && renewing.contains(&at.key) {
                VolumeFate::Renewed
            } else {
                VolumeFate::Left
            };
            let (container, path) = (at.key.clone(), path.clone());
            let named = AnonymousVolume { container, path, volume: volume.into(), fate };
            found.entry(volume.into()).or_insert(named);
        }
    }
    let mut found: Vec<AnonymousVolume> = found.into_values().collect();
    found.sort();
    found
}

/// Which containers steps remove and leave, and which volumes those that are left mount.
struct Outcome<'a> {
    removed: Vec<(ContainerRef, &'a ObservedContainer)>,
    left: BTreeSet<ContainerRef>,
    kept: BTreeSet<&'a str>,
}

fn outcome<'a>(steps: &'a [Step], engine: &'a EngineState) -> Outcome<'a> {
    let named = engine.containers.iter().filter_map(|(name, live)| Some((name.parse().ok()?, Some(live))));
    let mut objects: BTreeMap<ContainerRef, Option<&ObservedContainer>> = named.collect();
    let (mut removed, mut kept) = (Vec::new(), BTreeSet::new());
    for step in steps {
        match &step.action {
            Action::CreateContainer { container, spec } => {
                objects.insert(container.clone(), None);
                kept.extend(spec.mounts.values().filter_map(|mount| match &mount.source {
                    MountSource::Kept(name) => Some(name.as_str()),
                    _ => None,
                }));
            }
            Action::RenameContainer { container, to } => {
                if let Some(object) = objects.remove(container) {
                    objects.insert(ContainerRef::new(&container.key, *to), object);
                }
            }
            Action::RemoveContainer { container } => {
                if let Some(Some(live)) = objects.remove(container) {
                    removed.push((container.clone(), live));
                }
            }
            _ => {}
        }
    }
    let mounts = objects.values().flatten().flat_map(|live| live.mounts.values());
    kept.extend(mounts.filter_map(|mount| mount.source.anonymous()));
    Outcome { removed, left: objects.into_keys().collect(), kept }
}
