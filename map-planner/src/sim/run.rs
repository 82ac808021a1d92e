//! Starting, stopping, renaming and removing containers.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use container_map::Signal;
use container_map::config::Access;

use super::{SimContainer, SimEngine, SimError, SimFile, SimProcess};
use crate::action::Condition;
use crate::engine::{
    EngineId, Health, Moment, ObservedEndpoint, ObservedMountSource, ObservedNetworkMode, RunState,
};

/// The file that a container leaves where its image writes.
const WRITTEN: &str = "written";

impl SimEngine {
    /// Starts a container; returns whether it was not running before.
    ///
    /// # Errors
    ///
    /// There is no such container; a network, the namespace owner or a link target is gone or does not run; a port or
    /// address is held by another container.
    pub fn start(&mut self, name: &str) -> Result<bool, SimError> {
        let container = self.find(name)?;
        if container.is_up() {
            return Ok(false);
        }
        self.check_namespace(container)?;
        self.check_links(container)?;
        self.check_ports(container)?;
        let endpoints = self.places(container)?;
        let id = container.facts.id.clone();
        // An image that was removed by force does not stop its containers from starting.
        let image = self.images.get(&container.facts.image);
        let process = image.map_or_else(SimProcess::default, |image| image.process);
        let written: Vec<String> =
            image.map(|image| image.writes.iter().cloned().collect()).unwrap_or_default();
        self.clock += 1;
        let started = Moment::tick(self.clock);
        let container = self.find_mut(name)?;
        container.facts.started = Some(started);
        container.facts.has_run = true;
        container.facts.processes = Some(Vec::new());
        container.facts.endpoints = endpoints;
        container.facts.state = match process {
            SimProcess::Runs { .. } | SimProcess::Works(_) => RunState::Running,
            SimProcess::Exits(code) => RunState::Exited(code),
        };
        container.check_anew();
        for path in written {
            self.write(&id, &path);
        }
        Ok(true)
    }

    fn check_namespace(&self, container: &SimContainer) -> Result<(), SimError> {
        let ObservedNetworkMode::Container(owner) = &container.facts.network else {
            return Ok(());
        };
        let gone = || SimError::not_found("namespace owner", owner.as_str());
        let owner = self.containers.get(owner).ok_or_else(gone)?;
        if owner.is_up() { Ok(()) } else { Err(SimError::NotRunning { name: owner.name.clone() }) }
    }

    fn check_links(&self, container: &SimContainer) -> Result<(), SimError> {
        for (target, alias) in &container.links {
            let target =
                self.containers.get(target).ok_or_else(|| SimError::not_found("link target", alias))?;
            if !target.is_up() {
                return Err(SimError::NotRunning { name: target.name.clone() });
            }
            if !target.facts.endpoints.contains_key("bridge") {
                return Err(SimError::refused(
                    target.name.clone(),
                    "a link needs the target in the default bridge",
                ));
            }
        }
        Ok(())
    }

    fn check_ports(&self, container: &SimContainer) -> Result<(), SimError> {
        if !container.holds_ports() {
            return Ok(());
        }
        let published = container.facts.published.iter();
        for (protocol, wanted) in published.flat_map(|(port, all)| all.iter().map(|one| (port.protocol, one)))
        {
            let mut others = self.containers.publishing(protocol, wanted.port);
            let holds = |other: &&SimContainer| {
                let held = other.facts.published.iter().filter(|(port, _)| port.protocol == protocol);
                let mut held = held.flat_map(|(_, held)| held);
                other.is_up() && other.holds_ports() && held.any(|held| held.collides(wanted))
            };
            if let Some(other) = others.find(holds) {
                return Err(SimError::Held { what: format!("port {wanted}"), by: other.name.clone() });
            }
        }
        Ok(())
    }

    /// Looks up the networks of a container: by the identifier of an earlier start, by name before the first.
    fn places(&self, container: &SimContainer) -> Result<BTreeMap<String, ObservedEndpoint>, SimError> {
        let mut places = container.facts.endpoints.clone();
        for (name, place) in &mut places {
            if place.network.is_empty() {
                self.network(name)?.id.as_str().clone_into(&mut place.network);
            } else if !self.networks.contains_key(&EngineId::new(place.network.as_str())) {
                return Err(SimError::not_found("network", place.network.as_str()));
            }
            self.check_address(&container.name, place)?;
        }
        Ok(places)
    }

    /// Leaves a file in the volume a container can write to at a path.
    fn write(&mut self, container: &EngineId, path: &str) {
        let mount = self.containers.get(container).and_then(|found| found.facts.mounts.get(path));
        let Some(mount) = mount.filter(|mount| mount.access == Access::ReadWrite) else {
            return;
        };
        let ObservedMountSource::Volume(name) = &mount.source else {
            return;
        };
        if let Some(volume) = self.volumes.get_mut(name) {
            volume.root.files.entry(WRITTEN.to_owned()).or_insert_with(|| SimFile::plain(0, 0, 0o644));
        }
    }

    /// Stops a container; returns whether it was running before.
    ///
    /// # Errors
    ///
    /// There is no such container.
    pub fn stop(&mut self, name: &str) -> Result<bool, SimError> {
        let image = self.find(name)?.facts.image.clone();
        let code = match self.images.get(&image).map(|image| image.process) {
            Some(SimProcess::Runs { stopped }) => stopped,
            Some(SimProcess::Exits(code)) => code,
            Some(SimProcess::Works(_)) | None => 143,
        };
        self.end(name, code)
    }

    /// Sends a signal to a container. One that ends a process which has no say in it ends the container; whatever else a
    /// signal does is up to the process.
    ///
    /// # Errors
    ///
    /// There is no such container, or it does not run.
    pub fn kill(&mut self, name: &str, signal: Signal) -> Result<(), SimError> {
        if !self.find(name)?.is_up() {
            return Err(SimError::NotRunning { name: name.to_owned() });
        }
        if signal == Signal::KILL {
            self.end(name, 137)?;
        }
        Ok(())
    }

    /// Waits until a container is so far. Time passes meanwhile: checks pass, and jobs end.
    ///
    /// # Errors
    ///
    /// There is no such container, or it will never be so far.
    pub fn wait(&mut self, name: &str, until: Condition) -> Result<(), SimError> {
        let container = self.find(name)?;
        let state = container.facts.state;
        let not_running = || Err(SimError::NotRunning { name: name.to_owned() });
        match until {
            // A job that ended with success has run.
            Condition::Started if state.is_up() || state == RunState::Exited(0) => Ok(()),
            Condition::Healthy if state.is_up() => match container.facts.health {
                Some(_) => {
                    self.find_mut(name)?.facts.health = Some(Health::Healthy);
                    Ok(())
                }
                None => Err(SimError::refused(name, "it has no health check")),
            },
            Condition::Ready if container.facts.health.is_some() => self.wait(name, Condition::Healthy),
            Condition::Ready => self.wait(name, Condition::Started),
            Condition::Completed if state == RunState::Exited(0) => Ok(()),
            Condition::Completed if state.is_up() => {
                match self.images.get(&container.facts.image).map(|image| image.process) {
                    Some(SimProcess::Works(code)) => self.end(name, code)?,
                    Some(SimProcess::Runs { .. } | SimProcess::Exits(_)) => {
                        return Err(SimError::refused(name, "it does not end"));
                    }
                    // Nobody can tell any more, so it does what is hoped for.
                    None => self.end(name, 0)?,
                };
                self.wait(name, until)
            }
            Condition::Started | Condition::Healthy | Condition::Completed => not_running(),
        }
    }

    /// Ends a container's process with an exit code; returns whether it was running before.
    ///
    /// # Errors
    ///
    /// There is no such container.
    pub fn end(&mut self, name: &str, code: i64) -> Result<bool, SimError> {
        let container = self.find_mut(name)?;
        let was_up = container.is_up();
        if was_up {
            container.facts.state = RunState::Exited(code);
            container.check_anew();
        }
        Ok(was_up)
    }

    /// Removes a stopped container; its anonymous volumes stay.
    ///
    /// # Errors
    ///
    /// There is no such container, or it runs.
    pub fn remove_container(&mut self, name: &str) -> Result<(), SimError> {
        let container = self.find(name)?;
        if container.is_up() {
            return Err(SimError::refused(name, "it is running"));
        }
        self.containers.remove(name);
        Ok(())
    }

    /// Gives a container another name.
    ///
    /// # Errors
    ///
    /// There is no such container, or the name is taken.
    pub fn rename(&mut self, name: &str, to: &str) -> Result<(), SimError> {
        self.find(name)?;
        if self.find(to).is_ok() {
            return Err(SimError::NameTaken { what: "container", name: to.to_owned() });
        }
        self.containers.rename(name, to);
        Ok(())
    }
}

impl SimContainer {
    /// Forgets what the health check said; it says something of what runs only.
    pub(super) fn check_anew(&mut self) {
        self.facts.health = (self.is_up() && self.facts.is_checked()).then_some(Health::Starting);
    }

    /// Returns whether it publishes ports; in the host's or somebody else's namespace it does not.
    pub(super) fn holds_ports(&self) -> bool {
        match &self.facts.network {
            ObservedNetworkMode::Default => true,
            ObservedNetworkMode::Named(name) => name != "host" && name != "none",
            ObservedNetworkMode::Container(_) => false,
        }
    }
}
