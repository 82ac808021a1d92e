//! How a request weighs what a comparison found, and what keeps a container from being started.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use container_map::{ContainerKey, NetworkKey, PresetNetwork};

use super::Judge;
use crate::action::Condition;
use crate::attribute::Attribute;
use crate::container_ref::{ContainerRef, Slot};
use crate::desired::{DesiredContainer, DesiredState};
use crate::diff::{Comparison, were_set};
use crate::engine::{EngineState, ObservedContainer, ObservedNetworkMode};
use crate::limits::Processes;
use crate::reason::{Difference, KeptBecause, Reason, Shown};
use crate::request::{Differences, PersistentImages, Target, UnsetLimits};
use crate::spec::{HealthcheckSpec, NetworkModeSpec};
use crate::verdict::{ContainerVerdict, EndpointChange, FinalObject, LimitChange};

/// The limits that are not taken away where the request says so (docker-map: `skip_limit_reset`).
const LIMITS: [&str; 16] = [
    "blkio_weight",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "cpuset_cpus",
    "cpuset_mems",
    "kernel_memory",
    "mem_limit",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "nano_cpus",
    "oom_kill_disable",
    "pids_limit",
];

impl Judge<'_> {
    /// Sorts differences into those that count for a request and those that are only told.
    pub(super) fn weigh(&self, found: &mut Comparison, live: &ObservedContainer) {
        let (rule, policy) = (self.request.rule(), &self.request.policy);
        if policy.persistent_images == PersistentImages::Follow {
            found.fixed.append(&mut found.ignored);
        }
        let stays = |difference: &Difference| match rule.differences {
            Differences::Ignored => !self.is_stuck(difference, live),
            Differences::Mended => policy.limits == UnsetLimits::Keep && is_unset_limit(difference),
        };
        let (told, counted): (Vec<_>, Vec<_>) = found.fixed.drain(..).partition(stays);
        found.fixed = counted;
        found.ignored.extend(told);
        if let Some(LimitChange { mut limits, reason: Reason::Differs(differences) }) = found.limits.take() {
            let (told, counted): (Vec<_>, Vec<_>) = differences.into_iter().partition(stays);
            if told.iter().any(is_unset_limit) {
                limits.processes = Processes::Kept;
            }
            found.ignored.extend(told);
            let reason = Reason::Differs(counted.clone());
            found.limits = (!counted.is_empty()).then_some(LimitChange { limits, reason });
        }
        let is_missed = |change: &EndpointChange| {
            change.network.is_preset() && !change.disconnect && self.is_linked && can_join(live)
        };
        match (rule.differences, rule.target) {
            (Differences::Mended, _) => {}
            (Differences::Ignored, Target::Runs) => {
                found
                    .endpoints
                    .retain(|change| is_missed(change) || is_lost(&change.network, live, self.engine));
            }
            (Differences::Ignored, _) => found.endpoints.clear(),
        }
    }

    /// Returns whether a container, or one that is linked to it, cannot start because of a difference: that must be put
    /// right whatever the verb is.
    fn is_stuck(&self, difference: &Difference, live: &ObservedContainer) -> bool {
        match difference.attribute {
            Attribute::NetworkMode => {
                // Who is to share a namespace follows its owner.
                let is_apart = !matches!(self.wanted.spec.network, NetworkModeSpec::Container(_));
                let runs = self.request.rule().target == Target::Runs;
                (self.is_linked && runs && !can_join(live))
                    || lost_network(live, self.engine).is_some()
                    || (is_apart && has_lost_owner(self.wanted, live, self.engine))
            }
            // One that runs does so without a link that nobody wants any more.
            Attribute::Link => {
                (lost_link(live).is_some() && (!live.state.is_up() || difference.wanted != Shown::Unset))
                    || (!live.state.is_up() && self.useless_link(live).is_some())
            }
            _ => false,
        }
    }
}

fn is_unset_limit(difference: &Difference) -> bool {
    let is_limit = difference.item.as_deref().is_some_and(|item| LIMITS.contains(&item));
    difference.attribute == Attribute::Option && is_limit && difference.wanted == Shown::Unset
}

/// Returns whether a container can be given a place in the default bridge, through which links lead: one without a
/// namespace of its own cannot.
fn can_join(live: &ObservedContainer) -> bool {
    match &live.network {
        ObservedNetworkMode::Default => true,
        ObservedNetworkMode::Named(name) => {
            let without = [PresetNetwork::Host, PresetNetwork::None];
            without.iter().all(|preset| preset.as_str() != name)
        }
        ObservedNetworkMode::Container(_) => false,
    }
}

/// Returns a network that was removed although a container has a place in it, which keeps it from starting.
pub(crate) fn lost_network(live: &ObservedContainer, engine: &EngineState) -> Option<NetworkKey> {
    let mut networks = live.endpoints.keys().filter_map(|name| name.parse::<NetworkKey>().ok());
    networks.find(|network| is_lost(network, live, engine))
}

/// Returns whether a container shares the namespace of one that is gone, which keeps it from starting. Of a namespace that
/// is none of dmap's nobody can tell.
pub(crate) fn has_lost_owner(
    wanted: &DesiredContainer,
    live: &ObservedContainer,
    engine: &EngineState,
) -> bool {
    let ObservedNetworkMode::Container(owner) = &live.network else { return false };
    !matches!(wanted.spec.network, NetworkModeSpec::Foreign(_)) && engine.name_of(owner).is_none()
}

/// Returns the alias of a link whose target was removed, which keeps a container from starting: the engine reports such a
/// link no more.
pub(crate) fn lost_link(live: &ObservedContainer) -> Option<String> {
    let is_there = |alias: &String| live.links.iter().any(|link| link.alias == *alias);
    were_set(&live.labels, Attribute::Link).into_iter().find(|alias| !is_there(alias))
}

/// Returns whether a container's place in a network is lost with the network.
fn is_lost(network: &NetworkKey, live: &ObservedContainer, engine: &EngineState) -> bool {
    let place = live.endpoints.get(&network.docker_name()).filter(|place| !place.network.is_empty());
    let is_there = |id: &str| engine.networks_of(network).any(|found| found.id.as_str() == id);
    !network.is_preset() && place.is_some_and(|place| !is_there(&place.network))
}

impl Judge<'_> {
    /// Returns what keeps a container that is there from being started as it is.
    pub(super) fn hindrance(
        &self,
        live: &ObservedContainer,
        misfit: Option<&Reason>,
        decided: &BTreeMap<ContainerKey, ContainerVerdict>,
    ) -> Option<KeptBecause> {
        let link = lost_link(live).or_else(|| self.useless_link(live));
        match misfit {
            Some(Reason::Follows(key)) => return Some(KeptBecause::Bound { to: key.clone() }),
            Some(_) if link.is_none() => return Some(KeptBecause::Unrecoverable),
            Some(_) | None => {}
        }
        if let Some(network) = lost_network(live, self.engine) {
            return Some(KeptBecause::Bound { to: network.into() });
        }
        if has_lost_owner(self.wanted, live, self.engine) {
            return Some(KeptBecause::Unrecoverable);
        }
        if let Some(alias) = link {
            return Some(KeptBecause::Unlinked { alias });
        }
        let mut needs = needs_running(self.wanted).into_iter();
        let is_ready = |key: &ContainerKey| {
            let links = |live: &ObservedContainer| is_reachable(self.wanted, key, live);
            let live = self.engine.container(&ContainerRef::current(key));
            live.is_none_or(links) && self.will_be(key, decided, |live| live.state.is_up())
        };
        let missing = needs.find(|key| !is_ready(key)).or_else(|| {
            let mut waits = self.wanted.waits.keys();
            let late = waits.find(|(key, condition)| {
                let is_unchecked = |found| is_unchecked(key, found, self.desired, self.engine);
                let until = match condition {
                    Condition::Healthy if decided.get(key).is_some_and(is_unchecked) => Condition::Ready,
                    other => *other,
                };
                !self.will_be(key, decided, |live: &ObservedContainer| live.has_reached(until))
            });
            late.map(|(key, _)| key)
        });
        missing.map(|key| KeptBecause::Waits { on: key.clone().into() })
    }

    /// Returns the alias of a link that the map no longer has and that keeps a container from starting: its target has left
    /// the default bridge, or does not run and is left alone. What the map has is put right with its target.
    fn useless_link(&self, live: &ObservedContainer) -> Option<String> {
        let is_wanted =
            |name: &str| self.wanted.spec.links.iter().any(|wanted| wanted.container.docker_name() == *name);
        let is_useless = |name: &str| {
            let is_excluded = || {
                self.request
                    .policy
                    .exclude
                    .iter()
                    .any(|key| ContainerRef::current(key).docker_name() == *name)
            };
            self.engine.containers.get(name).is_some_and(|target| {
                !target.endpoints.contains_key(PresetNetwork::Bridge.as_str())
                    || (!target.state.is_up() && is_excluded())
            })
        };
        let mut links = live.links.iter();
        let found = links.find(|link| !is_wanted(&link.target) && is_useless(&link.target));
        found.map(|link| link.alias.clone())
    }

    /// Returns whether a container will be as far as another one needs it to be.
    fn will_be(
        &self,
        key: &ContainerKey,
        decided: &BTreeMap<ContainerKey, ContainerVerdict>,
        is_so: impl Fn(&ObservedContainer) -> bool,
    ) -> bool {
        let verdict = decided.get(key);
        let slot = verdict.and_then(|verdict| verdict.settle_from).unwrap_or(Slot::Current);
        let live = self.engine.container(&ContainerRef::new(key, slot));
        verdict.is_some_and(ContainerVerdict::starts) || live.is_some_and(is_so)
    }
}

/// Returns whether a container stays without the health check that the map, or its image by now, wants it to have.
pub(crate) fn is_unchecked(
    key: &ContainerKey,
    verdict: &ContainerVerdict,
    desired: &DesiredState,
    engine: &EngineState,
) -> bool {
    let stays = match &verdict.outcome {
        FinalObject::Existing(id) => engine.object(key, id),
        FinalObject::New => None,
    };
    let wanted = desired.containers.get(key).map(|wanted| &wanted.spec);
    let is_wanted = wanted.is_some_and(|spec| {
        let image = engine.tags.get(&spec.image).and_then(|id| engine.images.get(id));
        let check = spec.healthcheck.as_ref().or_else(|| image?.defaults.healthcheck.as_ref());
        check.is_some_and(HealthcheckSpec::checks)
    });
    is_wanted && stays.is_some_and(|live| !live.is_checked())
}

/// Returns whether a container that runs can be used by one that needs it running: links need the default bridge.
pub(crate) fn is_reachable(wanted: &DesiredContainer, key: &ContainerKey, live: &ObservedContainer) -> bool {
    let is_linked = wanted.spec.links.iter().any(|link| link.container.key == *key);
    !is_linked || live.endpoints.contains_key(PresetNetwork::Bridge.as_str())
}

/// Returns the containers without which one cannot be started: the owner of its namespace, and what it is linked to.
pub(crate) fn needs_running(wanted: &DesiredContainer) -> Vec<&ContainerKey> {
    let owner = match &wanted.spec.network {
        NetworkModeSpec::Container(owner) => Some(&owner.key),
        NetworkModeSpec::Default | NetworkModeSpec::Network(_) | NetworkModeSpec::Foreign(_) => None,
    };
    owner.into_iter().chain(wanted.spec.links.iter().map(|link| &link.container.key)).collect()
}
