//! Selections: which containers a command is about.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use strsim::jaro_winkler;
use thiserror::Error;

use crate::key::ContainerKey;
use crate::map::ContainerMap;
use crate::name::{ConfigName, GroupName, InstanceName};

/// Why a target selects nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SelectError {
    /// Nothing in the map is called like this.
    #[error("no container, instance or group of map `{map}` is named `{target}`")]
    Unknown {
        /// The target as typed.
        target: String,
        /// The map's name.
        map: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
}

/// Returns the containers that targets name: `config`, `config.instance`, `map.config`, `map.config.instance`, a group,
/// or `__all__`. No targets mean all containers.
///
/// `a.b` is a declared `config.instance` first, then `map.config`.
///
/// # Errors
///
/// The first target that names nothing in the map.
pub fn select(map: &ContainerMap, targets: &[String]) -> Result<BTreeSet<ContainerKey>, SelectError> {
    if targets.is_empty() {
        return Ok(map.keys().collect());
    }
    let mut found = BTreeSet::new();
    for target in targets {
        let keys = expand(map, target);
        if keys.is_empty() {
            return Err(unknown(map, target));
        }
        found.extend(keys);
    }
    Ok(found)
}

fn expand(map: &ContainerMap, target: &str) -> Vec<ContainerKey> {
    if target == "__all__" {
        return map.keys().collect();
    }
    let here = expand_local(map, target);
    if !here.is_empty() {
        return here;
    }
    match target.split_once('.') {
        Some((name, rest)) if name == map.name().as_str() => expand(map, rest),
        _ => Vec::new(),
    }
}

fn expand_local(map: &ContainerMap, target: &str) -> Vec<ContainerKey> {
    if let Some(members) = target.parse::<GroupName>().ok().and_then(|group| map.groups().get(&group)) {
        return members
            .iter()
            .flat_map(|member| map.resolve(&member.config, member.instance.as_ref()))
            .collect();
    }
    let (config, instance) = match target.split_once('.') {
        Some((config, instance)) => (config, Some(instance)),
        None => (target, None),
    };
    let Ok(config) = config.parse::<ConfigName>() else {
        return Vec::new();
    };
    match instance.map(str::parse::<InstanceName>) {
        None => map.instances(&config),
        Some(Ok(instance)) => map.resolve(&config, Some(&instance)),
        Some(Err(_)) => Vec::new(),
    }
}

fn unknown(map: &ContainerMap, target: &str) -> SelectError {
    let names =
        map.containers().keys().map(ConfigName::as_str).chain(map.groups().keys().map(GroupName::as_str));
    let closest = names
        .map(|name| (jaro_winkler(name, target), name))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    SelectError::Unknown {
        target: target.into(),
        map: map.name().as_str().into(),
        suggestion: closest.map(|(_, name)| name.into()),
    }
}
