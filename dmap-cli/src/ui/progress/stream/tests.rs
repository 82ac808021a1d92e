//! The format is pinned here: programs rely on it.

use boon::{Compiler, Schemas};
use insta::assert_snapshot;
use map_planner::{ContainerRef, Reason};
use serde_json::{Value, json};

use super::*;

fn step(id: u32, action: Action) -> Step {
    Step {
        id: StepId(id),
        action,
        reason: Reason::Requested,
        after: Vec::new(),
        networks: std::collections::BTreeSet::new(),
    }
}

fn container() -> ContainerRef {
    "site.web".parse().unwrap()
}

fn start(id: u32) -> Step {
    step(id, Action::StartContainer { container: container(), settle: None })
}

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Returns a line of each event but the first.
fn lines() -> Vec<Line<'static>> {
    let pull = step(1, Action::PullImage { image: "app:2".parse().unwrap(), platform: None });
    let next = step(
        2,
        Action::RenameContainer { container: "site.web.dmap-next".parse().unwrap(), to: Slot::Current },
    );
    let error = EngineError::new(Kind::Other, "failed while waiting for container `site.web`")
        .because("it ended with exit code 1; the last it wrote:\nTOKEN=value-of-the-environment");
    let count = Count { done: 1, already: 1, failed: 1, skipped: 1, cancelled: 0 };
    let outage = MeasuredOutage { container: container().key, lasted: at(1234), is_over: true };
    Vec::from([
        Line::start(&pull, at(1)),
        Line::start(&next, at(2)),
        Line::progress(&pull, "Downloading \"x\"\n40%", at(3)).unwrap(),
        Line::end(&pull, &Outcome::Done, at(3), at(4)),
        Line::end(&next, &Outcome::AlreadyDone, at(5), at(7)),
        Line::end(&start(3), &Outcome::Failed(error), at(8), at(15)),
        Line::end(&start(4), &Outcome::Skipped { because: StepId(3) }, at(0), at(15)),
        Line::end(&start(5), &Outcome::Cancelled, at(0), at(16)),
        Line::summary(count, 6, 1, vec![outage], at(20)),
    ])
}

#[test]
fn each_event_has_a_line() {
    let text = lines().iter().map(Line::text).collect::<Vec<_>>().join("\n");
    assert!(!text.contains("value-of-the-environment"));
    assert_snapshot!(text);
}

/// Says why a line is not as the schema has it, if it is not.
fn judge(lines: &[Value]) -> Vec<Result<(), String>> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = serde_json::to_value(schema()).unwrap();
    let meta = compiler.compile("https://json-schema.org/draft/2020-12/schema", &mut schemas).unwrap();
    schemas.validate(&schema, meta).unwrap_or_else(|error| panic!("{error:#}"));
    compiler.add_resource("progress.json", schema).unwrap();
    let index = compiler.compile("progress.json", &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
    let judge = |line| schemas.validate(line, index).map_err(|error| format!("{line}\n{error:#}"));
    lines.iter().map(judge).collect()
}

fn value(line: &Line<'_>) -> Value {
    serde_json::from_str(&line.text()).unwrap()
}

#[test]
fn the_schema_accepts_what_is_written() {
    let kinds =
        [Kind::NotFound, Kind::Conflict, Kind::InUse, Kind::Refused, Kind::Unreachable, Kind::TimedOut];
    let failed = |kind| {
        let outcome = Outcome::Failed(EngineError::new(kind, "failing"));
        value(&Line::end(&start(1), &outcome, at(0), at(0)))
    };
    let mut written: Vec<Value> = lines().iter().map(value).chain(kinds.map(failed)).collect();
    written.push(json!({"format": "dmap-progress/1", "at_ms": 0, "event": "begin", "client": "a", "map": "b", "steps": 1}));
    for judgement in judge(&written) {
        assert_eq!(judgement, Ok(()));
    }
    // What is added later is no reason to refuse a line.
    for line in &mut written {
        line["more"] = json!({"of": "it"});
    }
    assert!(judge(&written).iter().all(Result::is_ok));
}

#[test]
fn the_schema_refuses_what_is_not_written() {
    let lines: Vec<Value> = lines().iter().map(value).collect();
    let find = |event: &str| lines.iter().find(|line| line["event"] == event).unwrap();
    for (event, key, wrong) in [
        ("start", "format", json!("dmap-progress/0")),
        ("start", "event", json!("explode")),
        ("start", "slot", json!("previous")),
        ("start", "step", json!("one")),
        ("done", "took_ms", json!(-1)),
        ("done", "already", Value::Null),
        ("failed", "kind", json!("bored")),
        ("skipped", "because", json!("of it")),
        ("summary", "outages", json!([{"container": "container/site.web"}])),
    ] {
        let mut line = find(event).clone();
        line[key] = wrong;
        assert!(judge(&[line.clone()])[0].is_err(), "{line}");
    }
    for line in &lines {
        let fields = line.as_object().unwrap();
        for key in fields.keys().filter(|key| !["slot", "hint"].contains(&key.as_str())) {
            let mut less = fields.clone();
            less.remove(key);
            assert!(judge(&[less.into()])[0].is_err(), "without `{key}`: {line}");
        }
    }
}

#[test]
fn what_a_command_writes_is_not_for_programs() {
    let command = serde_json::from_str(r#"{"command": ["env"]}"#).unwrap();
    let exec = step(1, Action::Exec { container: container(), command });
    assert!(Line::progress(&exec, "TOKEN=value", at(0)).is_none());
    assert!(Line::progress(&start(1), "not started yet", at(0)).is_some());
}

#[test]
fn the_counts_add_up() {
    let count = Count { done: 3, already: 1, failed: 1, skipped: 2, cancelled: 1 };
    let value = value(&Line::summary(count, 10, 2, Vec::new(), at(0)));
    let kinds = ["done", "already", "failed", "skipped", "not_begun", "unknown"];
    assert_eq!(kinds.iter().filter_map(|kind| value[kind].as_u64()).sum::<u64>(), 10);
    assert_eq!((&value["not_begun"], &value["success"]), (&1.into(), &false.into()));
}
