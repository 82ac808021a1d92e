//! Commands that are run in containers, and what is noted of them.

use alloc::vec::Vec;

use super::{SimEngine, SimError};
use crate::engine::{Moment, ObservedProcess, Record, RunState};
use crate::spec::ExecSpec;

impl SimEngine {
    /// Runs a command in a container. It ends at once and with success.
    ///
    /// # Errors
    ///
    /// There is no such container, or it does not run.
    pub fn exec(&mut self, name: &str, command: &ExecSpec) -> Result<(), SimError> {
        let container = self.find_mut(name)?;
        if container.facts.state != RunState::Running {
            return Err(SimError::NotRunning { name: container.name.clone() });
        }
        let started = container.facts.started.clone();
        container.executed.push((started, command.clone()));
        Ok(())
    }

    /// Returns the commands that were run in a container, each with the time of the start before.
    pub fn executed(&self, name: &str) -> Vec<(Option<Moment>, ExecSpec)> {
        self.find(name).map(|container| container.executed.clone()).unwrap_or_default()
    }

    /// Returns when a container was started last.
    pub fn last_start(&self, name: &str) -> Option<Moment> {
        self.find(name).ok()?.facts.started.clone()
    }

    /// Says which processes a container has.
    ///
    /// # Errors
    ///
    /// There is no such container.
    pub fn spawn(&mut self, name: &str, processes: Vec<ObservedProcess>) -> Result<(), SimError> {
        self.find_mut(name)?.facts.processes = Some(processes);
        Ok(())
    }

    /// Puts down what is noted about earlier runs, or loses it.
    pub fn note(&mut self, record: Option<Record>) {
        self.record = record;
    }
}
