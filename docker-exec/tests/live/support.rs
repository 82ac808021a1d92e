//! What the tests are made of: an image, actions, and looks at the engine past the crate.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use container_map::config::Access;
use container_map::{ContainerKey, NetworkKey, ResourceKey, VolumeKey};
use docker_exec::{Applied, ConnectOptions, DockerEngine, Engine, EngineError, Kind};
use map_planner::engine::{Scope, VolumeFacts};
use map_planner::spec::{ContainerSpec, EnvValue, MountSource, MountSpec, NetworkModeSpec, VolumeSpec};
use map_planner::{Action, Condition, ContainerRef, Depth, EngineState, label};

pub(crate) const IMAGE: &str = "dexec-test/app:1";

/// Removes what a test made, whatever became of it.
pub(crate) struct Cleanup;

impl Drop for Cleanup {
    fn drop(&mut self) {
        let script = "docker ps -aq --filter name=dexectest | xargs -r docker rm -fv
            docker network ls -q --filter name=dexectest | xargs -r docker network rm
            docker volume ls -q --filter name=dexectest | xargs -r docker volume rm
            docker images -q dexec-test/app | xargs -r docker rmi -f";
        let _ = Command::new("sh").args(["-c", script]).stdout(Stdio::null()).status();
    }
}

pub(crate) fn sh(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// An image whose `/srv/app` has an owner and modes of its own, so that the engine's copy shows.
pub(crate) fn make_image() {
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |path: &str, mode: u32, owner: u64, content: Option<&[u8]>| {
        let mut header = tar::Header::new_gnu();
        header.set_mode(mode);
        header.set_uid(owner);
        header.set_gid(owner);
        header.set_size(content.map_or(0, <[u8]>::len) as u64);
        header.set_entry_type(content.map_or(tar::EntryType::Directory, |_| tar::EntryType::Regular));
        tar.append_data(&mut header, path, content.unwrap_or_default()).unwrap();
    };
    let busybox = std::fs::read("/bin/busybox").expect("a static busybox");
    add("bin/busybox", 0o755, 0, Some(&busybox));
    add("etc/passwd", 0o644, 0, Some(b"root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n"));
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

pub(crate) fn labels(key: impl Into<ResourceKey>) -> BTreeMap<String, String> {
    let entries = [(label::FORMAT, "1".to_owned()), (label::KEY, key.into().to_string())];
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(crate) fn volume() -> VolumeKey {
    "dexectest.data".parse().unwrap()
}

pub(crate) fn network() -> NetworkKey {
    "dexectest.net".parse().unwrap()
}

pub(crate) fn container(text: &str) -> ContainerRef {
    text.parse().unwrap()
}

pub(crate) fn spec(name: &str, script: &str) -> ContainerSpec {
    let key: ContainerKey = name.parse().unwrap();
    ContainerSpec {
        hostname: Some("app".to_owned()),
        command: Some(vec!["/bin/sh".to_owned(), "-c".to_owned(), script.to_owned()]),
        environment: BTreeMap::from([("A".to_owned(), Some(EnvValue::text("b=c")))]),
        mounts: BTreeMap::from([(
            "/srv/app".parse().unwrap(),
            MountSpec::new(MountSource::PreparedVolume(volume()), Access::ReadWrite),
        )]),
        network: NetworkModeSpec::Network("none".parse().unwrap()),
        stop_signal: Some("KILL".parse().unwrap()),
        stop_timeout: Some(Duration::from_secs(3)),
        labels: labels(key),
        ..ContainerSpec::new(IMAGE.parse().unwrap())
    }
}

pub(crate) fn create(name: &str, spec: ContainerSpec) -> Action {
    Action::CreateContainer { container: container(name), spec: Box::new(spec) }
}

pub(crate) fn start(name: &str) -> Action {
    Action::StartContainer { container: container(name), settle: None }
}

pub(crate) fn remove(name: &str) -> Action {
    Action::RemoveContainer { container: container(name) }
}

pub(crate) fn stop(name: &str) -> Action {
    Action::StopContainer { container: container(name), signal: None, timeout: None }
}

pub(crate) fn until_started(name: &str) -> Action {
    Action::AwaitContainer {
        container: container(name),
        until: Condition::Started,
        within: Duration::from_secs(5),
        steady: None,
    }
}

pub(crate) fn prepare(owner: &str, mode: &str, depth: Depth) -> Action {
    Action::PrepareVolume {
        volume: volume(),
        image: IMAGE.parse().unwrap(),
        at: "/srv/app".parse().unwrap(),
        owner: Some(owner.parse::<container_map::User>().unwrap().owner()),
        mode: Some(mode.parse().unwrap()),
        depth,
    }
}

pub(crate) fn create_volume() -> Action {
    let spec = VolumeSpec { driver: "local".to_owned(), options: BTreeMap::new(), labels: labels(volume()) };
    Action::CreateVolume { volume: volume(), spec }
}

pub(crate) async fn connect() -> DockerEngine {
    let host = std::env::var("DOCKER_HOST").ok();
    DockerEngine::connect(&ConnectOptions { host }).await.unwrap()
}

pub(crate) async fn done(engine: &DockerEngine, action: Action) {
    assert_eq!(engine.apply(&action).await.unwrap(), Applied::Done, "{action:?}");
}

pub(crate) async fn already(engine: &DockerEngine, action: Action) {
    assert_eq!(engine.apply(&action).await.unwrap(), Applied::AlreadyDone, "{action:?}");
}

pub(crate) async fn fails(engine: &DockerEngine, action: Action, kind: Kind) -> String {
    let error: EngineError = engine.apply(&action).await.unwrap_err();
    let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert_eq!(error.kind, kind, "{error}: {source}");
    format!("{error}: {source}")
}

pub(crate) async fn look(engine: &DockerEngine) -> EngineState {
    let scope = Scope {
        map: "dexectest".parse().unwrap(),
        containers: BTreeSet::from(["dexectest.app".parse().unwrap()]),
        processes: BTreeSet::new(),
        volumes: BTreeMap::from([(volume(), VolumeFacts { mode: true, owner: true, accounts: true })]),
        networks: BTreeSet::from([network()]),
        record: false,
        images: BTreeSet::from([IMAGE.parse().unwrap(), "dexec-test/none:1".parse().unwrap()]),
    };
    engine.observe(&scope).await.unwrap()
}

/// Removes a container through the engine; its anonymous volume stays, and is removed by hand.
pub(crate) async fn remove_with_volume(engine: &DockerEngine, name: &str) {
    let volume = sh(&format!(
        "docker inspect -f '{{{{range .Mounts}}}}{{{{if eq .Destination \"/data\"}}}}{{{{.Name}}}}{{{{end}}}}{{{{end}}}}' {name}"
    ));
    done(engine, remove(name)).await;
    sh(&format!("docker volume rm {volume}"));
}

/// Returns owner and mode of the volume's files as a container sees them.
pub(crate) fn files() -> String {
    let long = "x".repeat(120);
    sh(&format!(
        "docker run --rm --network none -v dexectest.data:/v:nocopy {IMAGE} /bin/busybox sh -c \
         'cd /v && busybox stat -c \"%n %u:%g %a %h\" . conf hard tool private soft {long}'"
    ))
    .replace(&long, "long")
}
