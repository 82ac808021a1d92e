//! The crate against a real engine: `cargo xtask e2e`, or `cargo test -p docker-exec --test live -- --ignored`.
//!
//! Everything is made under the map name `dexectest` and in the image repository `dexec-test`, and removed afterwards.
//! The engine is the one at the default socket or at `DOCKER_HOST`; a `docker` command and a static
//! `/bin/busybox` make the image.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use container_map::{NetworkKey, Port};
use docker_exec::{DockerEngine, Kind};
use map_planner::engine::{NumericOwner, ObservedMountSource, RunState, VolumeTop};
use map_planner::spec::{
    ContainerSpec, EndpointSpec, EnvText, HostBinding, NetworkModeSpec, NetworkSpec, VolumeSpec,
};
use map_planner::{Action, Depth, EngineState, Slot};

use support::*;

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

/// Whether any container mounts a volume.
fn is_mounted(state: &EngineState, volume: &str) -> bool {
    let mut mounts = state.containers.values().flat_map(|container| container.mounts.values());
    mounts.any(|mount| matches!(&mount.source, ObservedMountSource::Volume(name) if name == volume))
        || state.bystanders.values().any(|other| other.volumes.contains(volume))
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
    assert!(state.volumes["dexectest.data"].carrier && !is_mounted(&state, "dexectest.data"));
    done(engine, prepare("www-data", "u=rwX,g=rX,o=", Depth::Whole)).await;
    assert_eq!(files(), whole.replace(". 33:34 750", ". 33:34 2750"));
    assert!(!look(engine).await.volumes["dexectest.data"].carrier);
    let unknown = fails(engine, prepare("nobody", "0750", Depth::Top), Kind::NotFound).await;
    assert!(unknown.contains(IMAGE), "{unknown}");
    let Action::PrepareVolume { volume, at, owner, mode, .. } = prepare("5:6", "0700", Depth::Top) else {
        unreachable!()
    };
    let image = "dexec-test/none:1".parse().unwrap();
    done(engine, Action::PrepareVolume { volume, image, at, owner, mode, depth: Depth::Top }).await;
    assert!(files().starts_with(". 5:6 2700 3\n"));
    assert_eq!(sh("docker ps -aq --filter name=dexectest"), "", "carriers stay");
}

fn published() -> BTreeMap<Port, BTreeSet<HostBinding>> {
    let binding = HostBinding { address: Some("127.0.0.1".parse().unwrap()), port: 28_080 };
    BTreeMap::from([("80/tcp".parse().unwrap(), BTreeSet::from([binding]))])
}

fn endpoint() -> EndpointSpec {
    EndpointSpec { aliases: BTreeSet::from(["web".to_owned()]), ..EndpointSpec::default() }
}

fn app() -> ContainerSpec {
    ContainerSpec {
        network: NetworkModeSpec::Network(network()),
        endpoints: BTreeMap::from([(network(), endpoint())]),
        ports: published(),
        ..spec("dexectest.app", "trap 'exit 0' TERM; while :; do busybox sleep 1; done")
    }
}

async fn containers(engine: &DockerEngine) {
    create_and_start(engine).await;
    what_was_created_is_observed(engine).await;
    a_port_in_use(engine).await;
    stop_and_remove(engine).await;
    a_container_that_ends(engine).await;
}

async fn create_and_start(engine: &DockerEngine) {
    let next = "dexectest.app.dmap-next";
    let spec = NetworkSpec { labels: labels(network()), ..NetworkSpec::new("bridge") };
    let create_network = Action::CreateNetwork { network: network(), spec };
    done(engine, create_network.clone()).await;
    already(engine, create_network).await;
    done(engine, create(next, app())).await;
    already(engine, create(next, app())).await;
    let (bridge, container) = ("bridge".parse::<NetworkKey>().unwrap(), container(next));
    let connect = Action::ConnectNetwork {
        network: bridge.clone(),
        container: container.clone(),
        endpoint: EndpointSpec::default(),
    };
    done(engine, connect).await;
    let disconnect = Action::DisconnectNetwork { network: bridge, container: container.clone() };
    done(engine, disconnect.clone()).await;
    already(engine, disconnect).await;
    done(engine, Action::RenameContainer { container, to: Slot::Current }).await;
    done(engine, start("dexectest.app")).await;
    already(engine, start("dexectest.app")).await;
    done(engine, until_started("dexectest.app")).await;
}

async fn what_was_created_is_observed(engine: &DockerEngine) {
    let state = look(engine).await;
    let found = &state.containers["dexectest.app"];
    assert_eq!((found.state, found.has_run), (RunState::Running, true));
    assert_eq!(found.endpoints["dexectest.net"].aliases, endpoint().aliases);
    assert_eq!(found.mounts["/srv/app"].source, ObservedMountSource::Volume("dexectest.data".to_owned()));
    assert_eq!(found.published, published());
    assert_eq!(found.environment["A"], Some(EnvText::new("b=c")));
    assert_eq!(found.stop_timeout, Some(Duration::from_secs(3)));
    let top = VolumeTop { mode: 0o2700, owner: Some(NumericOwner { uid: 5, gid: 6 }) };
    assert_eq!(state.volumes["dexectest.data"].top, Some(top));
    let accounts = state.images[&found.image].accounts.as_ref().unwrap();
    assert_eq!((accounts.users["www-data"], accounts.groups["www-data"]), (33, 34));
    assert_eq!(state.tags.len(), 1);
}

async fn a_port_in_use(engine: &DockerEngine) {
    let other = ContainerSpec {
        ports: published(),
        network: NetworkModeSpec::Default,
        ..spec("dexectest.other", "exec busybox sleep 9")
    };
    done(engine, create("dexectest.other", other)).await;
    fails(engine, start("dexectest.other"), Kind::InUse).await;
    remove_with_volume(engine, "dexectest.other").await;
}

async fn stop_and_remove(engine: &DockerEngine) {
    fails(engine, remove("dexectest.app"), Kind::Conflict).await;
    done(engine, stop("dexectest.app")).await;
    already(engine, stop("dexectest.app")).await;
    fails(engine, create("dexectest.app", app()), Kind::Conflict).await;
    remove_with_volume(engine, "dexectest.app").await;
    already(engine, remove("dexectest.app")).await;
    done(engine, Action::RemoveNetwork { network: network() }).await;
    already(engine, Action::RemoveNetwork { network: network() }).await;
}

async fn a_container_that_ends(engine: &DockerEngine) {
    done(engine, create("dexectest.bad", spec("dexectest.bad", "echo it went wrong; exit 3"))).await;
    done(engine, start("dexectest.bad")).await;
    let said = fails(engine, until_started("dexectest.bad"), Kind::Other).await;
    assert!(said.contains("exit code 3") && said.contains("it went wrong"), "{said}");
}

async fn failures(engine: &DockerEngine) {
    let mut missing = spec("dexectest.none", "true");
    missing.image = "dexec-test/none:1".parse().unwrap();
    let said = fails(engine, create("dexectest.none", missing), Kind::NotFound).await;
    assert!(said.starts_with("creating container `dexectest.none`: "), "{said}");
    let foreign =
        VolumeSpec { driver: "local".to_owned(), options: BTreeMap::new(), labels: BTreeMap::new() };
    fails(engine, Action::CreateVolume { volume: volume(), spec: foreign }, Kind::Conflict).await;
}
