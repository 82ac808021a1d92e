//! What people and machines do to an engine behind dmap's back.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use container_map::config::{HostOptions, Ipam, Number, Pool, RestartPolicy, SwapLimit};
use container_map::{ByteSize, ContainerKey, ContainerPath, ImageRef, NetworkKey, VolumeKey};

use super::{SimContainer, SimEngine, SimError, SimImage, SimProcess};
use crate::container_ref::{ContainerRef, Slot};
use crate::engine::{EngineId, Health, Moment, NumericOwner, RunState, Scope};
use crate::label;
use crate::limits::{Limits, Processes};
use crate::spec::{ContainerSpec, EndpointSpec, NetworkSpec, VolumeSpec};

/// One thing that happens to an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// A container is removed by force.
    RemoveContainer(String),
    /// A container is stopped.
    StopContainer(String),
    /// A container's process ends with an exit code.
    EndContainer(String, i64),
    /// A container is stopped and started.
    RestartContainer(String),
    /// A container's health check has to pass anew.
    LoseHealth(String),
    /// Limits of a container are changed in place, by hand.
    UpdateContainer(String, Limits),
    /// A container gets another name.
    RenameContainer(String, String),
    /// A container is taken out of a network.
    Disconnect {
        /// The container.
        container: String,
        /// The network.
        network: String,
    },
    /// A container is put into the default bridge.
    ConnectBridge(String),
    /// A tag is given to another image.
    Retag(ImageRef, EngineId),
    /// A tag is taken away.
    RemoveTag(ImageRef),
    /// Owner and mode of a volume's directory are changed.
    ChangeTop(String, NumericOwner, u32),
    /// A volume that nobody mounts is removed.
    RemoveVolume(String),
    /// A network is removed, its containers being stopped first.
    RemoveNetwork(String),
    /// The same, and it is made anew by hand.
    RecreateNetwork(String),
    /// A container that has nothing to do with the map takes one of its names.
    ForeignContainer(String, ImageRef),
    /// A volume by hand takes one of the map's names.
    ForeignVolume(String),
    /// A network by hand takes one of the map's names.
    ForeignNetwork(String),
    /// A copy of a container waits as its successor, as an interrupted replacement leaves it.
    LeaveNext(ContainerKey),
    /// A stopped copy of a container is there as its predecessor.
    LeavePrev(ContainerKey),
    /// A container was moved away as its own predecessor.
    MoveAway(ContainerKey),
    /// The carrier of a volume is there.
    LeaveCarrier(VolumeKey, ImageRef),
    /// The container through which a volume is looked into is there.
    LeaveLook(VolumeKey, ImageRef),
}

impl SimEngine {
    /// Returns all that can happen now to what a scope names.
    pub fn damages(&self, scope: &Scope) -> Vec<Damage> {
        let mut found = Vec::new();
        for key in &scope.containers {
            match self.find(&key.docker_name()) {
                Ok(container) => self.container_damages(key, container, &mut found),
                Err(_) => found.extend(
                    scope
                        .images
                        .iter()
                        .find(|image| self.tags.contains_key(*image))
                        .map(|image| Damage::ForeignContainer(key.docker_name(), image.clone())),
                ),
            }
        }
        self.network_damages(&scope.networks, &mut found);
        self.volume_damages(scope, &mut found);
        for image in &scope.images {
            self.image_damages(image, &mut found);
        }
        found
    }

    fn container_damages(&self, key: &ContainerKey, container: &SimContainer, found: &mut Vec<Damage>) {
        let name = &container.name;
        found.push(Damage::RemoveContainer(name.clone()));
        if container.is_up() {
            found.push(Damage::StopContainer(name.clone()));
            found.push(Damage::RestartContainer(name.clone()));
            found.extend([0, 1, 127].map(|code| Damage::EndContainer(name.clone(), code)));
        }
        if container.facts.health == Some(Health::Healthy) {
            found.push(Damage::LoseHealth(name.clone()));
        }
        for limits in by_hand_limits() {
            if self.clone().update(name, &limits).is_ok() {
                found.push(Damage::UpdateContainer(name.clone(), limits));
            }
        }
        let elsewhere = format!("{}-elsewhere", name.replace('.', "-"));
        found.push(Damage::RenameContainer(name.clone(), elsewhere));
        for network in
            container.facts.endpoints.keys().filter(|network| *network != "host" && *network != "none")
        {
            found.push(Damage::Disconnect { container: name.clone(), network: network.clone() });
        }
        let mut trial = self.clone();
        if trial.connect("bridge", name, &EndpointSpec::default()).is_ok() {
            found.push(Damage::ConnectBridge(name.clone()));
        }
        let is_free = |slot| self.find(&ContainerRef::new(key, slot).docker_name()).is_err();
        if is_free(Slot::Next) {
            found.push(Damage::LeaveNext(key.clone()));
        }
        if is_free(Slot::Prev) {
            found.push(Damage::LeavePrev(key.clone()));
            found.push(Damage::MoveAway(key.clone()));
        }
    }

    fn network_damages<'a>(
        &self,
        networks: impl IntoIterator<Item = &'a NetworkKey>,
        found: &mut Vec<Damage>,
    ) {
        for name in networks.into_iter().filter(|key| !key.is_preset()).map(NetworkKey::docker_name) {
            if self.network(&name).is_ok() {
                found.push(Damage::RemoveNetwork(name.clone()));
                found.push(Damage::RecreateNetwork(name));
            } else {
                found.push(Damage::ForeignNetwork(name));
            }
        }
    }

    fn volume_damages(&self, scope: &Scope, found: &mut Vec<Damage>) {
        for key in scope.volumes.keys() {
            let name = key.docker_name();
            if self.volume(&name).is_none() {
                found.push(Damage::ForeignVolume(name));
                continue;
            }
            found.push(Damage::ChangeTop(name.clone(), NumericOwner { uid: 7, gid: 7 }, 0o700));
            found.push(Damage::ChangeTop(name.clone(), NumericOwner { uid: 0, gid: 0 }, 0o777));
            if self.clone().remove_volume(&name).is_ok() {
                found.push(Damage::RemoveVolume(name));
            }
            let image = scope.images.iter().find(|image| self.tags.contains_key(*image));
            // A preparation works through one container at a time.
            let is_free =
                self.find(&label::carrier_name(key)).is_err() && self.find(&label::look_name(key)).is_err();
            if let Some(image) = image.filter(|_| is_free) {
                found.push(Damage::LeaveCarrier(key.clone(), image.clone()));
                found.push(Damage::LeaveLook(key.clone(), image.clone()));
            }
        }
    }

    /// A tag moves among images that do the same: a server does not become a job.
    fn image_damages(&self, image: &ImageRef, found: &mut Vec<Damage>) {
        let Ok((id, content)) = self.image(image) else {
            return;
        };
        found.push(Damage::RemoveTag(image.clone()));
        let runs = |image: &SimImage| matches!(image.process, SimProcess::Runs { .. });
        let others = self.images.iter().filter(|(other, found)| *other != id && runs(found) == runs(content));
        found.extend(others.map(|(other, _)| Damage::Retag(image.clone(), other.clone())));
    }

    /// Lets something happen.
    ///
    /// # Errors
    ///
    /// It cannot happen now.
    pub fn damage(&mut self, damage: &Damage) -> Result<(), SimError> {
        match damage {
            Damage::RemoveContainer(name) => {
                self.stop(name)?;
                self.remove_container(name)
            }
            Damage::StopContainer(name) => self.stop(name).map(|_| ()),
            Damage::EndContainer(name, code) => self.end(name, *code).map(|_| ()),
            Damage::RestartContainer(name) => {
                self.stop(name)?;
                self.start(name).map(|_| ())
            }
            Damage::LoseHealth(name) => {
                self.find_mut(name)?.check_anew();
                Ok(())
            }
            Damage::UpdateContainer(name, limits) => self.update(name, limits),
            Damage::RenameContainer(name, to) => self.rename(name, to),
            Damage::Disconnect { container, network } => self.disconnect(network, container),
            Damage::ConnectBridge(name) => self.connect("bridge", name, &EndpointSpec::default()),
            Damage::Retag(image, id) => {
                self.tags.insert(image.clone(), id.clone());
                Ok(())
            }
            Damage::RemoveTag(image) => self.remove_tag(image),
            Damage::ChangeTop(volume, owner, mode) => self.change_top(volume, *owner, *mode),
            Damage::RemoveVolume(name) => self.remove_volume(name),
            Damage::RemoveNetwork(name) => self.vacate(name),
            Damage::RecreateNetwork(name) => {
                self.vacate(name)?;
                self.create_network(name, &by_hand()?).map(|_| ())
            }
            Damage::ForeignContainer(name, image) => {
                self.create_container(name, &ContainerSpec::new(image.clone())).map(|_| ())
            }
            Damage::ForeignVolume(name) => {
                let spec = VolumeSpec {
                    driver: "local".to_owned(),
                    options: BTreeMap::new(),
                    labels: BTreeMap::new(),
                };
                self.create_volume(name, &spec);
                Ok(())
            }
            Damage::ForeignNetwork(name) => self.create_network(name, &by_hand()?).map(|_| ()),
            Damage::LeaveNext(key) => self.copy(key, Slot::Next),
            Damage::LeavePrev(key) => self.copy(key, Slot::Prev),
            Damage::MoveAway(key) => {
                self.rename(&key.docker_name(), &ContainerRef::new(key, Slot::Prev).docker_name())
            }
            Damage::LeaveLook(volume, image) => self.create_look(volume, image),
            Damage::LeaveCarrier(volume, image) => {
                let at: ContainerPath =
                    "/srv".parse().map_err(|_| SimError::refused("/srv", "not a path"))?;
                self.create_carrier(volume, image, &at)
            }
        }
    }

    /// Stops who is in a network, and removes it.
    fn vacate(&mut self, network: &str) -> Result<(), SimError> {
        let is_in = |container: &&SimContainer| container.facts.endpoints.contains_key(network);
        let names: Vec<String> =
            self.containers.values().filter(is_in).map(|found| found.name.clone()).collect();
        for name in names {
            self.stop(&name)?;
        }
        self.remove_network(network)
    }

    /// Puts a copy of a container into a slot: never started as the successor, stopped as the predecessor.
    fn copy(&mut self, key: &ContainerKey, slot: Slot) -> Result<(), SimError> {
        let mut copy = self.find(&key.docker_name())?.clone();
        copy.name = ContainerRef::new(key, slot).docker_name();
        if self.find(&copy.name).is_ok() {
            return Err(SimError::NameTaken { what: "container", name: copy.name });
        }
        copy.facts.id = EngineId::new(self.issue('c'));
        copy.facts.state = if slot == Slot::Next { RunState::Created } else { RunState::Exited(143) };
        copy.facts.has_run = slot != Slot::Next;
        self.clock += 1;
        copy.facts.created = Some(Moment::tick(self.clock));
        if slot == Slot::Next {
            copy.facts.started = None;
        }
        copy.executed.clear();
        if slot == Slot::Next {
            copy.facts.endpoints.values_mut().for_each(|place| place.network.clear());
        }
        self.containers.insert(copy);
        Ok(())
    }
}

/// Returns what a person changes of a container that is in the way, or gets in its way.
fn by_hand_limits() -> Vec<Limits> {
    let policy = HostOptions { restart_policy: Some(RestartPolicy::UnlessStopped), ..HostOptions::default() };
    let memory = HostOptions {
        mem_limit: Some(ByteSize::new(96 << 20)),
        memswap_limit: Some(SwapLimit::Unlimited),
        ..HostOptions::default()
    };
    let processes = HostOptions { pids_limit: Number::new(77), ..HostOptions::default() };
    let limits =
        [policy, memory, processes].map(|options| Limits { options: options.into(), ..Limits::default() });
    let unlimited = Limits { processes: Processes::Unlimited, ..Limits::default() };
    limits.into_iter().chain([unlimited]).collect()
}

/// Returns a network as a person makes it, with room for all addresses of a private network.
fn by_hand() -> Result<NetworkSpec, SimError> {
    let subnet = "10.0.0.0/8".parse().map_err(|_| SimError::refused("10.0.0.0/8", "not a subnet"))?;
    let pool = Pool { subnet, ip_range: None, gateway: None, aux_addresses: BTreeMap::new() };
    let ipam = Ipam { pools: Vec::from([pool]), ..Ipam::default() };
    Ok(NetworkSpec { ipam: Some(ipam), ..NetworkSpec::new("bridge") })
}
