//! The crate against a real engine: `cargo xtask e2e`, or `cargo test -p docker-exec --test live -- --ignored`.
//!
//! Everything is made under the map name `dexectest` and in the image repository `dexec-test`, and removed afterwards.
//! The engine is the one at the default socket or at `DOCKER_HOST`; a `docker` command and a static
//! `/bin/busybox` make the image.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use container_map::config::Access;
use container_map::{ContainerKey, NetworkKey, ResourceKey, VolumeKey};
use docker_exec::{Applied, ConnectOptions, DockerEngine, Engine, EngineError, Kind};
use map_planner::engine::{NumericOwner, ObservedMountSource, RunState, Scope, VolumeFacts, VolumeTop};
use map_planner::spec::{
    ContainerSpec, EndpointSpec, EnvValue, HostBinding, MountSource, MountSpec, NetworkModeSpec, NetworkSpec,
    VolumeSpec,
};
use map_planner::{Action, Condition, ContainerRef, Depth, EngineState, Slot, label};

const IMAGE: &str = "dexec-test/app:1";

/// Removes what a test made, whatever became of it.
struct Cleanup;

impl Drop for Cleanup {
    fn drop(&mut self) {
        let script = "docker ps -aq --filter name=dexectest | xargs -r docker rm -fv
            docker network ls -q --filter name=dexectest | xargs -r docker network rm
            docker volume ls -q --filter name=dexectest | xargs -r docker volume rm
            docker images -q dexec-test/app | xargs -r docker rmi -f";
        let _ = Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::null())
            .status();
    }
}

fn sh(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    assert!(
        output.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// An image whose `/srv/app` has an owner and modes of its own, so that the engine's copy shows.
fn make_image() {
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |path: &str, mode: u32, owner: u64, content: Option<&[u8]>| {
        let mut header = tar::Header::new_gnu();
        header.set_mode(mode);
        header.set_uid(owner);
        header.set_gid(owner);
        header.set_size(content.map_or(0, <[u8]>::len) as u64);
        header.set_entry_type(content.map_or(tar::EntryType::Directory, |_| tar::EntryType::Regular));
        tar.append_data(&mut header, path, content.unwrap_or_default())
            .unwrap();
    };
    let busybox = std::fs::read("/bin/busybox").expect("a static busybox");
    add("bin/busybox", 0o755, 0, Some(&busybox));
    add(
        "etc/passwd",
        0o644,
        0,
        Some(b"root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n"),
    );
    add("etc/group", 0o644, 0, Some(b"root:x:0:\nwww-data:x:34:\n"));
    add("srv/app", 0o755, 1000, None);
    add("srv/app/conf", 0o644, 1000, Some(b"conf"));
    add("srv/app/tool", 0o755, 1000, Some(b"tool"));
    add("srv/app/private", 0o700, 1000, None);
    let long = format!("srv/app/{}", "x".repeat(120));
    add(&long, 0o666, 3_000_000, Some(b"long"));
    for (kind, path, target) in [
        (tar::EntryType::Symlink, "bin/sh", "busybox"),
        (tar::EntryType::Symlink, "srv/app/soft", "conf"),
        (tar::EntryType::Link, "srv/app/hard", "srv/app/conf"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_uid(1000);
        header.set_gid(1000);
        header.set_size(0);
        tar.append_link(&mut header, path, target).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let mut import = Command::new("docker")
        .args(["import", "--change", "VOLUME /data", "-", IMAGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    import.stdin.take().unwrap().write_all(&tar).unwrap();
    assert!(import.wait().unwrap().success());
}

fn labels(key: impl Into<ResourceKey>) -> BTreeMap<String, String> {
    let entries = [
        (label::FORMAT, "1".to_owned()),
        (label::KEY, key.into().to_string()),
    ];
    entries
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn volume() -> VolumeKey {
    "dexectest.data".parse().unwrap()
}

fn network() -> NetworkKey {
    "dexectest.net".parse().unwrap()
}

fn container(text: &str) -> ContainerRef {
    text.parse().unwrap()
}

fn spec(name: &str, script: &str) -> ContainerSpec {
    let key: ContainerKey = name.parse().unwrap();
    ContainerSpec {
        image: IMAGE.parse().unwrap(),
        hostname: Some("app".to_owned()),
        domainname: None,
        user: None,
        command: Some(vec!["/bin/sh".to_owned(), "-c".to_owned(), script.to_owned()]),
        entrypoint: None,
        environment: BTreeMap::from([("A".to_owned(), Some(EnvValue::new("b=c")))]),
        mounts: BTreeMap::from([(
            "/srv/app".parse().unwrap(),
            MountSpec {
                source: MountSource::PreparedVolume(volume()),
                access: Access::ReadWrite,
            },
        )]),
        volumes_from: BTreeSet::new(),
        ports: BTreeMap::new(),
        network: NetworkModeSpec::Network("none".parse().unwrap()),
        endpoints: BTreeMap::new(),
        links: BTreeSet::new(),
        healthcheck: None,
        stop_signal: Some("KILL".parse().unwrap()),
        stop_timeout: Some(Duration::from_secs(3)),
        labels: labels(key),
    }
}

fn create(name: &str, spec: ContainerSpec) -> Action {
    Action::CreateContainer {
        container: container(name),
        spec: Box::new(spec),
    }
}

fn start(name: &str) -> Action {
    Action::StartContainer {
        container: container(name),
        settle: None,
    }
}

fn remove(name: &str) -> Action {
    Action::RemoveContainer {
        container: container(name),
    }
}

fn stop(name: &str) -> Action {
    Action::StopContainer {
        container: container(name),
        signal: None,
        timeout: None,
    }
}

fn prepare(owner: &str, mode: &str, depth: Depth) -> Action {
    Action::PrepareVolume {
        volume: volume(),
        image: IMAGE.parse().unwrap(),
        at: "/srv/app".parse().unwrap(),
        owner: Some(owner.parse::<container_map::User>().unwrap().owner()),
        mode: Some(mode.parse().unwrap()),
        depth,
    }
}

fn create_volume() -> Action {
    let spec = VolumeSpec {
        driver: "local".to_owned(),
        options: BTreeMap::new(),
        labels: labels(volume()),
    };
    Action::CreateVolume {
        volume: volume(),
        spec,
    }
}

async fn connect() -> DockerEngine {
    let host = std::env::var("DOCKER_HOST").ok();
    DockerEngine::connect(&ConnectOptions { host }).await.unwrap()
}

async fn done(engine: &DockerEngine, action: Action) {
    assert_eq!(engine.apply(&action).await.unwrap(), Applied::Done, "{action:?}");
}

async fn already(engine: &DockerEngine, action: Action) {
    assert_eq!(
        engine.apply(&action).await.unwrap(),
        Applied::AlreadyDone,
        "{action:?}"
    );
}

async fn fails(engine: &DockerEngine, action: Action, kind: Kind) -> String {
    let error: EngineError = engine.apply(&action).await.unwrap_err();
    let source = std::error::Error::source(&error)
        .map(ToString::to_string)
        .unwrap_or_default();
    assert_eq!(error.kind, kind, "{error}: {source}");
    format!("{error}: {source}")
}

async fn look(engine: &DockerEngine) -> EngineState {
    let scope = Scope {
        map: "dexectest".parse().unwrap(),
        containers: BTreeSet::from(["dexectest.app".parse().unwrap()]),
        volumes: BTreeMap::from([(
            volume(),
            VolumeFacts {
                mode: true,
                owner: true,
                accounts: true,
            },
        )]),
        networks: BTreeSet::from([network()]),
        images: BTreeSet::from([IMAGE.parse().unwrap(), "dexec-test/none:1".parse().unwrap()]),
    };
    engine.observe(&scope).await.unwrap()
}

/// Removes a container through the engine; its anonymous volume stays, and is removed by hand.
async fn remove_with_volume(engine: &DockerEngine, name: &str) {
    let volume = sh(&format!(
        "docker inspect -f '{{{{range .Mounts}}}}{{{{if eq .Destination \"/data\"}}}}{{{{.Name}}}}{{{{end}}}}{{{{end}}}}' {name}"
    ));
    done(engine, remove(name)).await;
    sh(&format!("docker volume rm {volume}"));
}

/// Returns owner and mode of the volume's files as a container sees them.
fn files() -> String {
    let long = "x".repeat(120);
    sh(&format!(
        "docker run --rm --network none -v dexectest.data:/v:nocopy {IMAGE} /bin/busybox sh -c \
         'cd /v && busybox stat -c \"%n %u:%g %a %h\" . conf hard tool private soft {long}'"
    ))
    .replace(&long, "long")
}

#[tokio::test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
async fn everything() {
    let _cleanup = Cleanup;
    make_image();
    let engine = connect().await;
    volumes(&engine).await;
    containers(&engine).await;
    failures(&engine).await;
}

async fn volumes(engine: &DockerEngine) {
    done(engine, create_volume()).await;
    done(engine, create_volume()).await;
    done(engine, prepare("www-data", "u=rwX,g=rX,o=", Depth::WholeIfEmpty)).await;
    let whole = "\
. 33:34 750 3
conf 33:34 640 2
hard 33:34 640 2
tool 33:34 750 1
private 33:34 750 2
soft 33:34 777 1
long 33:34 640 1";
    assert_eq!(files(), whole);
    done(engine, prepare("2000000000:7", "2770", Depth::Top)).await;
    done(engine, prepare("2000000000:7", "2770", Depth::WholeIfEmpty)).await;
    let top = whole.replace(". 33:34 750 3", ". 2000000000:7 2770 3");
    assert_eq!(files(), top);
    // An interrupted preparation: the carrier says so, and is finished with.
    sh(&format!(
        "docker create --name dmap-prep.dexectest.data --label dmap.format=1 --label dmap.role=prepare \
         --label dmap.key=volume/dexectest.data -v dexectest.data:/.dmap/v:nocopy {IMAGE} x"
    ));
    let state = look(engine).await;
    assert!(state.volumes["dexectest.data"].carrier && !state.is_mounted("dexectest.data"));
    done(engine, prepare("www-data", "u=rwX,g=rX,o=", Depth::Whole)).await;
    assert_eq!(files(), whole.replace(". 33:34 750", ". 33:34 2750"));
    assert!(!look(engine).await.volumes["dexectest.data"].carrier);
    let unknown = fails(engine, prepare("nobody", "0750", Depth::Top), Kind::NotFound).await;
    assert!(unknown.contains(IMAGE), "{unknown}");
    let Action::PrepareVolume {
        volume,
        at,
        owner,
        mode,
        ..
    } = prepare("5:6", "0700", Depth::Top)
    else {
        unreachable!()
    };
    let image = "dexec-test/none:1".parse().unwrap();
    done(
        engine,
        Action::PrepareVolume {
            volume,
            image,
            at,
            owner,
            mode,
            depth: Depth::Top,
        },
    )
    .await;
    assert!(files().starts_with(". 5:6 2700 3\n"));
    assert_eq!(sh("docker ps -aq --filter name=dexectest"), "", "carriers stay");
}

async fn containers(engine: &DockerEngine) {
    let app = "dexectest.app.dmap-next";
    let mut wanted = spec(
        "dexectest.app",
        "trap 'exit 0' TERM; while :; do busybox sleep 1; done",
    );
    wanted.network = NetworkModeSpec::Network(network());
    let endpoint = EndpointSpec {
        aliases: BTreeSet::from(["web".to_owned()]),
        ..EndpointSpec::default()
    };
    wanted.endpoints = BTreeMap::from([(network(), endpoint.clone())]);
    wanted.ports = BTreeMap::from([(
        "80/tcp".parse().unwrap(),
        BTreeSet::from([HostBinding {
            address: Some("127.0.0.1".parse().unwrap()),
            port: 28_080,
        }]),
    )]);
    let net = NetworkSpec {
        driver: "bridge".to_owned(),
        options: BTreeMap::new(),
        internal: false,
        labels: labels(network()),
    };
    let create_network = Action::CreateNetwork {
        network: network(),
        spec: net,
    };
    done(engine, create_network.clone()).await;
    already(engine, create_network).await;
    done(engine, create(app, wanted.clone())).await;
    already(engine, create(app, wanted.clone())).await;
    let bridge: NetworkKey = "bridge".parse().unwrap();
    let connect = |network: NetworkKey, endpoint: EndpointSpec| Action::ConnectNetwork {
        network,
        container: container(app),
        endpoint,
    };
    done(engine, connect(bridge.clone(), EndpointSpec::default())).await;
    let disconnect = |network: NetworkKey| Action::DisconnectNetwork {
        network,
        container: container(app),
    };
    done(engine, disconnect(bridge.clone())).await;
    already(engine, disconnect(bridge)).await;
    let rename = Action::RenameContainer {
        container: container(app),
        to: Slot::Current,
    };
    done(engine, rename).await;
    done(engine, start("dexectest.app")).await;
    already(engine, start("dexectest.app")).await;
    let until_started = |name: &str| Action::AwaitContainer {
        container: container(name),
        until: Condition::Started,
        within: Duration::from_secs(5),
    };
    done(engine, until_started("dexectest.app")).await;
    let state = look(engine).await;
    let found = &state.containers["dexectest.app"];
    assert_eq!((found.state, found.has_run), (RunState::Running, true));
    assert_eq!(found.endpoints["dexectest.net"].aliases, endpoint.aliases);
    assert_eq!(
        found.mounts["/srv/app"].source,
        ObservedMountSource::Volume("dexectest.data".to_owned())
    );
    assert_eq!(found.published, wanted.ports);
    assert_eq!(found.environment["A"], Some(EnvValue::new("b=c")));
    assert_eq!(found.stop_timeout, Some(Duration::from_secs(3)));
    let top = VolumeTop {
        mode: 0o2700,
        owner: Some(NumericOwner { uid: 5, gid: 6 }),
    };
    assert_eq!(state.volumes["dexectest.data"].top, Some(top));
    let accounts = state.images[&found.image].accounts.as_ref().unwrap();
    assert_eq!(
        (accounts.users["www-data"], accounts.groups["www-data"]),
        (33, 34)
    );
    assert_eq!(state.tags.len(), 1);

    let mut other = spec("dexectest.other", "exec busybox sleep 9");
    other.ports = wanted.ports.clone();
    other.network = NetworkModeSpec::Default;
    done(engine, create("dexectest.other", other)).await;
    fails(engine, start("dexectest.other"), Kind::InUse).await;
    remove_with_volume(engine, "dexectest.other").await;
    fails(engine, remove("dexectest.app"), Kind::Conflict).await;
    done(engine, stop("dexectest.app")).await;
    already(engine, stop("dexectest.app")).await;
    fails(engine, create("dexectest.app", wanted), Kind::Conflict).await;
    remove_with_volume(engine, "dexectest.app").await;
    already(engine, remove("dexectest.app")).await;
    done(engine, Action::RemoveNetwork { network: network() }).await;
    already(engine, Action::RemoveNetwork { network: network() }).await;

    done(
        engine,
        create(
            "dexectest.bad",
            spec("dexectest.bad", "echo it went wrong; exit 3"),
        ),
    )
    .await;
    done(engine, start("dexectest.bad")).await;
    let said = fails(engine, until_started("dexectest.bad"), Kind::Other).await;
    assert!(
        said.contains("exit code 3") && said.contains("it went wrong"),
        "{said}"
    );
}

async fn failures(engine: &DockerEngine) {
    let mut missing = spec("dexectest.none", "true");
    missing.image = "dexec-test/none:1".parse().unwrap();
    let said = fails(engine, create("dexectest.none", missing), Kind::NotFound).await;
    assert!(
        said.starts_with("creating container `dexectest.none`: "),
        "{said}"
    );
    let foreign = VolumeSpec {
        driver: "local".to_owned(),
        options: BTreeMap::new(),
        labels: BTreeMap::new(),
    };
    fails(
        engine,
        Action::CreateVolume {
            volume: volume(),
            spec: foreign,
        },
        Kind::Conflict,
    )
    .await;
}
