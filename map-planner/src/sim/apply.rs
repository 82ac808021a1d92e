//! Actions, whole and cut in the middle.

use super::prepare::{Preparation, Stage};
use super::{SimEngine, SimError};
use crate::action::Action;
use crate::container_ref::ContainerRef;
use crate::spec::VolumeSpec;

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It changed the engine.
    Done,
    /// The engine was so already.
    AlreadyDone,
}

impl Applied {
    fn changed(changed: bool) -> Self {
        if changed { Self::Done } else { Self::AlreadyDone }
    }
}

impl SimEngine {
    /// Does one action.
    ///
    /// # Errors
    ///
    /// Whatever an engine refuses; see the operations of this type.
    pub fn apply(&mut self, action: &Action) -> Result<Applied, SimError> {
        let done = |()| Applied::Done;
        match action {
            Action::PullImage { image, .. } => self.pull(image).map(done),
            Action::BuildImage { image, build, context, bases, pulls } => {
                pulls.iter().try_for_each(|base| self.pull(base))?;
                self.build(image, build, context, bases).map(done)
            }
            Action::CreateNetwork { network, spec } => {
                self.create_network(&network.docker_name(), spec).map(|_| Applied::Done)
            }
            Action::RemoveNetwork { network } => self.remove_network(&network.docker_name()).map(done),
            Action::ConnectNetwork { network, container, endpoint } => {
                self.connect(&network.docker_name(), &container.docker_name(), endpoint).map(done)
            }
            Action::DisconnectNetwork { network, container } => {
                self.disconnect(&network.docker_name(), &container.docker_name()).map(done)
            }
            Action::CreateVolume { volume, spec } => self.create_own_volume(&volume.docker_name(), spec),
            Action::PrepareVolume { .. } => self.prepare_until(action, Stage::Done),
            Action::CreateContainer { container, spec } => {
                self.create_container(&container.docker_name(), spec).map(|_| Applied::Done)
            }
            Action::UpdateContainer { container, limits } => {
                self.update(&container.docker_name(), limits).map(done)
            }
            Action::StartContainer { container, .. } => {
                self.start(&container.docker_name()).map(Applied::changed)
            }
            Action::StopContainer { container, .. } => {
                self.stop(&container.docker_name()).map(Applied::changed)
            }
            Action::KillContainer { container, signal } => {
                self.kill(&container.docker_name(), *signal).map(done)
            }
            Action::RemoveVolume { volume } => self.remove_volume(&volume.docker_name()).map(done),
            Action::RestartContainer { container, .. } => {
                let name = container.docker_name();
                self.stop(&name)?;
                self.start(&name).map(|_| Applied::Done)
            }
            Action::RenameContainer { container, to } => {
                let target = ContainerRef::new(&container.key, *to);
                self.rename(&container.docker_name(), &target.docker_name()).map(done)
            }
            Action::AwaitContainer { container, until, .. } => {
                self.wait(&container.docker_name(), *until).map(done)
            }
            Action::Exec { container, command } => self.exec(&container.docker_name(), command).map(done),
            Action::RemoveContainer { container } => {
                self.remove_container(&container.docker_name()).map(done)
            }
            Action::RemoveHelper { helper } => self.remove_helper(helper).map(Applied::changed),
        }
    }

    fn create_own_volume(&mut self, name: &str, spec: &VolumeSpec) -> Result<Applied, SimError> {
        let is_new = self.volume(name).is_none();
        let found = self.create_volume(name, spec);
        // The answer is a success whatever is there, so its labels have to be looked at.
        if found.labels == spec.labels && found.driver == spec.driver {
            Ok(Applied::changed(is_new))
        } else {
            Err(SimError::NameTaken { what: "volume", name: name.into() })
        }
    }

    /// Returns in how many places an action can be cut so that a part of it has happened.
    pub fn crash_points(action: &Action) -> usize {
        match action {
            Action::PrepareVolume { .. } => Stage::CUTS.len(),
            _ => 0,
        }
    }

    /// Does a part of an action, as far as one of its [crash points](Self::crash_points), counted from 0; does all of it
    /// if there is no such point.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn apply_partially(&mut self, action: &Action, point: usize) -> Result<Applied, SimError> {
        match action {
            Action::PrepareVolume { .. } => {
                self.prepare_until(action, Stage::CUTS.get(point).copied().unwrap_or(Stage::Done))
            }
            _ => self.apply(action),
        }
    }

    fn prepare_until(&mut self, action: &Action, until: Stage) -> Result<Applied, SimError> {
        let Action::PrepareVolume { volume, image, at, owner, mode, depth } = action else {
            return self.apply(action);
        };
        let preparation =
            Preparation { volume, image, at, owner: owner.as_ref(), mode: mode.as_ref(), depth: *depth };
        self.prepare(&preparation, until)
    }
}
