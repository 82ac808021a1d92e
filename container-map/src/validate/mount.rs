//! The check of what a container mounts.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::Checker;
use super::container::Current;
use super::scope::Attached;
use super::value::{access, bind_mode, value};
use crate::config::{Attach, Bind, BindSource, TmpfsOptions, Use, UseSource};
use crate::error::ViolationKind;
use crate::path::ContainerPath;
use crate::raw::{Place, Problems, RawAttach, RawBind, RawHostPaths, RawUse, Text};

const CONTAINER_PATH: &str = "a path in the container";

/// What a container mounts.
#[derive(Default)]
pub(super) struct Mounts {
    pub(super) shares: Vec<ContainerPath>,
    pub(super) binds: Vec<Bind>,
    pub(super) attaches: Vec<Attach>,
    pub(super) uses: Vec<Use>,
}

/// The mount points of a container so far, with the line of each.
struct Points<'a> {
    config: &'a str,
    lines: BTreeMap<ContainerPath, usize>,
}

impl Points<'_> {
    fn add(&mut self, path: &ContainerPath, place: &Place, problems: &mut Problems) {
        if path.is_root() {
            return problems.report(place, ViolationKind::MountAtRoot);
        }
        if let Some(first_line) = self.lines.insert(path.clone(), place.span.line()) {
            let (config, path) = (self.config.to_string(), path.to_string());
            problems.report(place, ViolationKind::SameMountPath { config, path, first_line });
        }
    }
}

impl<'a> Checker<'a> {
    pub(super) fn mounts(
        &mut self,
        current: Current<'_>,
        tmpfs: &BTreeMap<ContainerPath, TmpfsOptions>,
    ) -> Mounts {
        let mut points = Points { config: current.label(), lines: BTreeMap::new() };
        let mut mounts = Mounts::default();
        for text in &current.raw.shares {
            let path: Option<ContainerPath> = value(text, CONTAINER_PATH, &mut self.problems);
            if let Some(path) = &path {
                points.add(path, &text.place, &mut self.problems);
            }
            mounts.shares.extend(path);
        }
        for raw in &current.raw.binds {
            let bind = self.bind(raw, current);
            if let Some(bind) = &bind {
                points.add(&bind.target, &raw.target.place, &mut self.problems);
            }
            mounts.binds.extend(bind);
        }
        for raw in &current.raw.attaches {
            let attach = self.attach(raw, current);
            if let Some(attach) = &attach {
                points.add(&attach.path, &raw.name.place, &mut self.problems);
            }
            mounts.attaches.extend(attach);
        }
        for raw in &current.raw.uses {
            let used = self.used(raw, current);
            if let Some(Use { source: UseSource::Volume { path, .. }, .. }) = &used {
                points.add(path, &raw.name.place, &mut self.problems);
            }
            mounts.uses.extend(used);
        }
        for path in tmpfs.keys() {
            let place = current.raw.options.place("tmpfs", path.as_str());
            points.add(path, &place, &mut self.problems);
        }
        mounts
    }

    fn bind(&mut self, raw: &RawBind, current: Current<'_>) -> Option<Bind> {
        let mode = bind_mode(raw, &mut self.problems);
        if let Some(host_path) = &raw.host_path {
            let target = value(&raw.target, CONTAINER_PATH, &mut self.problems);
            let source = self.host_path(host_path).map(BindSource::Path);
            let (access, propagation) = mode?;
            return Some(Bind { source: source?, target: target?, access, propagation });
        }
        let has_host_path = self.check_host_alias(&raw.target, current);
        // An alias that nobody knows is reported once.
        let is_known = has_host_path || self.scope.volumes.contains_key(raw.target.as_str());
        let target = if is_known { self.alias_path(&raw.target, current) } else { None };
        // What is no name was reported where the alias is given its path.
        let alias = raw.target.as_str().parse().ok().filter(|_| has_host_path)?;
        let (access, propagation) = mode?;
        Some(Bind { source: BindSource::Alias(alias), target: target?, access, propagation })
    }

    /// Reports an alias without a path on the host, for any instance of the configuration that binds it.
    fn check_host_alias(&mut self, text: &Text, current: Current<'_>) -> bool {
        let by = current.label().to_string();
        let alias = text.value.clone();
        let Some(paths) = self.scope.host.get(text.as_str()) else {
            let suggestion = self.problems.closest(text.as_str(), self.scope.host.keys().copied());
            self.problems.report(&text.place, ViolationKind::NoHostPath { alias, by, suggestion });
            return false;
        };
        let RawHostPaths::PerInstance(paths) = paths else {
            return true;
        };
        let mut needed = current.known.instance_names();
        if needed.is_empty() {
            needed.push("default".into());
        }
        needed.retain(|instance| !paths.iter().any(|(name, _)| name.as_str() == instance));
        let is_complete = needed.is_empty();
        for instance in needed {
            let (alias, by) = (alias.clone(), by.clone());
            self.problems.report(&text.place, ViolationKind::NoHostPathForInstance { alias, by, instance });
        }
        is_complete
    }

    /// Returns the path of an alias in the container; reports an alias that has none.
    fn alias_path(&mut self, text: &Text, current: Current<'_>) -> Option<ContainerPath> {
        if let Some(path) = self.default_path(text.as_str(), text.as_str()) {
            // What is no path was reported where it is given.
            return path.as_str().parse().ok();
        }
        let suggestion = self.problems.closest(text.as_str(), self.scope.volumes.keys().copied());
        let kind = ViolationKind::NoContainerPath {
            alias: text.value.clone(),
            by: current.label().to_string(),
            suggestion: suggestion.filter(|name| name != text.as_str()),
        };
        self.problems.report(&text.place, kind);
        None
    }

    /// Returns the path of an alias in the container as written: its own, else the one that the owner of the volume `name`
    /// gives it.
    fn default_path(&self, alias: &str, name: &str) -> Option<&'a Text> {
        let scope = self.scope;
        let own = scope.volumes.get(alias).and_then(|volume| volume.default_path.as_ref());
        own.or_else(|| scope.owned_paths.get(name))
    }

    fn attach(&mut self, raw: &RawAttach, current: Current<'_>) -> Option<Attach> {
        let path = match &raw.path {
            Some(path) => value(path, CONTAINER_PATH, &mut self.problems),
            None => self.alias_path(&raw.name, current),
        };
        // What is no name was reported when the names were collected.
        let volume = raw.name.as_str().parse().ok()?;
        Some(Attach { volume, path: path? })
    }

    fn used(&mut self, raw: &RawUse, current: Current<'_>) -> Option<Use> {
        let access = access(raw.access.as_ref(), &mut self.problems);
        let scope = self.scope;
        let source = match scope.attached.get(raw.name.as_str()) {
            Some(attached) => self.used_volume(raw, attached, current),
            None => self.used_container(raw, current),
        };
        Some(Use { source: source?, access: access? })
    }

    fn used_volume(&mut self, raw: &RawUse, attached: &Attached, current: Current<'_>) -> Option<UseSource> {
        let path = if let Some(path) = &raw.path {
            value(path, CONTAINER_PATH, &mut self.problems)
        } else {
            // Without a path, its owner lacks one too and was reported.
            let path = self.default_path(&attached.alias, raw.name.as_str());
            path.and_then(|path| path.as_str().parse().ok())
        };
        let (owner, volume) = (attached.owner_name.clone()?, attached.volume.clone()?);
        if owner.as_str() != current.label() {
            self.refer(current, (owner.clone(), None), &raw.name);
        }
        Some(UseSource::Volume { owner, volume, path: path? })
    }

    fn used_container(&mut self, raw: &RawUse, current: Current<'_>) -> Option<UseSource> {
        let text = &raw.name;
        let config = text.as_str().split('.').next().unwrap_or_default();
        let Some(known) = self.scope.configs.get(config) else {
            let by = format!("used by `{}`", current.label());
            let kind = self.scope.absence(config, &by).unwrap_or_else(|| ViolationKind::UnknownUse {
                name: text.value.clone(),
                by: current.label().to_string(),
                suggestion: self.scope.suggest_use(text.as_str(), &mut self.problems),
            });
            self.problems.report(&text.place, kind);
            return None;
        };
        if !known.shares_something {
            self.problems.report(&text.place, ViolationKind::NothingShared { config: config.to_string() });
            return None;
        }
        if let Some(path) = &raw.path {
            let (problem, example) = ("the volumes of a container keep their paths", "the name alone");
            self.problems.report(&path.place, ViolationKind::BadElement { problem, example });
        }
        let target = self.scope.single(text, "", &mut self.problems)?;
        let (config, instance) = self.refer(current, target, text)?;
        Some(UseSource::Container { config, instance })
    }
}
