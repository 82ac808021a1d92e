//! What the engine tells about itself, as far as it is asked.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use container_map::{ImageRef, MapName, NetworkKey, ResourceKey, VolumeKey};

use super::{SimContainer, SimEngine, SimImage};
use crate::container_ref::{ContainerRef, Slot};
use crate::engine::{
    Bystander, EngineId, EngineState, ImageDefaults, ObservedContainer, ObservedImage, ObservedMountSource,
    ObservedNetwork, ObservedVolume, Scope, VolumeFacts, VolumeTop,
};
use crate::label::{self, Helper};
use crate::spec::EnvText;

impl SimEngine {
    /// Returns what the engine has, as far as the scope asks for it.
    pub fn observe(&self, scope: &Scope) -> EngineState {
        let mut containers: BTreeMap<String, ObservedContainer> = BTreeMap::new();
        let mut bystanders = BTreeMap::new();
        // dmap's own helpers are neither the map's containers nor anybody else's.
        for container in self.containers.values().filter(|container| !is_carrier(container)) {
            if is_inspected(container, scope) {
                let mut report = self.report(container);
                report.processes = report.processes.filter(|_| are_processes_asked(container, scope));
                containers.insert(container.name.clone(), report);
            } else {
                bystanders.insert(container.name.clone(), bystander(container));
            }
        }
        let tags: BTreeMap<_, EngineId> = scope
            .images
            .iter()
            .filter_map(|image| self.tags.get(image).map(|id| (image.clone(), id.clone())))
            .collect();
        let images = self.observed_images(scope, &tags, &containers);
        let volumes = self.observed_volumes(scope, &containers);
        EngineState {
            engine: None,
            tags,
            images,
            containers,
            bystanders,
            networks: self.observed_networks(scope),
            volumes,
            drops: BTreeSet::new(),
            leased: false,
            record: self.record.clone().filter(|_| scope.record),
        }
    }

    fn observed_images(
        &self,
        scope: &Scope,
        tags: &BTreeMap<ImageRef, EngineId>,
        containers: &BTreeMap<String, ObservedContainer>,
    ) -> BTreeMap<EngineId, ObservedImage> {
        let run = containers.values().map(|container| &container.image);
        let asked: BTreeSet<&EngineId> = tags.values().chain(run).collect();
        let read = accounts_read(scope, containers);
        let image = |id: &EngineId, image: &SimImage| ObservedImage {
            volumes: image.volumes.clone(),
            defaults: defaults(image),
            accounts: read.contains(id).then(|| image.accounts.clone()),
        };
        asked.into_iter().filter_map(|id| Some((id.clone(), image(id, self.images.get(id)?)))).collect()
    }

    fn observed_networks(&self, scope: &Scope) -> Vec<ObservedNetwork> {
        let names: BTreeSet<String> = scope.networks.iter().map(NetworkKey::docker_name).collect();
        let is_asked = |network: &&ObservedNetwork| {
            names.contains(&network.name)
                || super::network::is_preset(&network.name)
                || names_map(&network.labels, &scope.map)
        };
        let mut found: Vec<_> = self.networks.values().filter(is_asked).cloned().collect();
        found.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        found
    }

    fn observed_volumes(
        &self,
        scope: &Scope,
        containers: &BTreeMap<String, ObservedContainer>,
    ) -> BTreeMap<String, ObservedVolume> {
        let asked: BTreeMap<String, VolumeFacts> =
            scope.volumes.iter().map(|(key, facts)| (key.docker_name(), *facts)).collect();
        let inspected = self.containers.values().filter(|found| containers.contains_key(&found.name));
        let mounted: BTreeSet<&str> = inspected.flat_map(SimContainer::volumes).collect();
        let helpers: BTreeSet<Helper> = self.containers.values().filter_map(helper).collect();
        let mut found = BTreeMap::new();
        for (name, volume) in &self.volumes {
            let key = name.parse::<VolumeKey>().ok();
            let has =
                |kind: fn(VolumeKey) -> Helper| key.clone().is_some_and(|key| helpers.contains(&kind(key)));
            let (carrier, look) = (has(Helper::Carrier), has(Helper::Look));
            let is_helped = (carrier || look) && key.as_ref().is_some_and(|key| key.map == scope.map);
            if !asked.contains_key(name) && !names_map(&volume.labels, &scope.map) && !is_helped {
                continue;
            }
            let facts = asked.get(name).copied().unwrap_or_default();
            let top = VolumeTop { mode: volume.root.mode, owner: facts.owner.then_some(volume.root.owner) };
            let observed = ObservedVolume {
                driver: volume.driver.clone(),
                options: volume.options.clone(),
                labels: volume.labels.clone(),
                top: (mounted.contains(name.as_str()) && (facts.mode || facts.owner)).then_some(top),
                carrier,
                look,
            };
            found.insert(name.clone(), observed);
        }
        found
    }
}

/// Returns the images whose accounts are read: those that are run with a volume whose owner is given by name.
fn accounts_read(scope: &Scope, containers: &BTreeMap<String, ObservedContainer>) -> BTreeSet<EngineId> {
    let named = scope.volumes.iter().filter(|(_, facts)| facts.accounts);
    let sources: BTreeSet<ObservedMountSource> =
        named.map(|(key, _)| ObservedMountSource::Volume(key.docker_name())).collect();
    let mounts_one = |container: &&ObservedContainer| {
        container.mounts.values().any(|mount| sources.contains(&mount.source))
    };
    containers.values().filter(mounts_one).map(|container| container.image.clone()).collect()
}

fn defaults(image: &SimImage) -> ImageDefaults {
    let variable = |(name, value): (&String, &String)| (name.clone(), EnvText::new(value));
    ImageDefaults {
        environment: image.environment.iter().map(variable).collect(),
        command: image.command.clone(),
        entrypoint: image.entrypoint.clone(),
        user: image.user.clone(),
        working_dir: image.working_dir.clone(),
        stop_signal: image.stop_signal.clone(),
        exposed: image.exposed.clone(),
        labels: image.labels.clone(),
        healthcheck: image.healthcheck.clone(),
    }
}

fn key(container: &SimContainer) -> Option<ResourceKey> {
    container.facts.labels.get(label::KEY)?.parse().ok()
}

fn helper(container: &SimContainer) -> Option<Helper> {
    Helper::of(&container.name, &container.facts.labels)
}

fn is_carrier(container: &SimContainer) -> bool {
    matches!(helper(container), Some(Helper::Carrier(_) | Helper::Look(_)))
}

/// A container is looked into if it has a name the map needs, or is labelled as the map's.
fn is_inspected(container: &SimContainer, scope: &Scope) -> bool {
    if helper(container).is_some() {
        return false;
    }
    let labelled = matches!(key(container), Some(ResourceKey::Container(key)) if key.map == scope.map);
    labelled || container.name.parse::<ContainerRef>().is_ok_and(|at| scope.containers.contains(&at.key))
}

fn are_processes_asked(container: &SimContainer, scope: &Scope) -> bool {
    let at = container.name.parse::<ContainerRef>();
    at.is_ok_and(|at| at.slot == Slot::Current && scope.processes.contains(&at.key))
}

fn bystander(container: &SimContainer) -> Bystander {
    let holds = container.is_up() && container.holds_ports();
    Bystander {
        id: Some(container.facts.id.clone()),
        is_up: container.is_up(),
        beside: match helper(container) {
            Some(Helper::Run(beside)) => Some(beside),
            Some(Helper::Carrier(_) | Helper::Look(_)) | None => None,
        },
        volumes: container.volumes().map(String::from).collect(),
        networks: container.facts.endpoints.keys().cloned().collect(),
        ports: if holds { container.facts.published.clone() } else { BTreeMap::new() },
    }
}

/// Returns whether labels say that the object is of this map.
fn names_map(labels: &BTreeMap<String, String>, map: &MapName) -> bool {
    labels.get(label::KEY).and_then(|key| key.parse().ok()).is_some_and(|key| label::is_of_map(&key, map))
}
