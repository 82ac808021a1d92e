//! Selections: which containers a command is about.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use strsim::jaro_winkler;
use thiserror::Error;

use crate::key::ContainerKey;
use crate::map::ContainerMap;
use crate::name::{ConfigName, GroupName, InstanceName, MapName};
use crate::project::Project;

/// In place of a configuration or a map: all of them.
const ALL: &str = "__all__";

/// What of a map is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// The map as a whole.
    Whole,
    /// These containers.
    Some(BTreeSet<ContainerKey>),
}

/// Why a target selects nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SelectError {
    /// Nothing is called like this.
    #[error("no container, instance or group of {} is named `{target}`", listed(.maps))]
    Unknown {
        /// The target as typed.
        target: String,
        /// The names of the maps.
        maps: Vec<String>,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// Several things are called like this.
    #[error("`{target}` can be `{}`", .candidates.join("` or `"))]
    Ambiguous {
        /// The target as typed.
        target: String,
        /// What to write instead for each of them.
        candidates: Vec<String>,
    },
}

fn listed(names: &[String]) -> String {
    let word = if names.len() == 1 { "map" } else { "maps" };
    format!("{word} `{}`", names.join("`, `"))
}

impl Project {
    /// Returns what targets name, by map: `config`, `config.instance`, a group, each also with the name of its map in
    /// front, or the name of a map. `__all__` stands for all configurations, in front of a dot for all maps. No targets
    /// mean all maps.
    ///
    /// # Errors
    ///
    /// The first target that names nothing, or several things.
    pub fn select(&self, targets: &[String]) -> Result<BTreeMap<MapName, Selection>, SelectError> {
        let mut found: BTreeMap<MapName, Selection> = BTreeMap::new();
        if targets.is_empty() {
            return Ok(self.maps.keys().map(|name| (name.clone(), Selection::Whole)).collect());
        }
        for target in targets {
            for (map, selection) in self.expand(target)? {
                match (found.get_mut(&map), selection) {
                    (Some(Selection::Whole), _) => {}
                    (Some(Selection::Some(keys)), Selection::Some(more)) => keys.extend(more),
                    (_, selection) => drop(found.insert(map, selection)),
                }
            }
        }
        Ok(found)
    }

    fn expand(&self, target: &str) -> Result<Vec<(MapName, Selection)>, SelectError> {
        // Every reading of the target, with the way to write it so that it has no other.
        let mut readings: Vec<(String, Vec<(MapName, Selection)>)> = Vec::new();
        for map in self.maps.values() {
            let selection = within(map, target);
            if let Some(selection) = selection.filter(|_| target != ALL) {
                readings
                    .push((format!("{}.{target}", map.name()), Vec::from([(map.name().clone(), selection)])));
            }
        }
        let (first, rest) = match target.split_once('.') {
            Some((first, rest)) => (first, rest),
            None => (target, ALL),
        };
        let named = self.maps.values().filter(|map| first == ALL || map.name().as_str() == first);
        let in_maps: Vec<_> =
            named.filter_map(|map| Some((map.name().clone(), within(map, rest)?))).collect();
        // A map's name alone means the map only if nothing else is called like this.
        let is_taken = first == target && !readings.is_empty();
        if !in_maps.is_empty() && !is_taken {
            readings.push((if rest == ALL { format!("{first}.{ALL}") } else { target.to_string() }, in_maps));
        }
        match readings.as_slice() {
            [] => Err(self.unknown(target)),
            [_] => Ok(readings.swap_remove(0).1),
            _ => {
                let candidates = readings.into_iter().map(|(written, _)| written).collect();
                Err(SelectError::Ambiguous { target: target.into(), candidates })
            }
        }
    }

    fn unknown(&self, target: &str) -> SelectError {
        let names = self.maps.values().flat_map(|map| {
            let configs = map.containers().keys().map(ConfigName::as_str);
            configs.chain(map.groups().keys().map(GroupName::as_str))
        });
        let closest = names
            .map(|name| (jaro_winkler(name, target), name))
            .filter(|(score, _)| *score > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        SelectError::Unknown {
            target: target.into(),
            maps: self.maps.keys().map(ToString::to_string).collect(),
            suggestion: closest.map(|(_, name)| name.into()),
        }
    }
}

/// Returns what a name without a map's in front selects in a map.
fn within(map: &ContainerMap, target: &str) -> Option<Selection> {
    if target == ALL {
        return Some(Selection::Whole);
    }
    let found: BTreeSet<ContainerKey> = match members(map, target) {
        Some(found) => found,
        None => match target.split_once('.') {
            Some((config, instance)) => {
                map.resolve(&config.parse().ok()?, Some(&instance.parse::<InstanceName>().ok()?))
            }
            None => map.instances(&target.parse().ok()?),
        }
        .into_iter()
        .collect(),
    };
    (!found.is_empty()).then_some(Selection::Some(found))
}

/// Returns the containers of a group.
fn members(map: &ContainerMap, target: &str) -> Option<BTreeSet<ContainerKey>> {
    let members = map.groups().get(&target.parse::<GroupName>().ok()?)?;
    let keys = members.iter().flat_map(|member| map.resolve(&member.config, member.instance.as_ref()));
    Some(keys.collect())
}
