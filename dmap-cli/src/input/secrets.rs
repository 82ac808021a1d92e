//! Reading of what secrets hold. No message has any of it.

use std::collections::{BTreeMap, BTreeSet};

use container_map::config::{ContainerConfig, Variable};
use container_map::{ContainerKey, Secret, SecretSource, Variables};
use map_planner::Goal;

use super::text::read_file;
use crate::deployment::Deployment;
use crate::exit::Exit;
use crate::failure::Failure;

/// What secrets hold, by where it was read from.
pub(crate) type Secrets = BTreeMap<SecretSource, Secret>;

/// Reads the secrets of deployments: those of the containers that are asked for, and what can be read of the others.
///
/// # Errors
///
/// Secrets of containers that are asked for cannot be read.
pub(super) fn secrets(deployments: &[Deployment<'_>], variables: &Variables) -> Result<Secrets, Failure> {
    let mut secrets = Secrets::new();
    let mut problems = Vec::new();
    for (source, needed_by) in wanted(deployments) {
        match (value(source, variables), needed_by) {
            (Ok(value), _) => drop(secrets.insert(source.clone(), Secret::new(value))),
            (Err(problem), Some(key)) => problems.push(format!("`{key}` needs {source}: {problem}")),
            // The planner says so if it comes to replacing the container nevertheless.
            (Err(_), None) => {}
        }
    }
    if problems.is_empty() {
        return Ok(secrets);
    }
    let failure = Failure::new(Exit::Failed, "not all secrets can be read; nothing was done");
    Err(problems.into_iter().fold(failure, Failure::note))
}

/// Returns all secrets, each with a container that cannot do without it.
fn wanted<'p>(deployments: &[Deployment<'p>]) -> BTreeMap<&'p SecretSource, Option<ContainerKey>> {
    let mut wanted = BTreeMap::new();
    for deployment in deployments.iter().filter(|deployment| deployment.request.goal == Goal::Up) {
        let secret: Vec<_> = deployment
            .containers()
            .flat_map(|(key, config)| sources(config).map(move |source| (key.clone(), source)))
            .collect();
        // Most maps have no secrets, and what large ones need takes time to find out.
        let needed = if secret.is_empty() { BTreeSet::new() } else { deployment.needed() };
        for (key, source) in secret {
            let needed_by = wanted.entry(source).or_insert(None);
            if needed_by.is_none() && needed.contains(&key) {
                *needed_by = Some(key);
            }
        }
    }
    wanted
}

fn sources(config: &ContainerConfig) -> impl Iterator<Item = &SecretSource> {
    config.create_options.environment.values().flatten().filter_map(|variable| match variable {
        Variable::Secret(source) => Some(source),
        Variable::Text(_) => None,
    })
}

fn value(source: &SecretSource, variables: &Variables) -> Result<String, String> {
    let value = match source {
        SecretSource::Env(name) => variables.values.get(name).cloned().ok_or("it is not set")?,
        SecretSource::File(path) => {
            let text = read_file(path.as_ref()).map_err(|error| error.in_words())?;
            // Editors end a file with a line break that nobody means.
            let line = text.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
            line.unwrap_or(&text).to_owned()
        }
    };
    if value.contains('\0') { Err("it holds a NUL character".to_owned()) } else { Ok(value) }
}
