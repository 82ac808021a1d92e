//! What can be typed for `build-image`, which is `build` with a tag or a Dockerfile.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::ValueEnum;
use container_map::ImageRef;

/// A directory to build from; no map is needed. Base images are pulled with the logins that `docker login` keeps.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct BuildImageArgs {
    /// The directory that is the build context; what its `.dockerignore` names is left out
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// The Dockerfile, which lies in the directory; `PATH.dockerignore` counts before `.dockerignore` [default:
    /// DIR/Dockerfile]
    #[arg(long, value_name = "PATH")]
    pub(crate) dockerfile: Option<PathBuf>,
    /// A name for the image; can be given several times, and the image gets all of them or none
    #[arg(short, long = "tag", value_name = "NAME[:TAG]")]
    pub(crate) tags: Vec<ImageRef>,
    /// Give it the tag `latest` too
    #[arg(long, requires = "tags")]
    pub(crate) latest: bool,
    /// The stage to build [default: the last one]
    #[arg(long, value_name = "STAGE")]
    pub(crate) target: Option<String>,
    /// The value of an `ARG`, or its name alone for a variable of the environment; it can be seen in the image
    #[arg(long = "build-arg", value_name = "NAME[=VALUE]")]
    pub(crate) args: Vec<String>,
    /// A label of the image, beside those of the Dockerfile
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) labels: Vec<(String, String)>,
    /// What it is built for, like `linux/arm64` [default: what the engine runs on]
    #[arg(long, value_name = "OS/ARCH")]
    pub(crate) platform: Option<String>,
    /// Pull base images also if they are here
    #[arg(long)]
    pub(crate) pull: bool,
    /// Do all steps again
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// A secret for `RUN --mount=type=secret,id=NAME`, read from a file or a variable; it is in no image
    #[arg(long = "secret", value_name = "id=NAME,src=FILE|env=VARIABLE", value_parser = secret)]
    pub(crate) secrets: Vec<SecretArg>,
    /// Lend an agent with SSH keys to `RUN --mount=type=ssh`: the one of `SSH_AUTH_SOCK`, or of a socket; `default` is the
    /// name of the usual one
    #[arg(long = "ssh", value_name = "NAME[=SOCKET]", value_parser = agent)]
    pub(crate) agents: Vec<AgentArg>,
    /// A name that steps find at an address
    #[arg(long = "add-host", value_name = "HOST:ADDRESS", value_parser = host)]
    pub(crate) hosts: Vec<(String, String)>,
    /// The network of the steps: `default`, `none` or `host`
    #[arg(long, value_name = "NAME")]
    pub(crate) network: Option<String>,
    /// Who builds on the engine [default: BuildKit where it is, else the classic builder]
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) builder: Option<BuilderName>,
    /// Send the context compressed, which pays for slow networks
    #[arg(long)]
    pub(crate) gzip: bool,
    /// How to show what is being done: each step with what it writes, as lines of JSON on standard output, or only what
    /// failed
    #[arg(long, value_enum, value_name = "VIEW", default_value_t = BuildView::Plain)]
    pub(crate) progress: BuildView,
    /// Show only what failed, as `--progress quiet`
    #[arg(short, long, conflicts_with = "progress")]
    pub(crate) quiet: bool,
}

/// Returns a command line with the command that is meant: `build` with a tag or a Dockerfile builds from a directory.
pub(super) fn with_command(mut words: Vec<OsString>) -> Vec<OsString> {
    let says_directory = |word: &OsString| {
        let word = word.to_string_lossy();
        ["--tag", "--dockerfile"]
            .iter()
            .any(|name| word.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')))
            || (word.starts_with("-t") && !word.starts_with("--"))
    };
    let place = words.iter().position(|word| word == OsStr::new("build"));
    if let Some(place) = place.filter(|place| words[*place..].iter().any(says_directory)) {
        words[place] = "build-image".into();
    }
    words
}

/// A part of the engine that builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BuilderName {
    /// The first one.
    Classic,
    /// The one with caches and secrets.
    Buildkit,
}

/// A view of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BuildView {
    /// Lines that stay.
    Plain,
    /// Lines of JSON.
    Json,
    /// Only what failed.
    Quiet,
}

impl BuildImageArgs {
    /// Returns how to show what is being done.
    pub(crate) fn view(&self) -> BuildView {
        if self.quiet { BuildView::Quiet } else { self.progress }
    }
}

/// A secret, and where it is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretArg {
    pub(crate) name: String,
    pub(crate) from: SecretPlace,
}

/// An agent with SSH keys, and its socket; without one, that of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AgentArg {
    pub(crate) name: String,
    pub(crate) socket: Option<PathBuf>,
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SecretPlace {
    File(PathBuf),
    Variable(String),
}

/// Reads `NAME=VALUE`.
fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) =
        text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Reads `NAME` or `NAME=SOCKET`.
fn agent(text: &str) -> Result<AgentArg, &'static str> {
    let (name, socket) = text.split_once('=').map_or((text, None), |(name, socket)| (name, Some(socket)));
    if name.is_empty() || socket.is_some_and(str::is_empty) {
        return Err("write `default`, or NAME=SOCKET");
    }
    Ok(AgentArg { name: name.to_owned(), socket: socket.map(PathBuf::from) })
}

/// Reads `HOST:ADDRESS` or `HOST=ADDRESS`; an address can have colons, and a host has none.
fn host(text: &str) -> Result<(String, String), &'static str> {
    let (host, address) = text.split_once([':', '=']).ok_or("write HOST:ADDRESS")?;
    let address = address.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() || address.is_empty() {
        return Err("write HOST:ADDRESS");
    }
    Ok((host.to_owned(), address.to_owned()))
}

/// Reads `id=NAME,src=FILE` or `id=NAME,env=VARIABLE`, in any order.
fn secret(text: &str) -> Result<SecretArg, String> {
    let (mut name, mut from) = (None, None);
    for part in text.split(',') {
        match part.split_once('=') {
            Some(("id", id)) => name = Some(id.to_owned()),
            Some(("src" | "source", path)) => from = Some(SecretPlace::File(path.into())),
            Some(("env", variable)) => from = Some(SecretPlace::Variable(variable.to_owned())),
            Some(("type", "file" | "env")) => {}
            _ => return Err(format!("`{part}` is none of `id=NAME`, `src=FILE` and `env=VARIABLE`")),
        }
    }
    match (name.filter(|name| !name.is_empty()), from) {
        (Some(name), Some(from)) => Ok(SecretArg { name, from }),
        (None, _) => Err("say with `id=NAME` what the Dockerfile calls it".to_owned()),
        (Some(_), None) => Err("say with `src=FILE` or `env=VARIABLE` where it is".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_hosts_and_pairs() {
        let found = |text| secret(text).map(|secret| (secret.name, secret.from));
        assert_eq!(found("id=a,src=/x"), Ok(("a".to_owned(), SecretPlace::File("/x".into()))));
        assert_eq!(found("type=env,env=V,id=b"), Ok(("b".to_owned(), SecretPlace::Variable("V".to_owned()))));
        for bad in ["", "id=a", "src=/x", "id=,src=/x", "id=a,value=hunter2"] {
            assert!(found(bad).is_err(), "{bad}");
        }
        let lent = |text| agent(text).map(|agent| (agent.name, agent.socket));
        assert_eq!(lent("default"), Ok(("default".to_owned(), None)));
        assert_eq!(lent("a=/run/x=y"), Ok(("a".to_owned(), Some("/run/x=y".into()))));
        assert!(lent("").is_err() && lent("a=").is_err() && lent("=/run/x").is_err());
        let two = |one: &str, two: &str| (one.to_owned(), two.to_owned());
        assert_eq!(host("db:::1"), Ok(two("db", "::1")));
        assert_eq!(host("db=[::1]"), Ok(two("db", "::1")));
        assert!(host("db").is_err() && host(":1").is_err());
        assert_eq!(pair("a=b=c"), Ok(two("a", "b=c")));
        assert!(pair("=a").is_err() && pair("a").is_err());
    }
}
