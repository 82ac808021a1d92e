//! What was typed for engines, and what it means.

use std::env;

use container_map::{ClientConfig, ClientName};
use map_planner::{Goal, Ignored};

use crate::args::{CommonArgs, EngineCommand};
use crate::failure::Failure;
use crate::input::Snapshot;
use crate::verb::Asked;

/// The variable of the docker command that says where the engine is.
const DOCKER_HOST: &str = "DOCKER_HOST";

/// What a command asks of engines.
#[derive(Debug)]
pub(crate) struct Settings {
    /// What was named on the command line.
    pub(crate) targets: Vec<String>,
    /// The clients that were named; empty for all.
    pub(crate) clients: Vec<String>,
    /// What is asked of them.
    pub(crate) asked: Asked,
    /// Where the engines' state comes from.
    pub(crate) source: Source,
}

/// Where the state of engines comes from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The engines.
    Live(Hosts),
    /// A snapshot.
    Recorded(Box<Snapshot>),
}

/// Where engines are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Hosts {
    /// What was typed for the default client.
    typed: Option<String>,
    /// Where clients are that do not say.
    usual: Option<String>,
}

impl Hosts {
    /// Finds out what was typed, and what is usual.
    pub(crate) fn new(common: &CommonArgs) -> Self {
        let usual = env::var(DOCKER_HOST).ok().filter(|host| !host.is_empty());
        Self { typed: common.host.clone(), usual }
    }

    /// Returns where a client's engine is; none for the local socket.
    pub(crate) fn of(&self, client: &ClientConfig) -> Option<String> {
        let typed = self.typed.as_ref().filter(|_| client.name == ClientName::default());
        typed.or(client.base_url.as_ref()).or(self.usual.as_ref()).cloned()
    }
}

impl Settings {
    /// Finds out what a command asks.
    ///
    /// # Errors
    ///
    /// The snapshot cannot be read.
    pub(crate) fn new(common: &CommonArgs, command: &EngineCommand) -> Result<Self, Failure> {
        let (mut asked, state) = match command {
            EngineCommand::Plan(plan) => (Asked::planned(plan), plan.engine_state.as_deref()),
            EngineCommand::Change(change) => (Asked::by(change), None),
            EngineCommand::Status(status) => (Asked::plainly(Goal::Up), status.engine_state.as_deref()),
            EngineCommand::Run(_) | EngineCommand::Snapshot(_) => (Asked::plainly(Goal::Up), None),
        };
        let (targets, clients) = command.chosen();
        asked.policy.ignored = if common.verbose { Ignored::Told } else { Ignored::Untold };
        Ok(Self {
            targets: targets.to_vec(),
            clients: clients.to_vec(),
            asked,
            source: match state {
                Some(path) => Source::Recorded(Box::new(Snapshot::read(path)?)),
                None => Source::Live(Hosts::new(common)),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_for_the_default_client_only() {
        let client = |name: &str, url: Option<&str>| ClientConfig {
            name: name.parse().unwrap(),
            base_url: url.map(str::to_owned),
            ..ClientConfig::default()
        };
        let (typed, own, usual) = ("unix:///typed", "unix:///own", "unix:///usual");
        for (name, url, typed_here, expected) in [
            ("default", None, None, usual),
            ("default", Some(own), None, own),
            ("default", Some(own), Some(typed), typed),
            ("east", None, Some(typed), usual),
            ("east", Some(own), Some(typed), own),
        ] {
            let hosts = Hosts { typed: typed_here.map(str::to_owned), usual: Some(usual.to_owned()) };
            assert_eq!(
                hosts.of(&client(name, url)).as_deref(),
                Some(expected),
                "{name} {url:?} {typed_here:?}"
            );
        }
    }
}
