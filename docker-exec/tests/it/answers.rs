//! What becomes of an engine's answers.

use std::collections::BTreeMap;
use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use container_map::{Secret, SecretSource};
use docker_exec::{Applied, Credential, Engine, Kind};
use map_planner::Action;
use map_planner::spec::{ContainerSpec, EnvValue, NetworkSpec, VolumeSpec};

use crate::stub::{Exchange, Stub};

const GONE: &str = r#"{"message":"No such container: site.web"}"#;
const TAKEN: &str =
    r#"{"message":"Conflict. The container name \"/site.web\" is already in use by container \"0a\"."}"#;

fn labels() -> BTreeMap<String, String> {
    BTreeMap::from([("dmap.key".to_owned(), "ours".to_owned())])
}

fn start() -> Action {
    Action::StartContainer { container: "site.web".parse().unwrap(), settle: None }
}

fn stop() -> Action {
    Action::StopContainer { container: "site.web".parse().unwrap(), signal: None, timeout: None }
}

fn remove() -> Action {
    Action::RemoveContainer { container: "site.web".parse().unwrap() }
}

fn create() -> Action {
    let spec = ContainerSpec {
        environment: BTreeMap::from([("PASSWORD".to_owned(), Some(EnvValue::text("hunter2")))]),
        labels: labels(),
        ..ContainerSpec::new("nginx:1".parse().unwrap())
    };
    Action::CreateContainer { container: "site.web".parse().unwrap(), spec: Box::new(spec) }
}

fn create_volume() -> Action {
    let spec = VolumeSpec { driver: "local".to_owned(), options: BTreeMap::new(), labels: labels() };
    Action::CreateVolume { volume: "site.data".parse().unwrap(), spec }
}

fn create_network() -> Action {
    let spec = NetworkSpec { labels: labels(), ..NetworkSpec::new("bridge") };
    Action::CreateNetwork { network: "site.net".parse().unwrap(), spec }
}

async fn check(action: Action, script: &[Exchange], expect: Result<Applied, Kind>) {
    let (stub, engine) = Stub::connected(script).await;
    let result = engine.apply(&action).await;
    stub.verify();
    assert_eq!(result.map_err(|error| error.kind), expect, "{action:?}");
}

#[tokio::test]
async fn starting_and_stopping() {
    let (start_line, stop_line) =
        ("POST /v1.41/containers/site.web/start", "POST /v1.41/containers/site.web/stop");
    check(start(), &[(start_line, 204, "")], Ok(Applied::Done)).await;
    check(start(), &[(start_line, 304, "")], Ok(Applied::AlreadyDone)).await;
    check(start(), &[(start_line, 404, GONE)], Err(Kind::NotFound)).await;
    let port = r#"{"message":"driver failed: Bind for 0.0.0.0:80 failed: port is already allocated"}"#;
    check(start(), &[(start_line, 500, port)], Err(Kind::InUse)).await;
    check(stop(), &[(stop_line, 204, "")], Ok(Applied::Done)).await;
    check(stop(), &[(stop_line, 304, "")], Ok(Applied::AlreadyDone)).await;
    check(stop(), &[(stop_line, 404, GONE)], Ok(Applied::AlreadyDone)).await;
}

#[tokio::test]
async fn removing_a_container() {
    let line = "DELETE /v1.41/containers/site.web HTTP";
    check(remove(), &[(line, 204, "")], Ok(Applied::Done)).await;
    check(remove(), &[(line, 404, GONE)], Ok(Applied::AlreadyDone)).await;
    let busy = r#"{"message":"removal of container site.web is already in progress"}"#;
    check(remove(), &[(line, 409, busy), (line, 404, GONE)], Ok(Applied::AlreadyDone)).await;
    let running = r#"{"message":"You cannot remove a running container 0a."}"#;
    check(remove(), &[(line, 409, running)], Err(Kind::Conflict)).await;
}

#[tokio::test]
async fn creating_a_container_whose_name_is_taken() {
    let (line, look) = ("POST /v1.41/containers/create?name=site.web", "GET /v1.41/containers/site.web/json");
    let found = |text| [(line, 409, TAKEN), (look, 200, text)];
    let ours = r#"{"Id":"0a","Name":"/site.web","State":{"Status":"created","StartedAt":"0001-01-01T00:00:00Z"},
        "Config":{"Labels":{"dmap.key":"ours","of":"the image"}}}"#;
    check(create(), &found(ours), Ok(Applied::AlreadyDone)).await;
    let foreign = r#"{"Id":"0a","Name":"/site.web","State":{"Status":"created"},"Config":{"Labels":null}}"#;
    check(create(), &found(foreign), Err(Kind::Conflict)).await;
    let older = r#"{"Id":"0a","Name":"/site.web","State":{"Status":"exited","StartedAt":"2026-11-23T00:00:00Z"},
        "Config":{"Labels":{"dmap.key":"ours"}}}"#;
    check(create(), &found(older), Err(Kind::Conflict)).await;
}

#[tokio::test]
async fn errors_say_what_was_done_and_no_secret() {
    let line = "POST /v1.41/containers/create";
    let (stub, engine) = Stub::connected(&[(line, 404, r#"{"message":"No such image: nginx:1"}"#)]).await;
    let error = engine.apply(&create()).await.unwrap_err();
    stub.verify();
    assert_eq!(error.to_string(), "creating container `site.web`");
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("No such image: nginx:1"));
    assert!(!format!("{error:?}").contains("hunter2"));
}

fn source() -> SecretSource {
    SecretSource::Env("DB_PASSWORD".to_owned())
}

/// Creates a container whose password is a secret.
fn create_with_secret() -> Action {
    let environment = BTreeMap::from([("PASSWORD".to_owned(), Some(EnvValue::secret(source())))]);
    let spec =
        ContainerSpec { environment, labels: labels(), ..ContainerSpec::new("nginx:1".parse().unwrap()) };
    Action::CreateContainer { container: "site.web".parse().unwrap(), spec: Box::new(spec) }
}

#[tokio::test]
async fn a_secret_reaches_the_engine_and_nobody_else() {
    let line = "POST /v1.41/containers/create";
    let refusal = r#"{"message":"invalid variable PASSWORD=hunter2"}"#;
    let (stub, engine) = Stub::connected(&[(line, 400, refusal)]).await;
    let engine = engine.with_secrets(BTreeMap::from([(source(), Secret::new("hunter2"))]));
    let error = engine.apply(&create_with_secret()).await.unwrap_err();
    stub.verify();
    assert!(stub.last_request().contains(r#""Env":["PASSWORD=hunter2"]"#), "{}", stub.last_request());
    let cause = error.source().map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("invalid variable PASSWORD=(secret)"));
    assert!(!format!("{error:?} {engine:?} {:?}", create_with_secret()).contains("hunter2"));
}

#[tokio::test]
async fn an_unknown_secret_fails_before_anything_is_sent() {
    let (stub, engine) = Stub::connected(&[]).await;
    let error = engine.apply(&create_with_secret()).await.unwrap_err();
    stub.verify();
    assert_eq!((error.to_string().as_str(), error.kind), ("creating container `site.web`", Kind::NotFound));
    let cause = error.source().map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("the secret from variable DB_PASSWORD was not read"));
}

/// The password is one that plain base64 writes with a `+` and a `/`.
#[tokio::test]
async fn a_registry_gets_its_credentials() {
    let pulled = "{\"status\":\"Status: Downloaded\"}\r\n";
    let pull = |image: &str| Action::PullImage { image: image.parse().unwrap(), platform: None };
    let credential = Credential::User { username: "me".to_owned(), password: Secret::new("a>>>b???c~~~") };
    let credentials = BTreeMap::from([
        ("registry.example.org:5000".to_owned(), credential),
        ("tokens.example.org".to_owned(), Credential::Token(Secret::new("a token"))),
    ]);
    let script = [("POST /v1.41/images/create", 200, pulled); 3];
    let (stub, engine) = Stub::connected(&script).await;
    let engine = engine.with_credentials(credentials);
    engine.apply(&pull("registry.example.org:5000/team/app:1")).await.unwrap();
    let header = || {
        let head = stub.last_request();
        head.lines().find_map(|line| line.strip_prefix("x-registry-auth: ")).unwrap().to_owned()
    };
    let told = |header: &str| -> serde_json::Value {
        serde_json::from_slice(&URL_SAFE.decode(header).unwrap()).unwrap()
    };
    let plain = header();
    let user = told(&plain);
    assert_eq!(user["password"], "a>>>b???c~~~");
    assert_eq!(
        (&user["username"], &user["serveraddress"]),
        (&"me".into(), &"registry.example.org:5000".into())
    );
    assert!(plain.contains(['-', '_']), "the case does not show the difference: {plain}");
    engine.apply(&pull("tokens.example.org/app")).await.unwrap();
    let token = told(&header());
    assert_eq!((&token["identitytoken"], &token["username"]), (&"a token".into(), &serde_json::Value::Null));
    engine.apply(&pull("team/app:1")).await.unwrap();
    assert!(!stub.last_request().contains("x-registry-auth"));
    stub.verify();
}

#[tokio::test]
async fn a_volume_of_somebody_else() {
    let line = "POST /v1.41/volumes/create";
    let ours = r#"{"Name":"site.data","Driver":"local","Labels":{"dmap.key":"ours"},"Options":null}"#;
    check(create_volume(), &[(line, 201, ours)], Ok(Applied::Done)).await;
    let foreign = r#"{"Name":"site.data","Driver":"local","Labels":null,"Options":null}"#;
    check(create_volume(), &[(line, 201, foreign)], Err(Kind::Conflict)).await;
}

#[tokio::test]
async fn a_network_that_is_there() {
    let (list, line) = ("GET /v1.41/networks HTTP", "POST /v1.41/networks/create");
    let ours = r#"[{"Id":"1","Name":"site.net","Driver":"bridge","Labels":{"dmap.key":"ours"}}]"#;
    let foreign = r#"[{"Id":"1","Name":"site.net","Driver":"bridge","Labels":{}}]"#;
    let two = r#"[{"Id":"1","Name":"site.net","Driver":"bridge","Labels":{"dmap.key":"ours"}},
        {"Id":"2","Name":"site.net","Driver":"bridge","Labels":{"dmap.key":"ours"}}]"#;
    check(create_network(), &[(list, 200, "[]"), (line, 201, r#"{"Id":"1"}"#)], Ok(Applied::Done)).await;
    check(create_network(), &[(list, 200, ours)], Ok(Applied::AlreadyDone)).await;
    check(create_network(), &[(list, 200, foreign)], Err(Kind::Conflict)).await;
    check(create_network(), &[(list, 200, two)], Err(Kind::Conflict)).await;
    let raced = r#"{"message":"network with name site.net already exists"}"#;
    let script = [(list, 200, "[]"), (line, 409, raced), (list, 200, ours)];
    check(create_network(), &script, Ok(Applied::AlreadyDone)).await;
}

#[tokio::test]
async fn another_platform_is_asked_for() {
    let Action::CreateContainer { container, mut spec } = create() else { unreachable!() };
    spec.platform = Some("linux/arm64".to_owned());
    let line = "POST /v1.41/containers/create?name=site.web&platform=linux/arm64 HTTP";
    check(Action::CreateContainer { container, spec }, &[(line, 201, r#"{"Id":"1"}"#)], Ok(Applied::Done))
        .await;
    let line = "POST /v1.41/images/create?fromImage=team%2Fapp&tag=1&platform=linux%2Farm64";
    let pulled = "{\"status\":\"Status: Downloaded\"}\r\n";
    let pull =
        Action::PullImage { image: "team/app:1".parse().unwrap(), platform: Some("linux/arm64".to_owned()) };
    check(pull, &[(line, 200, pulled)], Ok(Applied::Done)).await;
}

#[tokio::test]
async fn a_pull_that_fails_on_the_way() {
    let pull = || Action::PullImage { image: "team/app:1".parse().unwrap(), platform: None };
    let line = "POST /v1.41/images/create?fromImage=team%2Fapp&tag=1";
    let good =
        "{\"status\":\"Pulling from team/app\",\"id\":\"1\"}\r\n{\"status\":\"Status: Downloaded\"}\r\n";
    check(pull(), &[(line, 200, good)], Ok(Applied::Done)).await;
    let bad = "{\"status\":\"Pulling\"}\r\n{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"manifest unknown\"}\r\n";
    check(pull(), &[(line, 200, bad)], Err(Kind::NotFound)).await;
    let denied = r#"{"message":"pull access denied for team/app, repository does not exist"}"#;
    check(pull(), &[(line, 404, denied)], Err(Kind::NotFound)).await;
}
