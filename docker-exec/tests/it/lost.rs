//! Answers that are lost after the engine acted, and refusals that pass: every action ends as if nothing had happened.

use std::collections::BTreeMap;

use docker_exec::{Applied, Engine, Kind};
use map_planner::spec::{ContainerSpec, EndpointSpec, NetworkSpec, VolumeSpec};
use map_planner::{Action, ContainerRef, Slot};

use crate::stub::{Exchange, Stub};

const GONE: &str = r#"{"message":"No such container: site.web"}"#;
const TAKEN: &str =
    r#"{"message":"Conflict. The container name \"/site.web\" is already in use by container \"0a\"."}"#;
const LOOK: &str = "GET /v1.41/containers/site.web/json";

fn web() -> ContainerRef {
    "site.web".parse().unwrap()
}

fn labels() -> BTreeMap<String, String> {
    BTreeMap::from([
        ("dmap.key".to_owned(), "container/site.web".to_owned()),
        ("dmap.born".to_owned(), "1".to_owned()),
    ])
}

async fn check(action: &Action, script: &[Exchange], expect: Result<Applied, Kind>) {
    let (stub, engine) = Stub::connected(script).await;
    let result = engine.apply(action).await;
    stub.verify();
    assert_eq!(result.map_err(|error| error.kind), expect, "{action:?}");
}

/// The connection ends after the request; the second try finds it done. Before that, the engine is busy.
async fn check_lost(action: &Action, line: &'static str, then: &[Exchange], expect: Result<Applied, Kind>) {
    let busy = (line, 503, r#"{"message":"starting"}"#);
    check(action, &[&[busy, (line, 0, "")], then].concat(), expect).await;
}

#[tokio::test]
async fn a_created_container_is_known_by_its_labels() {
    let spec = ContainerSpec { labels: labels(), ..ContainerSpec::new("nginx:1".parse().unwrap()) };
    let create = Action::CreateContainer { container: web(), spec: Box::new(spec) };
    let line = "POST /v1.41/containers/create?name=site.web";
    let ours = r#"{"Id":"0a","Name":"/site.web","State":{"Status":"created"},
        "Config":{"Labels":{"dmap.key":"container/site.web","dmap.born":"1"}}}"#;
    let other = r#"{"Id":"0a","Name":"/site.web","State":{"Status":"created"},
        "Config":{"Labels":{"dmap.key":"container/site.web","dmap.born":"2"}}}"#;
    check_lost(&create, line, &[(line, 409, TAKEN), (LOOK, 200, ours)], Ok(Applied::AlreadyDone)).await;
    check_lost(&create, line, &[(line, 409, TAKEN), (LOOK, 200, other)], Err(Kind::Conflict)).await;
    // The engine is still at it: the name is taken, and nothing has it.
    let script = [(line, 409, TAKEN), (LOOK, 404, GONE), (line, 409, TAKEN), (LOOK, 200, ours)];
    check_lost(&create, line, &script, Ok(Applied::AlreadyDone)).await;
}

/// A job must not run twice, so one that ended is not started again.
#[tokio::test]
async fn a_start_is_looked_after() {
    let start = Action::StartContainer { container: web(), settle: None };
    let line = "POST /v1.41/containers/site.web/start";
    let look = |state: &'static str| (LOOK, 200, state);
    let running = look(r#"{"Id":"0a","Name":"/site.web","State":{"Status":"running"}}"#);
    let created = look(r#"{"Id":"0a","Name":"/site.web","State":{"Status":"created"}}"#);
    let exited = look(r#"{"Id":"0a","Name":"/site.web","State":{"Status":"exited","ExitCode":0}}"#);
    check_lost(&start, line, &[running], Ok(Applied::Done)).await;
    check_lost(&start, line, &[created, (line, 204, "")], Ok(Applied::Done)).await;
    check_lost(&start, line, &[exited], Err(Kind::Unreachable)).await;
}

#[tokio::test]
async fn what_was_done_counts_as_done() {
    let stop = Action::StopContainer { container: web(), signal: None, timeout: None };
    let line = "POST /v1.41/containers/site.web/stop";
    check_lost(&stop, line, &[(line, 304, "")], Ok(Applied::AlreadyDone)).await;

    let remove = Action::RemoveContainer { container: web() };
    let line = "DELETE /v1.41/containers/site.web HTTP";
    let busy = r#"{"message":"removal of container site.web is already in progress"}"#;
    check_lost(&remove, line, &[(line, 409, busy), (line, 404, GONE)], Ok(Applied::AlreadyDone)).await;

    let network = "site.net".parse().unwrap();
    let connect = Action::ConnectNetwork { network, container: web(), endpoint: EndpointSpec::default() };
    let line = "POST /v1.41/networks/site.net/connect";
    let there = r#"{"message":"endpoint with name site.web already exists in network site.net"}"#;
    check_lost(&connect, line, &[(line, 403, there)], Ok(Applied::AlreadyDone)).await;

    let network = "site.net".parse().unwrap();
    let disconnect = Action::DisconnectNetwork { network, container: web() };
    let line = "POST /v1.41/networks/site.net/disconnect";
    let left = r#"{"message":"container 0a is not connected to network site.net"}"#;
    check_lost(&disconnect, line, &[(line, 403, left)], Ok(Applied::AlreadyDone)).await;

    let remove = Action::RemoveNetwork { network: "site.net".parse().unwrap() };
    let line = "DELETE /v1.41/networks/site.net HTTP";
    let gone = r#"{"message":"network site.net not found"}"#;
    check_lost(&remove, line, &[(line, 404, gone)], Ok(Applied::AlreadyDone)).await;
}

#[tokio::test]
async fn a_renamed_container_is_under_its_new_name() {
    let rename = Action::RenameContainer { container: web(), to: Slot::Prev };
    let line = "POST /v1.41/containers/site.web/rename?name=site.web.dmap-prev";
    let look = "GET /v1.41/containers/site.web.dmap-prev/json";
    let ours = r#"{"Id":"0a","Name":"/site.web.dmap-prev","State":{"Status":"exited"},
        "Config":{"Labels":{"dmap.key":"container/site.web"}}}"#;
    let other = r#"{"Id":"0a","Name":"/site.web.dmap-prev","State":{"Status":"exited"},
        "Config":{"Labels":{"dmap.key":"container/site.db"}}}"#;
    check_lost(&rename, line, &[(line, 404, GONE), (look, 200, ours)], Ok(Applied::AlreadyDone)).await;
    check_lost(&rename, line, &[(line, 404, GONE), (look, 200, other)], Err(Kind::NotFound)).await;
    check_lost(&rename, line, &[(line, 404, GONE), (look, 404, GONE)], Err(Kind::NotFound)).await;
}

#[tokio::test]
async fn networks_and_volumes_are_what_was_asked_for() {
    let labels = BTreeMap::from([("dmap.key".to_owned(), "network/site.net".to_owned())]);
    let spec = NetworkSpec { labels, ..NetworkSpec::new("bridge") };
    let create = Action::CreateNetwork { network: "site.net".parse().unwrap(), spec };
    let (list, line) = ("GET /v1.41/networks HTTP", "POST /v1.41/networks/create");
    let ours = r#"[{"Id":"1","Name":"site.net","Driver":"bridge","Labels":{"dmap.key":"network/site.net"}}]"#;
    let script = [(list, 200, "[]"), (line, 0, ""), (list, 200, ours)];
    check(&create, &script, Ok(Applied::AlreadyDone)).await;

    let spec = VolumeSpec { driver: "local".to_owned(), options: BTreeMap::new(), labels: BTreeMap::new() };
    let create = Action::CreateVolume { volume: "site.data".parse().unwrap(), spec };
    let line = "POST /v1.41/volumes/create";
    let made = r#"{"Name":"site.data","Driver":"local","Labels":null,"Options":null}"#;
    check_lost(&create, line, &[(line, 201, made)], Ok(Applied::Done)).await;
}

/// Whatever is wrong with a request is wrong with the next one too.
#[tokio::test]
async fn what_does_not_pass_is_not_tried_again() {
    let start = Action::StartContainer { container: web(), settle: None };
    let line = "POST /v1.41/containers/site.web/start";
    let port = r#"{"message":"Bind for 0.0.0.0:80 failed: port is already allocated"}"#;
    check(&start, &[(line, 500, port)], Err(Kind::InUse)).await;
    check(&start, &[(line, 404, GONE)], Err(Kind::NotFound)).await;
    // It may be the engine, and it may be the request.
    let broken = r#"{"message":"OCI runtime create failed"}"#;
    check(&start, &[(line, 500, broken); 3], Err(Kind::Other)).await;
}
