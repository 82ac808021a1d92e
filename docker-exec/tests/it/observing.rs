//! Looking at an engine that cannot answer at the moment.

use container_map::{ClientConfig, ContainerMap};
use docker_exec::{Engine, Kind};
use map_planner::engine::Scope;
use map_planner::{Goal, Policy, Request, Select, scope};

use crate::stub::{Exchange, Stub};

const CONTAINERS: &str = "GET /v1.41/containers/json?all=1 ";
const NETWORKS: &str = "GET /v1.41/networks ";
const VOLUMES: &str = "GET /v1.41/volumes ";
const INSPECT: &str = "GET /v1.41/containers/0c/json ";
const TAG: &str = "GET /v1.41/images/nginx:latest/json ";
const IMAGE: &str = "GET /v1.41/images/sha256:aa/json ";
const TOP: &str = "HEAD /v1.41/containers/0c/archive?path=/data ";
const LISTED: &str = r#"[{"Id":"0c","Names":["/site.web"],"Image":"nginx","State":"running","Labels":{"dmap.key":"container/site.web"}}]"#;
const INSPECTED: &str = r#"{"Id":"0c","Name":"/site.web","Image":"sha256:aa","State":{"Status":"running"},"Mounts":[{"Type":"volume","Name":"site.data","Destination":"/data","RW":true}]}"#;
const OOPS: &str = r#"{"message":"something broke"}"#;
const GONE: &str = r#"{"message":"No such image"}"#;

/// Asks for a container and for the mode of a volume's directory.
fn asked() -> Scope {
    let text =
        "name: site\nweb: {image: nginx, attaches: data, permissions: 'u=rwX'}\nvolumes: {data: /data}\n";
    let map = ContainerMap::load(text).unwrap();
    let request = Request { verb: Goal::Up.into(), select: Select::All, policy: Policy::default() };
    scope(&map, &ClientConfig::default(), &request).unwrap()
}

/// Each kind of request needs a second time, or a third.
#[tokio::test]
async fn what_fails_for_the_moment_is_looked_at_again() {
    let script: [Exchange; 15] = [
        (CONTAINERS, 500, OOPS),
        (CONTAINERS, 500, OOPS),
        (CONTAINERS, 200, LISTED),
        (NETWORKS, 0, ""),
        (NETWORKS, 200, "[]"),
        (VOLUMES, 500, OOPS),
        (
            VOLUMES,
            200,
            r#"{"Volumes":[{"Name":"site.data","Driver":"local","Labels":{"dmap.key":"volume/site.data"}}]}"#,
        ),
        (INSPECT, 503, OOPS),
        (INSPECT, 200, INSPECTED),
        (TAG, 500, OOPS),
        (TAG, 404, GONE),
        (IMAGE, 500, OOPS),
        (IMAGE, 404, GONE),
        (TOP, 500, ""),
        (TOP, 404, ""),
    ];
    let (stub, engine) = Stub::connected_in_any_order(&script).await;
    let state = engine.observe(&asked()).await.unwrap();
    stub.verify();
    assert!(state.containers.contains_key("site.web"));
    assert_eq!(state.volumes["site.data"].top, None, "its directory went away meanwhile");
}

#[tokio::test]
async fn what_goes_on_failing_is_told() {
    let script: [Exchange; 5] = [
        (CONTAINERS, 500, OOPS),
        (CONTAINERS, 500, OOPS),
        (CONTAINERS, 500, OOPS),
        (NETWORKS, 200, "[]"),
        (VOLUMES, 200, r#"{"Volumes":[]}"#),
    ];
    let (stub, engine) = Stub::connected_in_any_order(&script).await;
    let error = engine.observe(&asked()).await.unwrap_err();
    stub.verify();
    assert_eq!((error.kind, error.to_string().as_str()), (Kind::Other, "looking at containers"));
}
