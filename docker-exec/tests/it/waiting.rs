//! What is waited for, and what can never be.

use std::error::Error;
use std::time::Duration;

use docker_exec::{Applied, Engine, Kind};
use map_planner::{Action, Condition};

use crate::stub::{Exchange, Stub};

const LOOK: &str = "GET /v1.41/containers/site.db/json";

/// Waits for a container that looks as the states say, one after the other; returns what came of it in words.
async fn outcome(until: Condition, states: &[&'static str], more: &[Exchange]) -> String {
    let looks: Vec<Exchange> = states.iter().map(|state| (LOOK, 200, *state)).collect();
    let (stub, engine) = Stub::connected(&[&looks[..], more].concat()).await;
    let container = "site.db".parse().unwrap();
    let action = Action::AwaitContainer {
        container,
        until,
        within: Duration::ZERO,
        steady: Some(Duration::from_millis(1)),
    };
    let result = engine.apply(&action).await;
    stub.verify();
    match result {
        Ok(Applied::Done) => "done".to_owned(),
        Ok(Applied::AlreadyDone) => "done already".to_owned(),
        Err(error) => {
            assert!(error.to_string().starts_with("waiting for container `site.db`"), "{error}");
            format!("{:?}: {}", error.kind, error.source().map(ToString::to_string).unwrap_or_default())
        }
    }
}

/// What an inspection shows of a container in a state.
macro_rules! looks {
    ($($state:literal),*) => { &[$(concat!(r#"{"Id":"0a","Name":"/site.db","State":{"Status":"#, $state, "}}")),*] };
}

const NO_LOGS: Exchange = ("GET /v1.41/containers/site.db/logs", 200, "");

#[tokio::test]
async fn until_it_runs_steadily() {
    for condition in [Condition::Started, Condition::Ready] {
        let running = looks![r#""running""#, r#""running""#];
        assert_eq!(outcome(condition, running, &[]).await, "done");
    }
    assert_eq!(outcome(Condition::Started, looks![r#""exited""#], &[]).await, "done");
    let crashed = looks![r#""running""#, r#""exited","ExitCode":3"#];
    assert_eq!(outcome(Condition::Started, crashed, &[NO_LOGS]).await, "Other: it ended with exit code 3");
    let again = looks![
        r#""running","StartedAt":"2026-11-25T00:00:01Z""#,
        r#""running","StartedAt":"2026-11-25T00:00:02Z""#
    ];
    assert_eq!(
        outcome(Condition::Started, again, &[NO_LOGS]).await,
        "Other: it does not stay up: its restart policy started it again"
    );
    let restarting = looks![r#""restarting","ExitCode":7"#];
    for condition in [Condition::Started, Condition::Healthy, Condition::Ready] {
        assert_eq!(outcome(condition, restarting, &[NO_LOGS]).await, "Other: it ended with exit code 7");
    }
    let never = outcome(Condition::Started, looks![r#""created""#], &[]).await;
    assert_eq!(never, "TimedOut: it is not started after 0 s");
}

#[tokio::test]
async fn until_it_is_healthy() {
    let healthy = looks![r#""running","Health":{"Status":"healthy"}"#];
    assert_eq!(outcome(Condition::Healthy, healthy, &[]).await, "done");
    let starting = looks![r#""running","Health":{"Status":"starting","Log":null}"#];
    assert_eq!(outcome(Condition::Healthy, starting, &[]).await, "TimedOut: it is not healthy after 0 s");
    let ready = looks![r#""running","Health":{"Status":"starting"}"#];
    assert_eq!(outcome(Condition::Ready, ready, &[]).await, "TimedOut: it is not ready after 0 s");
    assert_eq!(outcome(Condition::Ready, healthy, &[]).await, "done");
    let fails = looks![
        r#""running","Health":{"Status":"unhealthy","Log":[{"Output":"old"},{"ExitCode":1,"Output":"no route\n"}]}"#
    ];
    assert_eq!(
        outcome(Condition::Healthy, fails, &[NO_LOGS]).await,
        "Other: it is unhealthy; the last its health check wrote:\nno route"
    );
    assert_eq!(
        outcome(Condition::Healthy, looks![r#""exited","ExitCode":0"#], &[NO_LOGS]).await,
        "Other: it ended with exit code 0"
    );
}

/// Waiting for what nobody checks would never end.
#[tokio::test]
async fn without_a_check_nothing_is_healthy() {
    let expect = "Other: it has no health check, neither from the map nor from its image, so it never counts as healthy";
    for state in [looks![r#""running""#], looks![r#""running","Health":{"Status":"none"}"#]] {
        assert_eq!(outcome(Condition::Healthy, state, &[]).await, expect);
    }
}

#[tokio::test]
async fn until_it_has_ended_well() {
    assert_eq!(outcome(Condition::Completed, looks![r#""exited","ExitCode":0"#], &[]).await, "done");
    let failed = looks![r#""exited","ExitCode":2"#];
    assert_eq!(outcome(Condition::Completed, failed, &[NO_LOGS]).await, "Other: it ended with exit code 2");
    for state in [looks![r#""running""#], looks![r#""restarting","ExitCode":1"#]] {
        let pending = outcome(Condition::Completed, state, &[]).await;
        assert_eq!(pending, "TimedOut: it is not completed after 0 s");
    }
}

#[tokio::test]
async fn looks_again_when_the_engine_tells_something() {
    let (line, container) = (LOOK, "site.db".parse().unwrap());
    let working = r#"{"Id":"0a","Name":"/site.db","State":{"Status":"running"}}"#;
    let done = r#"{"Id":"0a","Name":"/site.db","State":{"Status":"exited","ExitCode":0}}"#;
    let filters = "%7B%22type%22%3A%5B%22container%22%5D%2C%22container%22%3A%5B%22site.db%22%5D%7D";
    let events: &'static str = format!("GET /v1.41/events?filters={filters} HTTP").leak();
    let script =
        [(line, 200, working), (events, 200, r#"{"Action":"die"}"#), (line, 200, working), (line, 200, done)];
    let (stub, engine) = Stub::connected(&script).await;
    let within = Duration::from_mins(1);
    let action = Action::AwaitContainer { container, until: Condition::Completed, within, steady: None };
    assert_eq!(engine.apply(&action).await.unwrap(), Applied::Done);
    stub.verify();
    let (stub, engine) = Stub::connected(&[(line, 404, "{}")]).await;
    assert_eq!(engine.apply(&action).await.unwrap_err().kind, Kind::NotFound);
    stub.verify();
}

/// A container may take long, and its engine may be started anew meanwhile; but one that went away is not waited for so
/// long.
#[tokio::test]
async fn an_engine_that_went_away_is_not_waited_for() {
    let (stub, engine) = Stub::connected(&[(LOOK, 0, "")]).await;
    stub.goes_away();
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let action = Action::AwaitContainer {
        container: "site.db".parse().unwrap(),
        until: Condition::Completed,
        within: Duration::from_hours(1),
        steady: None,
    };
    let error = engine.apply(&action).await.unwrap_err();
    let waited = began.elapsed();
    stub.verify();
    assert_eq!(error.kind, Kind::Unreachable, "{error:?}");
    assert!((30..120).contains(&waited.as_secs()), "in {waited:?}: {error:?}");
}
