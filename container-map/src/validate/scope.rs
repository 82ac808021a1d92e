//! The names of a map, and what a reference to one of them means.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use indexmap::IndexMap;

use super::value::{boolean, name};
use crate::error::ViolationKind;
use crate::inherit::Inheritance;
use crate::name::{ConfigName, InstanceName, NetworkName, VolumeName};
use crate::raw::{Problems, RawAttach, RawContainer, RawHostPaths, RawMap, RawVolume, Text};

/// How many instances a message names.
const MOST_NAMED: usize = 5;

/// A configuration, by its name as written.
#[derive(Debug)]
pub(crate) struct Known {
    /// Its name, unless what is written is none, which was reported.
    pub(crate) name: Option<ConfigName>,
    pub(crate) text: Text,
    /// Whether others can use it as a whole.
    pub(crate) shares_something: bool,
    pub(crate) instances: Vec<(String, Option<InstanceName>)>,
}

/// An attached volume, by the name `uses` refers to it.
#[derive(Debug)]
pub(crate) struct Attached {
    pub(crate) owner: String,
    pub(crate) owner_name: Option<ConfigName>,
    pub(crate) volume: Option<VolumeName>,
    pub(crate) alias: String,
}

/// All names of a map.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    /// The configurations in the order they were written.
    pub(crate) configs: IndexMap<String, Known>,
    /// The configurations that are only there to be extended.
    abstracts: BTreeSet<String>,
    pub(crate) inheritance: Inheritance,
    pub(crate) attached: BTreeMap<String, Attached>,
    /// The path that an owner gives to an attached volume, by the name others use it by, and by its alias alone.
    pub(crate) owned_paths: BTreeMap<String, Text>,
    pub(crate) volumes: BTreeMap<&'a str, &'a RawVolume>,
    pub(crate) host: BTreeMap<&'a str, &'a RawHostPaths>,
    pub(crate) networks: BTreeMap<&'a str, Option<NetworkName>>,
}

/// One configuration, or one of its instances.
pub(crate) type Target = (ConfigName, Option<InstanceName>);

impl<'a> Scope<'a> {
    /// Collects the names of a map; reports what is no name and what two things are called.
    pub(crate) fn new(
        map: &'a RawMap,
        containers: &[(Text, RawContainer)],
        with_parent_name: bool,
        problems: &mut Problems,
    ) -> Self {
        let mut scope = Self {
            configs: IndexMap::with_capacity(containers.len()),
            abstracts: BTreeSet::new(),
            inheritance: Inheritance::new(containers, problems),
            attached: BTreeMap::new(),
            owned_paths: BTreeMap::new(),
            volumes: map.volumes.iter().map(|(name, volume)| (name.as_str(), volume)).collect(),
            host: map.host.iter().map(|(name, paths)| (name.as_str(), paths)).collect(),
            networks: BTreeMap::new(),
        };
        for (text, _) in &map.networks {
            scope.networks.insert(text.as_str(), name(text, "the name of a network", problems));
        }
        let mut attaches: Vec<(String, Vec<RawAttach>)> = Vec::new();
        for (text, own) in containers {
            let is_abstract = own.is_abstract.as_ref().and_then(|text| boolean(text, problems));
            if is_abstract == Some(true) {
                scope.abstracts.insert(text.value.clone());
                continue;
            }
            let raw = scope.inheritance.merged(own);
            if !raw.attaches.is_empty() {
                attaches.push((text.value.clone(), raw.attaches.clone()));
            }
            let known = known(text, &raw, problems);
            scope.configs.insert(text.value.clone(), known);
        }
        for (owner, attaches) in attaches {
            for attach in attaches {
                scope.attach(&owner, &attach, with_parent_name, problems);
            }
        }
        scope
    }

    fn attach(&mut self, owner: &str, attach: &RawAttach, with_parent_name: bool, problems: &mut Problems) {
        let alias = attach.name.as_str();
        let key = if with_parent_name { format!("{owner}.{alias}") } else { alias.to_string() };
        if let Some(first) = self.attached.get(&key) {
            let kind = if first.owner == owner {
                ViolationKind::Repeated { name: alias.to_string() }
            } else {
                let (first, second) = (first.owner.clone(), owner.to_string());
                ViolationKind::AttachedTwice { volume: alias.to_string(), first, second }
            };
            return problems.report(&attach.name.place, kind);
        }
        if self.usable(&key).is_some() {
            let (first, second) = ("an attached volume", "a container that shares volumes");
            let kind = ViolationKind::Ambiguous { name: key.clone(), first, second };
            problems.report(&attach.name.place, kind);
        }
        if let Some(path) = &attach.path {
            self.owned_paths.entry(alias.to_string()).or_insert_with(|| path.clone());
            self.owned_paths.insert(key.clone(), path.clone());
        }
        let attached = Attached {
            owner: owner.to_string(),
            owner_name: self.configs.get(owner).and_then(|known| known.name.clone()),
            volume: name(&attach.name, "the name of a volume", problems),
            alias: alias.to_string(),
        };
        self.attached.insert(key, attached);
    }

    /// Returns the configuration of a container name that `uses` may refer to as a whole.
    fn usable(&self, text: &str) -> Option<&Known> {
        let (config, instance) = split(text);
        let known = self.configs.get(config).filter(|known| known.shares_something)?;
        let exists = match instance {
            None => known.instances.is_empty(),
            Some(instance) => known.instances.iter().any(|(name, _)| name == instance),
        };
        exists.then_some(known)
    }

    /// Returns a name close to one that `uses` cannot resolve.
    pub(crate) fn suggest_use(&self, text: &str, problems: &mut Problems) -> Option<String> {
        let owned =
            self.attached.iter().find(|(_, attached)| attached.alias == text).map(|(key, _)| key.clone());
        let containers =
            self.configs.keys().map(String::as_str).filter(|config| self.usable(config).is_some());
        let names = self.attached.keys().map(String::as_str).chain(containers);
        owned.or_else(|| problems.closest(text, names))
    }

    /// Returns the configuration a text names, and the instance; reports either if it does not exist.
    pub(crate) fn target(&self, text: &Text, by: &str, problems: &mut Problems) -> Option<Target> {
        let (config, instance) = split(text.as_str());
        let Some(known) = self.configs.get(config) else {
            let kind = self.absence(config, by).unwrap_or_else(|| {
                let suggestion = problems.closest(config, self.configs.keys().map(String::as_str));
                ViolationKind::UnknownContainer { name: config.into(), by: by.into(), suggestion }
            });
            problems.report(&text.place, kind);
            return None;
        };
        let Some(instance) = instance else {
            return known.name.clone().map(|config| (config, None));
        };
        let Some((_, found)) = known.instances.iter().find(|(name, _)| name == instance) else {
            let instances = known.some_instances();
            let kind = ViolationKind::UnknownInstance {
                config: config.into(),
                instance: instance.into(),
                instances,
            };
            problems.report(&text.place, kind);
            return None;
        };
        Some((known.name.clone()?, Some(found.clone()?)))
    }

    /// Says that there is no container of a configuration because it is abstract.
    pub(crate) fn absence(&self, config: &str, by: &str) -> Option<ViolationKind> {
        let is_abstract = self.abstracts.contains(config);
        is_abstract.then(|| ViolationKind::AbstractContainer { name: config.into(), by: by.into() })
    }

    /// As [`Scope::target`], but several instances have to be told apart.
    pub(crate) fn single(&self, text: &Text, by: &str, problems: &mut Problems) -> Option<Target> {
        let target = self.target(text, by, problems)?;
        let known = self.configs.get(target.0.as_str())?;
        if target.1.is_some() || known.instances.is_empty() {
            return Some(target);
        }
        let kind = ViolationKind::InstanceNeeded {
            config: target.0.as_str().to_string(),
            instances: known.some_instances(),
        };
        problems.report(&text.place, kind);
        None
    }
}

fn known(text: &Text, raw: &RawContainer, problems: &mut Problems) -> Known {
    super::value::repeated(&raw.instances, problems);
    let config = name(text, "the name of a container configuration", problems);
    let read =
        |instance: &Text| (instance.value.clone(), name(instance, "the name of an instance", &mut *problems));
    let instances = raw.instances.iter().map(read).collect();
    Known { name: config, text: text.clone(), shares_something: raw.shares_something(), instances }
}

impl Known {
    pub(crate) fn instance_names(&self) -> Vec<String> {
        self.instances.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Returns the first instances, for messages.
    fn some_instances(&self) -> Vec<String> {
        self.instances.iter().take(MOST_NAMED).map(|(name, _)| name.clone()).collect()
    }
}

fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once('.') {
        Some((config, instance)) => (config, Some(instance)),
        None => (text, None),
    }
}
