//! Whether the successor of a container can run beside it: the proof behind `update: start-first`.

use alloc::collections::BTreeSet;

use container_map::config::{Access, FollowPolicy, UpdateOrder};
use container_map::{ContainerKey, NetworkKey, PresetNetwork, ResourceKey};

use super::Outlook;
use crate::container_ref::{ContainerRef, Slot};
use crate::desired::{DesiredContainer, DesiredState};
use crate::engine::{EngineState, ObservedContainer, ObservedNetworkMode};
use crate::reason::{Note, Obstacle};
use crate::spec::{MountSource, NetworkModeSpec};
use crate::verdict::{ContainerVerdict, Fate, Successor, Verdicts};

/// Chooses the order of each replacement: the one the map asks for, where nothing forbids it.
pub(super) fn choose_orders(
    order: &[ContainerKey],
    desired: &DesiredState,
    engine: &EngineState,
    verdicts: &mut Verdicts,
) {
    for key in order {
        let verdict = &verdicts.containers[key];
        let Fate::Replace { successor, .. } = verdict.fate else { continue };
        let at = |slot| engine.container(&ContainerRef::new(key, slot));
        let current = at(verdict.settle_from.unwrap_or(Slot::Current));
        let waits = at(Slot::Next).filter(|_| successor == Successor::Waiting);
        let overlaps = if waits.is_some_and(|next| next.state.is_up()) {
            // An interrupted run has started it already.
            true
        } else if let Some(live) = current.filter(|live| live.state.is_up())
            && desired.containers[key].update.order == UpdateOrder::StartFirst
        {
            let candidate =
                Candidate { key, wanted: &desired.containers[key], live, desired, engine, verdicts };
            let obstacle = candidate.obstacle();
            let key = ResourceKey::from(key.clone());
            verdicts
                .notes
                .extend(obstacle.clone().map(|because| Note::StartFirstImpossible { key, because }));
            obstacle.is_none()
        } else {
            false
        };
        if overlaps && let Some(verdict) = verdicts.containers.get_mut(key) {
            verdict.fate = Fate::Replace { successor, order: UpdateOrder::StartFirst };
        }
    }
}

/// A container that is to run until its successor is ready.
struct Candidate<'a> {
    key: &'a ContainerKey,
    wanted: &'a DesiredContainer,
    live: &'a ObservedContainer,
    desired: &'a DesiredState,
    engine: &'a EngineState,
    verdicts: &'a Verdicts,
}

impl Candidate<'_> {
    /// Returns what forbids that both run, if something does.
    fn obstacle(&self) -> Option<Obstacle> {
        self.process().or_else(|| self.network()).or_else(|| self.dependency()).or_else(|| self.data())
    }

    fn process(&self) -> Option<Obstacle> {
        let is_job = self.desired.jobs().contains(self.key);
        (self.wanted.persistent || is_job).then_some(Obstacle::Persistent)
    }

    /// Ports and addresses are held by one at a time. What the running one holds counts as well: who takes it over may
    /// be needed by the successor.
    fn network(&self) -> Option<Obstacle> {
        let spec = &self.wanted.spec;
        let host = NetworkModeSpec::Network(NetworkKey::Preset(PresetNetwork::Host));
        if spec.network == host || self.live.network == ObservedNetworkMode::Named("host".into()) {
            return Some(Obstacle::HostNetwork);
        }
        if let NetworkModeSpec::Container(owner) = &spec.network {
            return Some(Obstacle::SharesNamespace { with: owner.key.clone().into() });
        }
        let mut guests = self.desired.containers.iter().filter(|(_, other)| {
            matches!(&other.spec.network, NetworkModeSpec::Container(owner) if owner.key == *self.key)
        });
        if let Some((guest, _)) = guests.next() {
            return Some(Obstacle::SharesNamespace { with: guest.clone().into() });
        }
        let ports = spec.ports.iter().chain(&self.live.published);
        if let Some((port, _)) = ports.into_iter().find(|(_, bindings)| !bindings.is_empty()) {
            return Some(Obstacle::HostPort { port: *port });
        }
        let wanted = spec.endpoints.values().map(|place| (place.ipv4_address, place.ipv6_address));
        let live = self.live.endpoints.values().map(|place| (place.ipv4_address, place.ipv6_address));
        let is_fixed = wanted.chain(live).any(|(v4, v6)| v4.is_some() || v6.is_some());
        (is_fixed || spec.mac_address.is_some()).then_some(Obstacle::FixedAddress)
    }

    /// What stops after it cannot run again before its successor starts.
    fn dependency(&self) -> Option<Obstacle> {
        let stops =
            |key: &ContainerKey| self.verdicts.containers.get(key).is_some_and(ContainerVerdict::starts);
        let wanted = self.wanted.bindings().into_iter().cloned();
        let linked = self.live.links.iter().filter_map(|link| link.target.parse::<ContainerRef>().ok());
        let owner = match &self.live.network {
            ObservedNetworkMode::Container(id) => self.engine.name_of(id),
            ObservedNetworkMode::Default | ObservedNetworkMode::Named(_) => None,
        };
        let owner = owner.and_then(|name| name.parse::<ContainerRef>().ok());
        let restarts = self.wanted.follows.iter().filter(|(_, policy)| **policy != FollowPolicy::Leave);
        let mut bound: BTreeSet<ContainerKey> = wanted.chain(restarts.map(|(key, _)| key.clone())).collect();
        bound.extend(linked.chain(owner).map(|found| found.key));
        let found = bound.into_iter().find(|key| key != self.key && stops(key))?;
        Some(Obstacle::StopsBefore { dependency: found.into() })
    }

    /// What nobody else writes to may not bear two who do.
    fn data(&self) -> Option<Obstacle> {
        let mounts = self.wanted.spec.mounts.iter();
        let mut written = mounts.filter(|(_, mount)| mount.access == Access::ReadWrite);
        let exclusive = written.find(|(_, mount)| match &mount.source {
            MountSource::Anonymous => false,
            MountSource::Kept(_) => true,
            source @ (MountSource::Bind(_) | MountSource::Volume(_) | MountSource::PreparedVolume(_)) => {
                !self.is_written_by_another(source)
            }
        });
        let outlook =
            Outlook { desired: self.desired, engine: self.engine, decided: &self.verdicts.containers };
        let kept = outlook.kept(self.wanted, self.live);
        let path = exclusive.map(|(path, _)| path.clone()).or_else(|| kept.into_keys().next())?;
        Some(Obstacle::Volume { path })
    }

    fn is_written_by_another(&self, source: &MountSource) -> bool {
        let others = self.desired.containers.iter().filter(|(key, _)| *key != self.key);
        others.flat_map(|(_, other)| other.spec.mounts.values()).any(|mount| {
            mount.access == Access::ReadWrite
                && match (&mount.source, source) {
                    (MountSource::Bind(one), MountSource::Bind(other)) => one == other,
                    (one, other) => one.volume().is_some() && one.volume() == other.volume(),
                }
        })
    }
}
