//! Commands in containers: the requests, the frames of the output, and what is said of a failure.

use std::error::Error;

use docker_exec::{Applied, Engine, EngineError, Kind};
use map_planner::Action;
use map_planner::spec::ExecSpec;

use crate::stub::{Exchange, Stub};

const CREATE: Exchange = ("POST /v1.41/containers/site.db/exec ", 201, r#"{"Id":"e1"}"#);
const LOOK: &str = "GET /v1.41/exec/e1/json";

fn seed(user: Option<&str>) -> Action {
    let command = vec!["seed".to_owned(), "a b".to_owned()];
    let command = ExecSpec { command, user: user.map(str::to_owned) };
    Action::Exec { container: "site.db".parse().unwrap(), command }
}

async fn run(script: &[Exchange]) -> (Stub, Result<Applied, EngineError>) {
    let (stub, engine) = Stub::connected(script).await;
    let result = engine.apply(&seed(Some("app"))).await;
    (stub, result)
}

#[tokio::test]
async fn a_command_is_created_started_and_looked_at() {
    let start: Exchange = ("POST /v1.41/exec/e1/start", 200, "\u{1}\0\0\0\0\0\0\u{5}done\n");
    let ended: Exchange = (LOOK, 200, r#"{"Running":false,"ExitCode":0}"#);
    let (stub, result) = run(&[CREATE, start, ended]).await;
    assert_eq!(result.unwrap(), Applied::Done);
    stub.verify();
    let body = stub.request(2);
    assert!(body.contains(r#""Cmd":["seed","a b"]"#) && body.contains(r#""User":"app""#), "{body}");
}

/// One that closes its output may still be at work.
#[tokio::test]
async fn its_end_is_waited_for() {
    let start: Exchange = ("POST /v1.41/exec/e1/start", 200, "");
    let runs: Exchange = (LOOK, 200, r#"{"Running":true,"ExitCode":null}"#);
    let ended: Exchange = (LOOK, 200, r#"{"Running":false,"ExitCode":0}"#);
    let (stub, result) = run(&[CREATE, start, runs, ended]).await;
    assert_eq!(result.unwrap(), Applied::Done);
    stub.verify();
}

#[tokio::test]
async fn a_failure_tells_the_exit_code_and_the_output_of_both_streams() {
    let output = "\u{1}\0\0\0\0\0\0\u{8}working\n\u{2}\0\0\0\0\0\0\u{9}no table\n";
    let start: Exchange = ("POST /v1.41/exec/e1/start", 200, output);
    let ended: Exchange = (LOOK, 200, r#"{"Running":false,"ExitCode":3}"#);
    let (stub, result) = run(&[CREATE, start, ended]).await;
    stub.verify();
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), "running `seed 'a b'` in container `site.db`");
    let cause = error.source().unwrap().to_string();
    assert_eq!(cause, "it ended with exit code 3; the last it wrote:\nworking\nno table");
}

#[tokio::test]
async fn nothing_runs_in_what_is_stopped() {
    let refused: Exchange =
        ("POST /v1.41/containers/site.db/exec ", 409, r#"{"message":"Container 0a is not running"}"#);
    let (stub, result) = run(&[refused]).await;
    stub.verify();
    assert_eq!(result.unwrap_err().kind, Kind::Conflict);
}
