//! Logins that `docker login` keeps: in its configuration, or with a helper program that it names
//! ([reference](https://docs.docker.com/reference/cli/docker/login/#credential-stores)).

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use container_map::Secret;
use docker_exec::{Credential, registry_name};
use serde::{Deserialize, Deserializer};

use super::secrets::Credentials;
use super::text::{ReadError, read_file};
use crate::exit::Exit;
use crate::failure::Failure;

/// The registry that images without one come from, and what helpers know it by.
const DOCKER_HUB: &str = "docker.io";
const HUB_ADDRESS: &str = "https://index.docker.io/v1/";
/// The name that helpers give to a token that is no password.
const TOKEN: &str = "<token>";

/// The parts of `config.json` that are about registries.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    auths: BTreeMap<String, Auth>,
    /// The helper for all registries that have none of their own.
    creds_store: Option<String>,
    cred_helpers: BTreeMap<String, String>,
}

/// How to log in to one registry; empty if a helper knows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Auth {
    #[serde(deserialize_with = "secret")]
    auth: Option<Secret>,
    /// Counts before the other one, which then has the user alone.
    #[serde(rename = "identitytoken", deserialize_with = "secret")]
    token: Option<Secret>,
}

impl Auth {
    fn credential(&self) -> Option<Credential> {
        match &self.token {
            Some(token) if !token.expose().is_empty() => Some(Credential::Token(token.clone())),
            _ => Credential::from_basic(self.auth.as_ref()?.expose()),
        }
    }
}

/// What a helper answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    #[serde(deserialize_with = "secret")]
    secret: Option<Secret>,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    String::deserialize(deserializer).map(|text| Some(Secret::new(text)))
}

/// Reads how to log in to registries, from where the `docker` command has it: `config.json` in the folder of
/// `DOCKER_CONFIG`, or else in `.docker` at home.
///
/// # Errors
///
/// The configuration cannot be read, or a helper cannot be run.
pub(crate) fn logins(registries: &BTreeSet<String>) -> Result<Credentials, Failure> {
    let Some(path) = path() else {
        return Ok(Credentials::new());
    };
    let text = match read_file(&path) {
        Err(ReadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(Credentials::new()),
        read => read.map_err(|error| Failure::unreadable("configuration of `docker`", &path, &error))?,
    };
    let config: Config = serde_json::from_str(&text).map_err(|error| {
        // The error's own words can quote the text.
        let place = format!("line {}, column {}", error.line(), error.column());
        let what = format!("`{}` is not what `docker login` writes: {place}", path.display());
        Failure::new(Exit::Failed, what).hint("mend or remove it, or name another folder with DOCKER_CONFIG")
    })?;
    of_config(&config, registries, ask)
}

fn path() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("DOCKER_CONFIG").or_else(|| set("HOME").map(|home| home.join(".docker")))?;
    Some(folder.join("config.json"))
}

/// Adds logins of `docker login` to those that are known, for registries that nothing is known of.
///
/// # Errors
///
/// As [`logins`].
pub(super) fn completed(known: Credentials, registries: &BTreeSet<String>) -> Result<Credentials, Failure> {
    let names: BTreeSet<&str> = known.keys().map(|name| registry_name(name)).collect();
    let others: BTreeSet<String> =
        registries.iter().filter(|name| !names.contains(name.as_str())).cloned().collect();
    let found = if others.is_empty() { Credentials::new() } else { logins(&others)? };
    Ok(known.into_iter().chain(found).collect())
}

/// Returns what is known of registries. What is written down counts for those for which no helper is named.
fn of_config(
    config: &Config,
    registries: &BTreeSet<String>,
    ask: impl Fn(&str, &str) -> Result<Option<Answer>, Failure>,
) -> Result<Credentials, Failure> {
    let written = config.auths.iter().filter_map(|(name, auth)| {
        let (registry, credential) = (registry_name(name), auth.credential()?);
        registries.contains(registry).then(|| (registry.to_owned(), credential))
    });
    let mut found: Credentials = written.collect();
    for registry in registries {
        let address = if registry == DOCKER_HUB { HUB_ADDRESS } else { registry };
        let own = config.cred_helpers.get(address).or_else(|| config.cred_helpers.get(registry));
        let Some(helper) = own.or(config.creds_store.as_ref()) else { continue };
        let answer = ask(helper, address)?;
        if let Some(Answer { username, secret: Some(secret) }) = answer {
            let credential = match username.as_str() {
                TOKEN => Credential::Token(secret),
                _ => Credential::User { username, password: secret },
            };
            found.insert(registry.clone(), credential);
        }
    }
    Ok(found)
}

/// Asks a helper; none if it knows nothing. It writes its answer, and what went wrong too, to standard output: neither is
/// repeated.
fn ask(helper: &str, address: &str) -> Result<Option<Answer>, Failure> {
    let program = format!("docker-credential-{helper}");
    let run = || {
        let mut child = Command::new(&program)
            .arg("get")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            writeln!(input, "{address}")?;
        }
        child.wait_with_output()
    };
    let output = run().map_err(|error| {
        let text = format!("cannot ask `{program}` how to log in to `{address}`: {error}");
        Failure::new(Exit::Failed, text)
            .hint("the configuration of `docker` names it; install it, or take it out there")
    })?;
    // One that fails has no login, as far as the `docker` command is concerned.
    Ok(output.status.success().then(|| serde_json::from_slice(&output.stdout).ok()).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Config {
        serde_json::from_str(text).unwrap()
    }

    fn found(config: &str, registries: &[&str]) -> Vec<String> {
        let ask = |helper: &str, address: &str| {
            let username =
                if address.contains("token") { TOKEN.to_owned() } else { format!("{helper}@{address}") };
            let answer = Answer { username, secret: Some(Secret::new("sesame")) };
            Ok(Some(answer).filter(|_| !address.contains("unknown")))
        };
        let registries = registries.iter().map(|name| (*name).to_owned()).collect();
        let found = of_config(&read(config), &registries, ask).unwrap();
        found
            .iter()
            .map(|(name, login)| match login {
                Credential::User { username, password } => format!("{name} {username}:{}", password.expose()),
                Credential::Token(token) => format!("{name} token {}", token.expose()),
            })
            .collect()
    }

    #[test]
    fn what_is_written_down() {
        // `me:a:b`
        let config =
            r#"{"auths": {"a:5000": {"auth": "bWU6YTpi"}, "empty": {}, "bad": {"auth": "%"}}, "other": [1]}"#;
        assert_eq!(found(config, &["a:5000"]), ["a:5000 me:a:b"]);
        assert_eq!(found(config, &["b"]), [""; 0]);
        let token = r#"{"auths": {"a": {"auth": "bWU6", "identitytoken": "t"}, "b": {"auth": "bWU6YQ==", "identitytoken": ""}}}"#;
        assert_eq!(found(token, &["a", "b"]), ["a token t", "b me:a"]);
        let hub = r#"{"auths": {"https://index.docker.io/v1/": {"auth": "bWU6YTpi"}}}"#;
        assert_eq!(found(hub, &["docker.io"]), ["docker.io me:a:b"]);
        assert_eq!(found("{}", &["a"]), [""; 0]);
        assert!(!format!("{:?}", read(config)).contains("bWU6"));
    }

    #[test]
    fn what_helpers_know() {
        let config = r#"{"auths": {"docker.io": {}}, "credsStore": "all", "credHelpers": {"one": "own"}}"#;
        let expected =
            ["docker.io all@https://index.docker.io/v1/:sesame", "one own@one:sesame", "token token sesame"];
        assert_eq!(found(config, &["docker.io", "one", "unknown", "token"]), expected);
        assert_eq!(found(config, &[]), [""; 0], "nobody is asked for nothing");
    }

    #[test]
    fn a_helper_that_is_not_there_is_named() {
        let failure = ask("there-is-none-of-this-name", "a").unwrap_err();
        assert!(format!("{:?}", failure.diagnostic).contains("docker-credential-there-is-none-of-this-name"));
    }
}
