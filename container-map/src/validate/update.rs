//! The check of how a container changes: `follow`, `update` and `anonymous_volumes`.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::Checker;
use super::container::Current;
use super::value::{plain, unknown_word};
use crate::config::{
    AnonymousVolumes, ContainerConfig, Follow, FollowPolicy, Link, NetworkMode, Update, UpdateOrder,
    UseSource,
};
use crate::error::ViolationKind;
use crate::key::NetworkKey;
use crate::name::{ConfigName, InstanceName};
use crate::raw::{Problems, RawUpdate, Text};

/// A configuration, or one of its instances, as something refers to it.
type Reference<'a> = (&'a ConfigName, Option<&'a InstanceName>);

impl Checker<'_> {
    pub(super) fn follow(&mut self, current: Current<'_>) -> Vec<Follow> {
        let by = alloc::format!("followed by `{}`", current.label());
        let mut found: Vec<Follow> = Vec::new();
        for raw in &current.raw.follow {
            let policy = policy(&raw.policy, &mut self.problems);
            let target = self.scope.target(&raw.container, &by, &mut self.problems);
            let (Some((config, instance)), Some(policy)) = (target, policy) else { continue };
            if found.iter().any(|other| (&other.config, &other.instance) == (&config, &instance)) {
                let kind = ViolationKind::Repeated { name: raw.container.value.clone() };
                self.problems.report(&raw.container.place, kind);
                continue;
            }
            found.push(Follow { config, instance, policy });
        }
        found
    }

    /// Checks that a container follows only what it depends on, and does not leave what the engine binds it to.
    pub(super) fn followed(&mut self, current: Current<'_>, config: &ContainerConfig) {
        for follow in &config.follow {
            let target = (&follow.config, follow.instance.as_ref());
            let name = match target.1 {
                Some(instance) => alloc::format!("{}.{instance}", target.0),
                None => target.0.to_string(),
            };
            let raw = current.raw.follow.iter().find(|raw| raw.container.as_str() == name);
            let Some(raw) = raw else { continue };
            let by = current.label().to_string();
            if !needed(config).any(|other| overlap(other, target)) {
                let kind = ViolationKind::FollowsNoDependency { config: by, target: name };
                self.problems.report(&raw.container.place, kind);
            } else if let Some((_, how)) = bound(config).find(|(other, _)| overlap(*other, target))
                && follow.policy == FollowPolicy::Leave
            {
                let kind = ViolationKind::MustFollow { config: by, target: name, how };
                self.problems.report(&raw.policy.place, kind);
            }
        }
    }
}

fn overlap(one: Reference<'_>, other: Reference<'_>) -> bool {
    one.0 == other.0 && (one.1.is_none() || other.1.is_none() || one.1 == other.1)
}

/// Returns what a container depends on.
fn needed(config: &ContainerConfig) -> impl Iterator<Item = Reference<'_>> {
    let links = config.networks.iter().flat_map(|endpoint| &endpoint.links).chain(&config.links);
    let links = links.map(|link| (&link.config, link.instance.as_ref()));
    let starts = config.start.iter().map(|first| (&first.config, first.instance.as_ref()));
    let owners = config.uses.iter().filter_map(|used| match &used.source {
        UseSource::Volume { owner, .. } => Some((owner, None)),
        UseSource::Container { .. } => None,
    });
    links.chain(starts).chain(owners).chain(bound(config).map(|(target, _)| target))
}

/// Returns the containers whose objects the engine binds a container to when it is created, and by what.
fn bound(config: &ContainerConfig) -> impl Iterator<Item = (Reference<'_>, &'static str)> {
    let owner = match &config.network_mode {
        Some(NetworkMode::Container { config, instance }) => {
            Some(((config, instance.as_ref()), "its network is that container's"))
        }
        Some(NetworkMode::Bridge | NetworkMode::Host | NetworkMode::None | NetworkMode::Foreign(_))
        | None => None,
    };
    let links = legacy_links(config);
    let links = links.map(|link| ((&link.config, link.instance.as_ref()), "a legacy link is to one object"));
    let lenders = config.uses.iter().filter_map(|used| match &used.source {
        UseSource::Volume { .. } => None,
        UseSource::Container { config, instance } => {
            Some(((config, instance.as_ref()), "it mounts what that container mounts"))
        }
    });
    owner.into_iter().chain(links).chain(lenders)
}

/// Returns the links that go through the engine's default bridge: in networks of the map, they are names.
pub(super) fn legacy_links(config: &ContainerConfig) -> impl Iterator<Item = &Link> {
    let on_bridge = match &config.network_mode {
        Some(NetworkMode::Bridge) | None => {
            config.networks.first().is_none_or(|first| matches!(first.network, NetworkKey::Preset(_)))
        }
        Some(
            NetworkMode::Host | NetworkMode::None | NetworkMode::Container { .. } | NetworkMode::Foreign(_),
        ) => false,
    };
    config.links.iter().filter(move |_| on_bridge)
}

fn policy(text: &Text, problems: &mut Problems) -> Option<FollowPolicy> {
    const WORDS: [FollowPolicy; 3] = [FollowPolicy::Restart, FollowPolicy::Recreate, FollowPolicy::Leave];
    let found = WORDS.into_iter().find(|word| word.as_str() == text.as_str());
    if found.is_none() {
        unknown_word(text, &["restart", "recreate", "leave"], problems);
    }
    found
}

/// Reads a strategy; `rolling` is to replace one at a time.
pub(super) fn update(raw: &RawUpdate, problems: &mut Problems) -> Update {
    let one = NonZeroU32::MIN;
    let mut update = match raw.strategy.as_ref().map(|text| (text, text.as_str())) {
        None | Some((_, "stop-first")) => Update::default(),
        Some((_, "start-first")) => Update { order: UpdateOrder::StartFirst, batch: None },
        Some((_, "rolling")) => Update { order: UpdateOrder::StopFirst, batch: Some(one) },
        Some((text, _)) => {
            unknown_word(text, &["stop-first", "start-first", "rolling"], problems);
            Update::default()
        }
    };
    if let Some(text) = &raw.batch {
        update.batch = plain(text, "a number of instances", problems);
    }
    update
}

/// Reads what becomes of anonymous volumes.
pub(super) fn anonymous_volumes(text: &Text, problems: &mut Problems) -> AnonymousVolumes {
    match text.as_str() {
        "keep" => AnonymousVolumes::Keep,
        "renew" => AnonymousVolumes::Renew,
        _ => {
            unknown_word(text, &["keep", "renew"], problems);
            AnonymousVolumes::default()
        }
    }
}
