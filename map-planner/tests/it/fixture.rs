//! Engines, images and specifications that many tests start from.

use std::collections::{BTreeMap, BTreeSet};

use container_map::config::{Access, Ipam, Pool};
use container_map::{ContainerKey, ImageRef, NetworkKey, VolumeKey};
use map_planner::ContainerRef;
use map_planner::engine::{Accounts, ObservedContainer, Scope, VolumeFacts};
use map_planner::sim::{SimDirectory, SimEngine, SimError, SimFile, SimImage, SimProcess};
use map_planner::spec::{
    ContainerSpec, EndpointSpec, HostBinding, LinkSpec, MountSource, MountSpec, NetworkModeSpec, NetworkSpec,
    VolumeSpec,
};

pub(crate) fn image(text: &str) -> ImageRef {
    text.parse().unwrap()
}

pub(crate) fn key(text: &str) -> ContainerKey {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> ContainerRef {
    text.parse().unwrap()
}

pub(crate) fn volume(text: &str) -> VolumeKey {
    text.parse().unwrap()
}

pub(crate) fn network(text: &str) -> NetworkKey {
    text.parse().unwrap()
}

/// Returns a server image whose directories would undo a preparation that came too early.
pub(crate) fn server() -> SimImage {
    let socket = SimDirectory::empty(33, 33, 0o711);
    let log = SimDirectory::empty(33, 33, 0o700)
        .with("access.log", SimFile::plain(33, 33, 0o600))
        .with("error.log", SimFile::plain(33, 33, 0o644));
    SimImage {
        environment: BTreeMap::from([("PATH".into(), "/bin".into()), ("LANG".into(), "C".into())]),
        command: vec!["serve".into()],
        user: "app".into(),
        exposed: BTreeSet::from(["80".parse().unwrap()]),
        labels: BTreeMap::from([("vendor".into(), "nobody".into())]),
        directories: BTreeMap::from([("/run/app".into(), socket), ("/var/log/app".into(), log)]),
        accounts: Accounts::parse("app:x:33:33::/:/bin/sh\n", "app:x:33:\n"),
        ..SimImage::default()
    }
}

/// Returns an image that declares a volume, writes into it, and ends with success when it is stopped.
pub(crate) fn store() -> SimImage {
    let data = SimDirectory::empty(70, 70, 0o700).with("seed", SimFile::plain(70, 70, 0o640));
    SimImage {
        command: vec!["store".into()],
        entrypoint: vec!["/entry".into()],
        volumes: BTreeSet::from(["/var/lib/store".into()]),
        directories: BTreeMap::from([("/var/lib/store".into(), data)]),
        accounts: Accounts::parse("app:x:70:70::/:/bin/sh\n", "app:x:70:\n"),
        writes: BTreeSet::from(["/var/lib/store".into(), "/run/app".into()]),
        process: SimProcess::Runs { stopped: 0 },
        ..SimImage::default()
    }
}

/// Returns an image of a job that ends at once.
pub(crate) fn job(exit: i64) -> SimImage {
    SimImage {
        command: vec!["job".into()],
        process: SimProcess::Exits(exit),
        accounts: Accounts::parse("app:x:44:44::/:/bin/sh\n", "app:x:44:\n"),
        ..SimImage::default()
    }
}

/// Returns an image of a job that takes a while.
pub(crate) fn work(exit: i64) -> SimImage {
    SimImage { command: vec!["work".into()], process: SimProcess::Works(exit), ..job(exit) }
}

/// Returns an engine with the images above, as `server`, `store`, `job` and `work`.
pub(crate) fn engine() -> SimEngine {
    let mut engine = SimEngine::new();
    engine.tag(image("server"), server());
    engine.tag(image("store"), store());
    engine.tag(image("job"), job(0));
    engine.tag(image("work"), work(0));
    engine
}

/// Returns a specification of the server.
pub(crate) fn spec() -> ContainerSpec {
    ContainerSpec::new(image("server"))
}

pub(crate) fn mounting(path: &str, source: MountSource) -> ContainerSpec {
    let mount = MountSpec::new(source, Access::ReadWrite);
    ContainerSpec { mounts: BTreeMap::from([(path.parse().unwrap(), mount)]), ..spec() }
}

pub(crate) fn sharing(owner: &str) -> ContainerSpec {
    ContainerSpec { network: NetworkModeSpec::Container(at(owner)), ..spec() }
}

pub(crate) fn in_network(name: &str, endpoint: EndpointSpec) -> ContainerSpec {
    let key = network(name);
    ContainerSpec {
        network: NetworkModeSpec::Network(key.clone()),
        endpoints: BTreeMap::from([(key, endpoint)]),
        ..spec()
    }
}

pub(crate) fn publishing(port: &str, host: u16) -> ContainerSpec {
    let binding = HostBinding { address: None, port: host };
    ContainerSpec { ports: BTreeMap::from([(port.parse().unwrap(), BTreeSet::from([binding]))]), ..spec() }
}

pub(crate) fn bridge() -> NetworkSpec {
    NetworkSpec::new("bridge")
}

pub(crate) fn with_subnet(subnet: &str) -> NetworkSpec {
    let subnet = subnet.parse().unwrap();
    let pool = Pool { subnet, ip_range: None, gateway: None, aux_addresses: BTreeMap::new() };
    NetworkSpec { ipam: Some(Ipam { pools: vec![pool], ..Ipam::default() }), ..bridge() }
}

pub(crate) fn volume_of(owner: &str) -> VolumeSpec {
    VolumeSpec {
        driver: "local".into(),
        options: BTreeMap::new(),
        labels: BTreeMap::from([("owner".into(), owner.into())]),
    }
}

/// Returns the scope of a map `site` with one container, one volume and one network.
pub(crate) fn scope() -> Scope {
    let facts = VolumeFacts { mode: true, owner: true, accounts: false };
    Scope {
        map: "site".parse().unwrap(),
        containers: BTreeSet::from([key("site.web")]),
        processes: BTreeSet::new(),
        volumes: BTreeMap::from([(volume("site.data"), facts)]),
        networks: BTreeSet::from([network("site.net")]),
        images: BTreeSet::from([image("server")]),
        record: false,
    }
}

/// Creates and starts a container.
#[track_caller]
pub(crate) fn run(engine: &mut SimEngine, name: &str, spec: &ContainerSpec) {
    engine.create_container(name, spec).unwrap();
    assert_eq!(engine.start(name), Ok(true), "{name}");
}

/// Returns a server with a legacy link.
pub(crate) fn linking(target: &str) -> ContainerSpec {
    let link = LinkSpec { container: at(target), alias: "db".into() };
    ContainerSpec { links: BTreeSet::from([link]), ..spec() }
}

/// Returns what is reported of the container `site.web`.
pub(crate) fn web(engine: &SimEngine) -> ObservedContainer {
    engine.observe(&scope()).containers["site.web"].clone()
}

/// Returns the kind of a refusal, short enough to compare.
#[expect(clippy::needless_pass_by_value, reason = "results come fresh from a call")]
pub(crate) fn kind<T>(result: Result<T, SimError>) -> &'static str {
    match result {
        Ok(_) => "done",
        Err(SimError::NotFound { .. }) => "not found",
        Err(SimError::NameTaken { .. }) => "taken",
        Err(SimError::Ambiguous { .. }) => "ambiguous",
        Err(SimError::InUse { .. }) => "in use",
        Err(SimError::Held { .. }) => "held",
        Err(SimError::NotRunning { .. }) => "not running",
        Err(SimError::Refused { .. }) => "refused",
    }
}
