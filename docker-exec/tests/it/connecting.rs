//! Finding an engine.

use std::error::Error;

use docker_exec::{ConnectOptions, DockerEngine, Kind};

use crate::stub::Stub;

async fn refused(options: &ConnectOptions) -> (Kind, String) {
    let error = DockerEngine::connect(options).await.unwrap_err();
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    (error.kind, format!("{error}: {source}"))
}

#[tokio::test]
async fn says_what_it_found() {
    let (stub, engine) = Stub::connected(&[]).await;
    let info = engine.info();
    assert_eq!((info.version.as_str(), info.api_version.as_str(), info.cpus), ("20.10.24", "1.41", 2));
    assert_eq!((info.width().get(), info.per_network().map(usize::from)), (8, Some(2)));
    stub.verify();
}

#[tokio::test]
async fn a_newer_engine_is_asked_for_the_newest_known_version() {
    let stub = Stub::new(&[
        ("GET /version", 200, r#"{"Version":"99.0","ApiVersion":"1.99"}"#),
        ("GET /v1.53/info", 200, "{}"),
    ]);
    let engine = DockerEngine::connect(&stub.options()).await.unwrap();
    assert_eq!((engine.info().width().get(), engine.info().per_network()), (4, None));
    stub.verify();
}

#[tokio::test]
async fn nobody_there() {
    let options = ConnectOptions { host: Some("unix:///nowhere/engine.sock".to_owned()) };
    let (kind, text) = refused(&options).await;
    assert_eq!(kind, Kind::Unreachable);
    assert!(text.starts_with("connecting to the engine at `unix:///nowhere/engine.sock`"), "{text}");
}

#[tokio::test]
async fn too_old() {
    let stub = Stub::new(&[("GET /version", 200, r#"{"Version":"19.03","ApiVersion":"1.40"}"#)]);
    let (kind, text) = refused(&stub.options()).await;
    assert_eq!(kind, Kind::Refused);
    assert!(
        text.ends_with("engine 19.03 speaks version 1.40; at least 1.41 (engine 20.10) is needed"),
        "{text}"
    );
}
