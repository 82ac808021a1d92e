//! Reading of what secrets hold. No message has any of it.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};

use container_map::config::{ContainerConfig, Variable};
use container_map::{ClientConfig, ContainerKey, Password, Secret, SecretSource, Variables};
use docker_exec::Credential;
use map_planner::Plan;

use super::text::read_file;
use crate::deployment::Deployment;
use crate::exit::Exit;
use crate::failure::Failure;

/// What secrets hold, by where it was read from.
pub(crate) type Secrets = BTreeMap<SecretSource, Secret>;

/// How to log in to registries, by their names.
pub(crate) type Credentials = BTreeMap<String, Credential>;

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
    if problems.is_empty() { Ok(secrets) } else { Err(unreadable(problems)) }
}

/// Reads the secrets that plans name.
///
/// # Errors
///
/// Some cannot be read.
pub(super) fn of_plans(plans: &[Plan], variables: &Variables) -> Result<Secrets, Failure> {
    let mut secrets = Secrets::new();
    let mut problems = Vec::new();
    for source in plans.iter().flat_map(Plan::secrets).collect::<BTreeSet<_>>() {
        match value(source, variables) {
            Ok(value) => drop(secrets.insert(source.clone(), Secret::new(value))),
            Err(problem) => problems.push(format!("the plan needs {source}: {problem}")),
        }
    }
    if problems.is_empty() { Ok(secrets) } else { Err(unreadable(problems)) }
}

/// Reads the passwords with which a client's engine pulls images.
///
/// # Errors
///
/// Some cannot be read.
pub(super) fn credentials(client: &ClientConfig, variables: &Variables) -> Result<Credentials, Failure> {
    let mut credentials = Credentials::new();
    let mut problems = Vec::new();
    for (registry, login) in &client.auth_configs {
        let password = match &login.password {
            Password::Given(password) => Ok(password.clone()),
            Password::Source(source) => value(source, variables)
                .map(Secret::new)
                .map_err(|problem| format!("the login to `{registry}` needs {source}: {problem}")),
        };
        match password {
            Ok(password) => {
                let username = login.username.clone();
                credentials.insert(registry.clone(), Credential::User { username, password });
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(credentials) } else { Err(unreadable(problems)) }
}

fn unreadable(problems: Vec<String>) -> Failure {
    let failure = Failure::new(Exit::Failed, "not all secrets can be read; nothing was done");
    problems.into_iter().fold(failure, Failure::note)
}

/// Returns the socket of the agent with SSH keys, if there is one.
pub(crate) fn agent() -> Option<PathBuf> {
    env::var_os("SSH_AUTH_SOCK").filter(|socket| !socket.is_empty()).map(PathBuf::from)
}

/// Reads a secret of a build, to the letter.
///
/// # Errors
///
/// The file cannot be read, or is not text.
pub(crate) fn read_secret(path: &Path) -> Result<String, Failure> {
    read_file(path).map_err(|error| Failure::unreadable("secret", path, &error))
}

/// Returns all secrets, each with a container that cannot do without it.
fn wanted<'p>(deployments: &[Deployment<'p>]) -> BTreeMap<&'p SecretSource, Option<ContainerKey>> {
    let mut wanted = BTreeMap::new();
    for deployment in deployments.iter().filter(|deployment| deployment.request.verb.can_create()) {
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

#[cfg(test)]
mod tests {
    use container_map::Login;

    use super::*;

    #[test]
    fn passwords_of_registries() {
        let variables: Variables = [("HUB", "hunter2")].into_iter().collect();
        let login = |password| Login { username: "me".to_owned(), password };
        let env = |name: &str| Password::Source(SecretSource::Env(name.to_owned()));
        let client = |logins: &[(&str, Password)]| ClientConfig {
            auth_configs: logins
                .iter()
                .map(|(name, password)| ((*name).to_owned(), login(password.clone())))
                .collect(),
            ..ClientConfig::default()
        };
        let known = client(&[("a", Password::Given(Secret::new("hunter1"))), ("b", env("HUB"))]);
        let found = credentials(&known, &variables).unwrap();
        let user = |password| Credential::User { username: "me".to_owned(), password: Secret::new(password) };
        let expected = [("a", "hunter1"), ("b", "hunter2")].map(|(name, word)| (name.to_owned(), user(word)));
        assert_eq!(found, expected.into());

        let failure = credentials(&client(&[("a", env("HUB")), ("b", env("NONE"))]), &variables).unwrap_err();
        assert_eq!(failure.exit, Exit::Failed);
        let shown = format!("{:?}", failure.diagnostic);
        assert!(shown.contains("the login to `b` needs variable NONE: it is not set"), "{shown}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
}
