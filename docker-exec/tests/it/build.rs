//! Images that are built: what is sent, what is told meanwhile, and what comes of it.

use std::fmt::Write as _;

use container_map::Secret;
use docker_exec::{
    BuildError, BuildEvent, BuildRequest, BuildWatcher, Builder, Built, CancellationToken, FailedStep, Kind,
};
use dockerfile_builder::{
    BuildContext, ContextError, Dockerfile, MemoryTree, SourceEntry, SourcePath, SourceTree,
};

use crate::stub::{Exchange, Stub};

const PING: Exchange = ("GET /v1.41/_ping", 200, "OK");
const CLOCK: Exchange = ("GET /v1.41/info", 200, r#"{"SystemTime":"2026-01-01T00:00:00Z"}"#);
const DONE: &str = r#"{"id":"moby.image.id","aux":{"ID":"sha256:0a"}}"#;
const CLASSIC: &str = r#"{"stream":"Step 1/3 : FROM base"}
{"stream":"\n"}
{"stream":" ---> 00000000000a\n"}
{"stream":"Step 2/3 : RUN one"}
{"stream":"\n"}
{"stream":" ---> Using cache\n"}
{"stream":" ---> 00000000000b\n"}
{"stream":"Step 3/3 : RUN two"}
{"stream":"\n"}
{"stream":" ---> Running in 00000000000c\n"}
{"stream":"out\n"}
{"stream":"\u001b[91merr hunter2\n\u001b[0m"}
"#;

/// Writes down what it is told.
#[derive(Default)]
struct Log(String);

impl BuildWatcher for Log {
    fn notice(&mut self, event: BuildEvent<'_>) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let _ = match event {
            BuildEvent::Sent { .. } => Ok(()),
            BuildEvent::StepStarted { step } => writeln!(self.0, "{} {:?}", step.name, step.line),
            BuildEvent::StepWrote { stream, bytes, .. } => write!(self.0, "{stream:?} {}", text(bytes)),
            BuildEvent::StepFinished { step, end, .. } => writeln!(self.0, "{} {end:?}", step.number),
            BuildEvent::Told { text } => writeln!(self.0, "{text}"),
            _ => panic!("an event without a meaning"),
        };
    }
}

fn request() -> BuildRequest {
    let context = Dockerfile::from("base").run("one").run("two").context();
    BuildRequest::new(context, MemoryTree::new())
}

fn classic() -> BuildRequest {
    BuildRequest { builder: Some(Builder::Classic), ..request() }
}

async fn build(script: &[Exchange], request: &BuildRequest) -> (Stub, Result<Built, BuildError>, String) {
    let (stub, engine) = Stub::connected(script).await;
    let mut log = Log::default();
    let built = engine.build(request, &CancellationToken::new(), &mut log).await;
    stub.verify();
    (stub, built, log.0)
}

#[tokio::test]
async fn buildkit_is_asked_with_everything() {
    let mut request = request().tag("app:1".parse().unwrap()).latest();
    request.labels.insert("a".to_owned(), "b c".to_owned());
    request.args.insert("V".to_owned(), "1&2".to_owned());
    request.hosts = ["one", "two"].map(|name| (name.to_owned(), "::1".to_owned())).to_vec();
    request.target = Some("stage".to_owned());
    request.platform = Some("linux/amd64".to_owned());
    request.network = Some("none".to_owned());
    (request.pull, request.no_cache) = (true, true);
    let (stub, built, _) = build(&[PING, ("POST /v1.41/build?", 200, DONE)], &request).await;
    let built = built.unwrap();
    assert_eq!((built.image.as_str(), built.builder), ("sha256:0a", Builder::BuildKit));
    let sent = stub.last_request();
    let (path, body) = sent.split_once(" HTTP").unwrap();
    let path = path.split("buildid=").map(|part| part.split_once('&').map_or(part, |(_, rest)| rest));
    let path: Vec<&str> = path.collect();
    insta::assert_snapshot!(path.join("\n"), @r"
    version=2&
    t=app%3A1&t=app%3Alatest&labels=%7B%22a%22%3A%22b%20c%22%7D&buildargs=%7B%22V%22%3A%221%262%22%7D&extrahosts=one%3A%3A%3A1&extrahosts=two%3A%3A%3A1&target=stage&platform=linux/amd64&networkmode=none&pull=1&nocache=1
    ");
    assert!(body.contains("FROM base\nRUN one\nRUN two\n"), "{body}");
}

#[tokio::test]
async fn the_classic_builder_is_understood() {
    let script = [
        CLOCK,
        ("POST /v1.41/build?dockerfile=Dockerfile&rm=1&forcerm=1", 200, {
            const ALL: &str = "{\"stream\":\"Step 1/1 : FROM base\"}\n{\"aux\":{\"ID\":\"sha256:0a\"}}\n\
            {\"stream\":\"Successfully built 00000000000a\\n\"}\n{\"stream\":\"Successfully tagged a:latest\\n\"}";
            ALL
        }),
    ];
    let (_, built, log) = build(&script, &classic()).await;
    assert_eq!(built.unwrap().image.as_str(), "sha256:0a");
    assert_eq!(log, "FROM base Some(1)\n1 Done\n");
}

/// What the build made goes: neither what was there before, nor what has got a name, nor what it only claims.
#[tokio::test]
async fn a_step_that_fails_shows_what_it_wrote_and_leaves_nothing() {
    let failed = format!(
        "{CLASSIC}{}\n",
        r#"{"errorDetail":{"code":7,"message":"two: 7"},"error":"two returned a non-zero code: 7"}"#
    );
    let failed: &'static str = Box::leak(failed.into_boxed_str());
    let script = [
        CLOCK,
        ("POST /v1.41/build?", 200, failed),
        ("GET /v1.41/containers/00000000000c/json", 404, "{}"),
        ("GET /v1.41/images/00000000000a/json", 200, r#"{"RepoTags":null,"Created":"2025-12-31T00:00:00Z"}"#),
    ];
    let mut request = classic();
    let (stub, built, log) = build(&script, &request).await;
    let Err(BuildError::Step(step)) = built else { panic!("{built:?}") };
    assert_eq!(
        step,
        FailedStep {
            step: Some("RUN two".to_owned()),
            line: Some(3),
            message: "two returned a non-zero code: 7".to_owned(),
            output: "out\nerr hunter2".to_owned(),
        }
    );
    insta::assert_snapshot!(log, @r"
    FROM base Some(1)
    1 Done
    RUN one Some(2)
    2 Cached
    RUN two Some(3)
    Out out
    Err err hunter2
    3 Failed
    ");
    drop(stub);
    request.secrets.insert("x".to_owned(), Secret::new("hunter2"));
    let (_, built, _) = build(&[CLOCK], &request).await;
    assert!(
        matches!(built, Err(BuildError::Lacks { what: "secrets", .. })),
        "refused, and not left out: {built:?}"
    );
}

#[tokio::test]
async fn images_that_a_failed_build_made_are_removed() {
    const MADE: &str = "{\"stream\":\"Step 1/2 : RUN one\"}\n{\"stream\":\" ---> 00000000000d\\n\"}\n{\"stream\":\" ---> 00000000000e\\n\"}\n{\"error\":\"no\"}";
    let script = [
        CLOCK,
        ("POST /v1.41/build?", 200, MADE),
        ("GET /v1.41/images/00000000000e/json", 200, r#"{"RepoTags":[],"Created":"2026-01-01T00:00:01Z"}"#),
        ("DELETE /v1.41/images/00000000000e?noprune=1", 409, "{}"),
        (
            "GET /v1.41/images/00000000000d/json",
            200,
            r#"{"RepoTags":["mine:1"],"Created":"2026-01-01T00:00:01Z"}"#,
        ),
    ];
    assert!(build(&script, &classic()).await.1.is_err());
}

#[tokio::test]
async fn what_the_engine_refuses_is_its_own() {
    let refused = |status, message| [PING, ("POST /v1.41/build?", status, message)];
    let (_, built, _) = build(
        &refused(400, r#"{"message":"dockerfile parse error line 2: unknown instruction: X"}"#),
        &request(),
    )
    .await;
    assert!(
        matches!(&built, Err(BuildError::Step(FailedStep { line: Some(2), step: None, .. }))),
        "{built:?}"
    );
    let cancel: Exchange = ("POST /v1.41/build/cancel?id=dmap", 200, "");
    let script = [&refused(500, r#"{"message":"no space left on device"}"#)[..], &[cancel]].concat();
    let (_, built, _) = build(&script, &request()).await;
    assert!(matches!(&built, Err(BuildError::Engine(error)) if error.kind == Kind::Other), "{built:?}");
}

/// A tree whose file is shorter than it was said to be.
struct Shrinking(MemoryTree);

impl SourceTree for Shrinking {
    fn entry(&self, path: &SourcePath) -> Result<SourceEntry, ContextError> {
        self.0.entry(path)
    }

    fn children(&self, directory: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
        self.0.children(directory)
    }

    fn read(&self, _path: &SourcePath) -> Result<Box<dyn std::io::Read + '_>, ContextError> {
        Ok(Box::new(&b"x"[..]))
    }
}

/// The engine sees an upload that breaks off, and what it makes of it does not matter.
#[tokio::test]
async fn what_is_wrong_with_the_context_is_told_as_such() {
    let path: SourcePath = "big".parse().unwrap();
    let context = Dockerfile::from("base").add_file(path.clone(), "/x").context();
    let tree = Shrinking(MemoryTree::new().file(path, vec![0; 3 << 20]));
    let cancel: Exchange = ("POST /v1.41/build/cancel?id=dmap", 200, "");
    let script = [PING, ("POST /v1.41/build?", 500, r#"{"message":"unexpected EOF"}"#), cancel];
    let (stub, engine) = Stub::connected(&script).await;
    let request = BuildRequest::new(context, tree);
    let built = engine.build(&request, &CancellationToken::new(), &mut ()).await;
    assert!(matches!(&built, Err(BuildError::Context(ContextError::Changed { .. }))), "{built:?}");
    drop(stub);
}

#[tokio::test]
async fn another_context_than_expected_is_not_built() {
    let other = BuildContext::new(Dockerfile::from("scratch").build()).digest(&MemoryTree::new()).unwrap();
    let request = BuildRequest { digest: Some(other), ..request() };
    let cancel: Exchange = ("POST /v1.41/build/cancel?id=dmap", 200, "");
    let (_stub, engine) = Stub::connected(&[PING, ("POST /v1.41/build?", 500, "{}"), cancel]).await;
    let built = engine.build(&request, &CancellationToken::new(), &mut ()).await;
    assert!(
        matches!(&built, Err(BuildError::ContextChanged { expected, .. }) if *expected == other),
        "{built:?}"
    );
}

#[tokio::test]
async fn a_build_that_is_cancelled_ends_on_the_engine_too() {
    let cancel: Exchange = ("POST /v1.41/build/cancel?id=dmap", 200, "");
    let (stub, engine) = Stub::connected(&[PING, cancel]).await;
    let token = CancellationToken::new();
    token.cancel();
    let built = engine.build(&request(), &token, &mut ()).await;
    assert!(matches!(built, Err(BuildError::Cancelled)), "{built:?}");
    stub.verify();
}
