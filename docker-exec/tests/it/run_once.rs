//! What is run once: the requests in their order, its output and its end, and that it is removed whatever happens.

use std::collections::BTreeMap;
use std::time::Duration;

use container_map::ContainerKey;
use docker_exec::{
    After, Holder, Kind, Reader, RunEnd, RunError, RunOnce, Stops, Stream, Upload, UploadEntry, UploadKind,
};
use map_planner::OneOffSpec;
use map_planner::spec::{ContainerSpec, EndpointSpec};

use crate::stub::{Exchange, Stub};

const CREATE: Exchange = ("POST /v1.41/containers/create?name=dmap-run.site.web", 201, r#"{"Id":"0a"}"#);
const CONNECT: Exchange = ("POST /v1.41/networks/site.back/connect", 200, "");
const UPLOAD: Exchange = ("PUT /v1.41/containers/dmap-run.site.web/archive?path=", 200, "");
const ATTACH: Exchange = (
    "POST /v1.41/containers/dmap-run.site.web/attach?stream=1&stdout=1&stderr=1",
    200,
    "\u{1}\0\0\0\0\0\0\u{4}out\n\u{2}\0\0\0\0\0\0\u{4}err\n",
);
const START: Exchange = ("POST /v1.41/containers/dmap-run.site.web/start", 204, "");
const WAIT: Exchange = ("POST /v1.41/containers/dmap-run.site.web/wait", 200, r#"{"StatusCode":7}"#);
const REMOVE: Exchange = ("DELETE /v1.41/containers/dmap-run.site.web?force=1&v=1", 204, "");
const LOOK: &str = "GET /v1.41/containers/dmap-run.site.web/json";

#[derive(Default)]
struct Heard(Vec<(Stream, String)>);

impl Reader for Heard {
    fn read(&mut self, stream: Stream, bytes: &[u8]) {
        self.0.push((stream, String::from_utf8_lossy(bytes).into_owned()));
    }
}

fn me(process: u32) -> Holder {
    Holder { who: "me@here".to_owned(), place: "boot pid:[1]".to_owned(), process }
}

/// Runs something with a network and a file; returns what came of it and what it wrote.
async fn run(script: &[Exchange], after: After, stops: &Stops) -> (Stub, Result<RunEnd, RunError>, Heard) {
    let (stub, engine) = Stub::connected(script).await;
    let beside: ContainerKey = "site.web".parse().unwrap();
    let networks = BTreeMap::from([("site.back".parse().unwrap(), EndpointSpec::default())]);
    let spec = OneOffSpec { container: ContainerSpec::new("app".parse().unwrap()), networks };
    let entry = UploadEntry { path: "job.sh".to_owned(), kind: UploadKind::File(b"true\n".to_vec()) };
    let upload = Upload { folder: "/tmp/script_run".parse().unwrap(), entries: vec![entry] };
    let timeout = Some(Duration::from_mins(1));
    let once = RunOnce { beside: &beside, spec: &spec, upload: Some(&upload), timeout, after };
    let mut heard = Heard::default();
    let result = engine.run_once(once, &me(1), stops, &mut heard).await;
    (stub, result, heard)
}

#[tokio::test]
async fn it_is_made_run_and_removed() {
    let script = [CREATE, CONNECT, UPLOAD, ATTACH, START, WAIT, REMOVE];
    let (stub, result, heard) = run(&script, After::Remove, &Stops::default()).await;
    assert_eq!(result.unwrap(), RunEnd::Exited(7));
    stub.verify();
    assert_eq!(heard.0, [(Stream::Out, "out\n".to_owned()), (Stream::Err, "err\n".to_owned())]);
    let body = stub.request(2);
    assert!(
        body.contains(r#""dmap.run.who":"me@here""#) && body.contains(r#""dmap.run.process":"1""#),
        "{body}"
    );
}

#[tokio::test]
async fn it_is_kept_if_that_is_asked_for() {
    let script = [CREATE, CONNECT, UPLOAD, ATTACH, START, WAIT];
    let (stub, result, _) = run(&script, After::Keep, &Stops::default()).await;
    assert_eq!(result.unwrap(), RunEnd::Exited(7));
    stub.verify();
}

/// Whatever fails after the creation, and also if it was to be kept.
#[tokio::test]
async fn after_a_failure_it_is_removed() {
    let refused = |exchange: Exchange| (exchange.0, 400, r#"{"message":"no"}"#);
    let all = [CREATE, CONNECT, UPLOAD, ATTACH, START, WAIT];
    for failing in 1..all.len() {
        let mut script = all[..failing].to_vec();
        script.extend([refused(all[failing]), REMOVE]);
        let (stub, result, _) = run(&script, After::Keep, &Stops::default()).await;
        stub.verify();
        match result {
            Err(RunError::Engine(error)) => assert_eq!(error.kind, Kind::Refused, "{}", all[failing].0),
            other => panic!("{}: {other:?}", all[failing].0),
        }
    }
    let (stub, result, _) = run(&[refused(CREATE)], After::Remove, &Stops::default()).await;
    stub.verify();
    assert!(result.is_err(), "nothing was made, so nothing is removed");
}

#[tokio::test]
async fn a_wish_to_stop_is_granted() {
    let stops = Stops::default();
    stops.at_once.cancel();
    let kill: Exchange = ("POST /v1.41/containers/dmap-run.site.web/kill", 204, "");
    let script = [CREATE, CONNECT, UPLOAD, ATTACH, START, kill, REMOVE];
    let (stub, result, _) = run(&script, After::Remove, &stops).await;
    assert!(matches!(result.unwrap(), RunEnd::Stopped));
    stub.verify();
}

/// What does not run is left over; what runs is so if its process was one of this machine and is gone.
#[tokio::test]
async fn what_is_left_over_is_told_from_what_is_at_work() {
    const LABELS: &str = r#""dmap.run.who":"me@here","dmap.run.place":"boot pid:[1]","dmap.run.process":"#;
    let beside: ContainerKey = "site.web".parse().unwrap();
    let mine = std::process::id();
    for (status, process, expect) in [
        ("exited", mine, "cleared"),
        ("created", mine, "cleared"),
        ("running", u32::MAX, "cleared"),
        ("running", mine, "busy"),
        ("paused", mine, "busy"),
    ] {
        let found = format!(
            r#"{{"Id":"0a","Name":"/dmap-run.site.web","State":{{"Status":"{status}"}},"Config":{{"Labels":{{{LABELS}"{process}"}}}}}}"#
        );
        let found: &'static str = Box::leak(found.into_boxed_str());
        let mut script = vec![(LOOK, 200, found)];
        if expect == "cleared" {
            script.push(("DELETE /v1.41/containers/0a?force=1&v=1", 204, ""));
        }
        let (stub, engine) = Stub::connected(&script).await;
        let result = engine.clear_run(&beside, &me(u32::MAX - 1)).await;
        stub.verify();
        let result = match result {
            Ok(true) => "cleared",
            Ok(false) => "nothing",
            Err(RunError::Busy { .. }) => "busy",
            Err(error) => panic!("{error}"),
        };
        assert_eq!(result, expect, "{status} {process}");
    }
    let (stub, engine) = Stub::connected(&[(LOOK, 404, "{}")]).await;
    assert!(!engine.clear_run(&beside, &me(1)).await.unwrap());
    stub.verify();
}
