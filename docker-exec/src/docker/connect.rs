//! Finding the engine and agreeing on a version.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use bollard::ClientVersion;
use serde::Deserialize;

use super::DockerEngine;
use super::cause::Cause;
use super::places::Places;
use super::pool::{Pool, within};
use super::registry;
use super::secrets::Secrets;
use super::wire::abilities::Abilities;
use crate::error::{EngineError, Kind};

/// The oldest version of the API that is spoken: engine 20.10.
const FLOOR: (u32, u32) = (1, 41);
/// The newest version whose answers are known.
const CEILING: (u32, u32) = (1, 53);
/// From here on engines count the endpoints of a network right when more than two change at once (28.2).
const COUNTS_ENDPOINTS: (u32, u32) = (1, 50);
const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
/// How long a first answer may take.
const GREETING: Duration = Duration::from_secs(30);
/// bollard's only timeout also covers uploads and the time a container takes to stop; each request has its own instead.
const NO_TIMEOUT: u64 = 365 * 24 * 3600;

/// Where the engine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectOptions {
    /// An address as in `DOCKER_HOST`: `unix://…`, `tcp://host:port` or `http://host:port`. None for the default socket.
    pub host: Option<String>,
}

/// What an engine says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineInfo {
    /// Which engine it is: a name that it made up when it was installed; empty if it has none.
    pub id: String,
    /// Its version, for people.
    pub version: String,
    /// The version of the API that is spoken with it, as `1.41`.
    pub api_version: String,
    /// How many processors it has: starting containers is bound by them.
    pub cpus: usize,
    /// The options of containers that it cannot do and drops, with no more than a warning.
    pub drops: BTreeSet<String>,
    /// Whether it loses count of a network's endpoints when more than two change at once.
    pub miscounts_endpoints: bool,
}

impl EngineInfo {
    /// Returns how many steps at once such an engine carries out faster than fewer: four for each processor, and eight
    /// at most, as starting and removing containers then keeps its processors busy.
    pub fn width(&self) -> NonZeroUsize {
        NonZeroUsize::MIN.saturating_add((4 * self.cpus).min(8).saturating_sub(1))
    }

    /// Returns whether requests are made in a version of the API or a later one.
    pub(super) fn speaks(&self, version: (u32, u32)) -> bool {
        parsed(&self.api_version).is_some_and(|spoken| spoken >= version)
    }

    /// Returns how many steps that touch one network such an engine keeps count of.
    pub fn per_network(&self) -> Option<NonZeroUsize> {
        self.miscounts_endpoints.then(|| NonZeroUsize::MIN.saturating_add(1))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    #[serde(default)]
    version: String,
    api_version: String,
}

impl DockerEngine {
    /// Connects to an engine and agrees on a version of the API
    /// ([`SystemVersion`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemVersion)).
    ///
    /// # Errors
    ///
    /// The address is not one, nobody answers there, or the engine is too old.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, EngineError> {
        let (pool, address) = pool(options.host.as_deref())?;
        let version: Version =
            within(GREETING, pool.get("/version")).await.map_err(|cause| nobody(cause, &address))?;
        let (major, minor) = negotiate(&version, &address)?;
        let pool = pool.pinned(&format!("{major}.{minor}"));
        let system: Abilities = pool.get("/info").await.map_err(|cause| nobody(cause, &address))?;
        let info = EngineInfo {
            id: system.id.clone(),
            version: version.version,
            api_version: format!("{major}.{minor}"),
            cpus: system.cpus.max(1),
            drops: system.drops(),
            miscounts_endpoints: (major, minor) < COUNTS_ENDPOINTS,
        };
        let docker =
            bollard(&pool).map_err(|error| Cause::from(error).while_doing("preparing the connection"))?;
        let (secrets, places) = (Secrets::default(), Places::default());
        Ok(Self { docker, pool, info, secrets, agent: None, places })
    }
}

fn bollard(pool: &Pool) -> Result<bollard::Docker, bollard::errors::Error> {
    let transport = pool.clone();
    let send = move |request: bollard::BollardRequest| {
        let pool = transport.clone();
        async move { pool.send(registry::fit(request)).await.map_err(bollard::errors::Error::from) }
    };
    // The address and the version are the pool's business; bollard only needs something it can parse.
    let version = ClientVersion { major_version: 1, minor_version: 41 };
    bollard::Docker::connect_with_custom_transport(send, Some("http://engine"), NO_TIMEOUT, &version)
}

fn pool(host: Option<&str>) -> Result<(Pool, String), EngineError> {
    let Some(host) = host.filter(|host| !host.is_empty()) else {
        return Ok((Pool::unix(PathBuf::from(DEFAULT_SOCKET)), format!("unix://{DEFAULT_SOCKET}")));
    };
    let pool = match host.split_once("://") {
        Some(("unix", path)) if path.starts_with('/') => Pool::unix(PathBuf::from(path)),
        Some(("tcp" | "http", address)) if is_authority(address) => {
            Pool::tcp(address.trim_end_matches('/').to_owned())
        }
        _ => {
            let doing = format!("connecting to the engine at `{host}`");
            let reason =
                "the address is not of the form `unix:///path`, `tcp://host:port` or `http://host:port`";
            return Err(EngineError::new(Kind::Refused, doing).because(reason));
        }
    };
    Ok((pool, host.to_owned()))
}

fn is_authority(text: &str) -> bool {
    let text = text.trim_end_matches('/');
    text.parse::<hyper::http::uri::Authority>().is_ok_and(|authority| authority.port_u16().is_some())
}

fn nobody(cause: Cause, address: &str) -> EngineError {
    match cause {
        Cause::Transport(error) => {
            let doing =
                format!("connecting to the engine at `{address}`: is it running, and may you use it?");
            EngineError::new(Kind::Unreachable, doing).because(error)
        }
        cause => cause.while_doing(format!("asking the engine at `{address}` for its version")),
    }
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn negotiate(version: &Version, address: &str) -> Result<(u32, u32), EngineError> {
    let doing = || format!("agreeing on an API version with the engine at `{address}`");
    let offered = parsed(&version.api_version).ok_or_else(|| {
        let reason = format!("`{}` is not a version", version.api_version);
        EngineError::new(Kind::Other, doing()).because(reason)
    })?;
    if offered < FLOOR {
        let reason = format!(
            "engine {} speaks version {}; at least 1.41 (engine 20.10) is needed",
            version.version, version.api_version
        );
        return Err(EngineError::new(Kind::Refused, doing()).because(reason));
    }
    Ok(offered.min(CEILING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (host, expect) in [
            ("unix:///run/x.sock", true),
            ("tcp://localhost:2375", true),
            ("http://[::1]:2375/", true),
            ("", true),
            ("tcp://localhost", false),
            ("unix://run/x.sock", false),
            ("ssh://somewhere", false),
            ("/run/x.sock", false),
        ] {
            assert_eq!(pool(Some(host)).is_ok(), expect, "{host}");
        }
    }

    #[test]
    fn versions() {
        for (offered, expect) in [
            ("1.41", Some((1, 41))),
            ("1.51", Some((1, 51))),
            ("1.99", Some((1, 53))),
            ("1.40", None),
            ("x", None),
        ] {
            let version = Version { version: "20.10".to_owned(), api_version: offered.to_owned() };
            assert_eq!(negotiate(&version, "unix:///x").ok(), expect, "{offered}");
        }
    }
}
