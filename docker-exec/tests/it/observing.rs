//! Looking at an engine that cannot answer at the moment.

use std::collections::{BTreeMap, BTreeSet};

use docker_exec::{Engine, Kind};
use map_planner::engine::Scope;

use crate::stub::{Exchange, Stub};

const CONTAINERS: &str = "GET /v1.41/containers/json?all=1 ";
const NETWORKS: &str = "GET /v1.41/networks ";
const VOLUMES: &str = "GET /v1.41/volumes ";
const INSPECT: &str = "GET /v1.41/containers/0c/json ";
const LISTED: &str = r#"[{"Id":"0c","Names":["/site.web"],"Image":"nginx","State":"running","Labels":{"dmap.key":"container/site.web"}}]"#;
const OOPS: &str = r#"{"message":"mount /a:/b, flags: 0x5000: no space left on device"}"#;

/// Looks at a map of nothing.
fn scope() -> Scope {
    Scope {
        map: "site".parse().unwrap(),
        containers: BTreeSet::new(),
        processes: BTreeSet::new(),
        volumes: BTreeMap::new(),
        networks: BTreeSet::new(),
        images: BTreeSet::new(),
        record: false,
    }
}

/// Lists and inspections need a second time, or a third.
#[tokio::test]
async fn what_fails_for_the_moment_is_looked_at_again() {
    let script: [Exchange; 8] = [
        (CONTAINERS, 500, OOPS),
        (CONTAINERS, 500, OOPS),
        (CONTAINERS, 200, LISTED),
        (NETWORKS, 0, ""),
        (NETWORKS, 200, "[]"),
        (VOLUMES, 200, r#"{"Volumes":[]}"#),
        (INSPECT, 503, OOPS),
        (INSPECT, 404, r#"{"message":"No such container: 0c"}"#),
    ];
    let (stub, engine) = Stub::connected_in_any_order(&script).await;
    let state = engine.observe(&scope()).await.unwrap();
    stub.verify();
    assert!(state.containers.is_empty(), "it went away between the list and the inspection");
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
    let error = engine.observe(&scope()).await.unwrap_err();
    stub.verify();
    assert_eq!((error.kind, error.to_string().as_str()), (Kind::Other, "looking at containers"));
}
