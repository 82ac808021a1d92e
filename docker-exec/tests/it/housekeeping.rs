//! What housekeeping asks of an engine, and what becomes of answers.

use std::error::Error as _;
use std::time::Duration;

use docker_exec::{CancellationToken, ContainerRules, DockerEngine, ImageRules, Kind, NamePattern, Stopping};

use crate::stub::{Exchange, Stub};

const LIST: Exchange = (
    "GET /v1.41/containers/json?all=1&size=1 ",
    200,
    r#"[{"Id":"01","Names":["/old"],"Image":"app","ImageID":"sha256:1","State":"exited","SizeRw":12},
        {"Id":"02","Names":["/up"],"Image":"app","ImageID":"sha256:1","State":"running","Labels":null}]"#,
);

/// Removes all containers of the list, and returns what is gone, what failed with the words, and what was told.
async fn remove(engine: &DockerEngine, rules: &ContainerRules, cancel: &CancellationToken) -> [String; 3] {
    let chosen = rules.choose(&engine.containers().await.unwrap()).chosen;
    let stopping = Stopping::Within(Some(Duration::from_secs(3)));
    let mut told = Vec::new();
    let cleared = engine
        .remove_containers(chosen, stopping, cancel, |container, result| {
            told.push(format!("{} {}", container.name, result.is_ok()));
        })
        .await;
    let failed = cleared.failed.iter().map(|(container, error)| {
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        format!("{}: {error}: {cause}", container.name)
    });
    let names = cleared.removed.iter().map(|container| container.name.clone()).collect::<Vec<_>>();
    told.sort();
    [names.join(" "), failed.collect::<Vec<_>>().join("; "), told.join(", ")]
}

#[tokio::test]
async fn stopped_containers_are_removed_by_their_identifiers_without_force_and_volumes() {
    let script = [LIST, ("DELETE /v1.41/containers/01 HTTP", 204, "")];
    let (stub, engine) = Stub::connected(&script).await;
    let found = remove(&engine, &ContainerRules::stopped(), &CancellationToken::new()).await;
    assert_eq!(found, ["old", "", "old true"]);
    stub.verify();
}

#[tokio::test]
async fn what_runs_is_stopped_first_and_what_somebody_else_removed_is_gone_too() {
    let script = [
        LIST,
        ("POST /v1.41/containers/02/stop?t=3 ", 204, ""),
        ("DELETE /v1.41/containers/02 HTTP", 404, r#"{"message":"No such container: 02"}"#),
    ];
    let (stub, engine) = Stub::connected(&script).await;
    let rules = ContainerRules { names: vec![NamePattern::new("u*")], ..ContainerRules::all() };
    assert_eq!(remove(&engine, &rules, &CancellationToken::new()).await, ["up", "", "up true"]);
    stub.verify();
}

#[tokio::test]
async fn one_that_was_started_meanwhile_stays() {
    let running = r#"{"message":"You cannot remove a running container 01."}"#;
    let script = [LIST, ("DELETE /v1.41/containers/01 HTTP", 409, running)];
    let (stub, engine) = Stub::connected(&script).await;
    let found = remove(&engine, &ContainerRules::stopped(), &CancellationToken::new()).await;
    let failed = "old: removing container `old`: You cannot remove a running container 01.";
    assert_eq!(found, ["", failed, "old false"]);
    stub.verify();
}

#[tokio::test]
async fn nothing_new_is_begun_after_a_cancellation() {
    let (stub, engine) = Stub::connected(&[LIST]).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    assert_eq!(remove(&engine, &ContainerRules::all(), &cancel).await, ["", "", ""]);
    stub.verify();
}

const IMAGES: Exchange = (
    "GET /v1.41/images/json?all=1 ",
    200,
    r#"[{"Id":"sha256:1","ParentId":"","RepoTags":null,"RepoDigests":["team/app@sha256:9"],"Created":1,"Size":5},
        {"Id":"sha256:2","ParentId":"sha256:1","RepoTags":["<none>:<none>"],"Created":2,"Size":6},
        {"Id":"sha256:3","ParentId":"","RepoTags":["<none>:<none>"],"Created":2,"Size":7}]"#,
);

#[tokio::test]
async fn images_go_with_their_references_and_nothing_else_does() {
    let containers = r#"[{"Id":"01","Names":["/old"],"ImageID":"sha256:3","State":"exited"}]"#;
    let gone = r#"{"message":"No such image: sha256:1"}"#;
    let script = [
        IMAGES,
        ("GET /v1.41/containers/json?all=1 ", 200, containers),
        ("DELETE /v1.41/images/sha256:2?noprune=1 ", 409, r#"{"message":"conflict"}"#),
        ("DELETE /v1.41/images/team/app@sha256:9?noprune=1 ", 200, "[]"),
        ("DELETE /v1.41/images/sha256:1?noprune=1 ", 404, gone),
    ];
    let (stub, engine) = Stub::connected(&script).await;
    let choice = ImageRules::default().choose(&engine.images().await.unwrap());
    let cleared = engine.remove_images(choice.chosen, &CancellationToken::new(), |_, _| {}).await;
    stub.verify();
    assert_eq!(cleared.removed.iter().map(|image| image.id.as_str()).collect::<Vec<_>>(), ["sha256:1"]);
    let failed = cleared.failed.iter().map(|(image, error)| (image.id.as_str(), error.kind));
    assert_eq!(failed.collect::<Vec<_>>(), [("sha256:2", Kind::Conflict)]);
}
