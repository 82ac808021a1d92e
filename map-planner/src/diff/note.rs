//! What is noted of a state that was reached, so that a later plan can tell an edit of the map from one of the engine.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::{ContainerKey, VolumeKey};

use super::container::compare;
use super::endpoint;
use super::limits::{self, effective};
use super::record::{Noted, digest};
use super::volume::{Naming, compare_volume};
use crate::attribute::{AMENDABLE_OPTIONS, Attribute};
use crate::container_ref::ContainerRef;
use crate::desired::{DesiredContainer, DesiredState, DesiredVolume};
use crate::engine::{EngineState, ObservedVolume, Record};
use crate::label;
use crate::reason::{Difference, Reason};

/// Returns the record of an engine as it is now: what is as the map wants it was applied, and what is not keeps its note.
/// What was noted about objects that are gone is forgotten.
pub(crate) fn noted(desired: &DesiredState, engine: &EngineState) -> Record {
    let mut record = engine.record.clone().unwrap_or_default();
    record.containers.retain(|id, _| engine.containers.values().any(|live| live.id == *id));
    record.volumes.retain(|name, _| engine.volumes.contains_key(name));
    for (key, wanted) in &desired.containers {
        container(key, wanted, engine, &mut record);
    }
    for (key, wanted) in &desired.volumes {
        let live = engine.volume(key).filter(|live| label::is_ours(&key.docker_name(), &live.labels));
        if let Some(live) = live {
            volume(key, wanted, live, engine, &mut record);
        }
    }
    record
}

fn container(key: &ContainerKey, wanted: &DesiredContainer, engine: &EngineState, record: &mut Record) {
    let at = ContainerRef::current(key);
    let Some(live) = engine.container(&at).filter(|live| label::is_ours(&at.docker_name(), &live.labels))
    else {
        return;
    };
    let compared = compare(wanted, live, engine, &BTreeMap::new());
    let changes = compared.limits.iter().map(|change| &change.reason);
    let changes = changes.chain(compared.endpoints.iter().map(|change| &change.reason));
    let listed = changes.flat_map(|reason| match reason {
        Reason::Differs(differences) => differences.as_slice(),
        _ => &[],
    });
    let open: Vec<&Difference> = listed.chain(&compared.fixed).chain(&compared.unruly).collect();
    let differs = |attribute: Attribute, item: &str| {
        open.iter().any(|found| found.attribute == attribute && found.item.as_deref() == Some(item))
    };
    let amended = &mut record.containers.entry(live.id.clone()).or_default().amended;
    let host = effective(&wanted.spec.host);
    for name in AMENDABLE_OPTIONS.into_iter().filter(|name| !differs(Attribute::Option, name)) {
        set(amended, limits::entry(name), host.get(name).map(String::as_str));
    }
    let places: BTreeSet<String> = wanted.spec.endpoints.keys().map(endpoint::entry).collect();
    let was_given_up = |entry: &String| endpoint::is_entry(entry) && !places.contains(entry);
    amended.retain(|entry, _| !was_given_up(entry));
    for (network, place) in &wanted.spec.endpoints {
        if !differs(Attribute::Endpoint, &network.to_string()) {
            set(amended, endpoint::entry(network), Some(&endpoint::describe_wanted(place)));
        }
    }
}

fn volume(
    key: &VolumeKey,
    wanted: &DesiredVolume,
    live: &ObservedVolume,
    engine: &EngineState,
    record: &mut Record,
) {
    // Nobody knows how it is if nobody could look.
    if live.top.is_none() || !wanted.is_prepared() {
        return;
    }
    let name = key.docker_name();
    let image = engine.tags.get(&wanted.image).and_then(|id| engine.images.get(id));
    let accounts = image.and_then(|image| image.accounts.as_ref());
    let naming = accounts.map_or(Naming::Unknown, Naming::Known);
    let compared = compare_volume(wanted, live, naming, Noted::of_volume(engine, &name));
    let open: Vec<Attribute> = compared
        .amendable
        .iter()
        .chain(&compared.unresolved)
        .map(|difference| difference.attribute)
        .collect();
    let amended = &mut record.volumes.entry(name).or_default().amended;
    let values = [
        (Attribute::Owner, wanted.owner.as_ref().map(ToString::to_string)),
        (Attribute::Mode, wanted.mode.as_ref().map(ToString::to_string)),
    ];
    for (attribute, value) in values.into_iter().filter(|(attribute, _)| !open.contains(attribute)) {
        set(amended, attribute.to_string(), value.as_deref());
    }
}

fn set(amended: &mut BTreeMap<String, String>, entry: String, value: Option<&str>) {
    match value {
        Some(value) => amended.insert(entry, digest(value)),
        None => amended.remove(&entry),
    };
}
