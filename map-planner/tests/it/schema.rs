//! The JSON Schema of plan files: it accepts what is written, and refuses what nobody wrote.

use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use map_planner::PlanFile;
use serde_json::{Value, json};

use crate::story::{site, up};

/// The schema, ready to judge.
struct Judge {
    schemas: Schemas,
    index: SchemaIndex,
}

/// Making a schema ready takes longer than judging with it.
static JUDGE: LazyLock<Judge> = LazyLock::new(|| {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("plan.json", schema()).unwrap();
    let index = compiler.compile("plan.json", &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
    Judge { schemas, index }
});

fn schema() -> Value {
    serde_json::to_value(PlanFile::schema()).unwrap()
}

/// Returns why the text of a plan's file is refused, if it is.
pub(crate) fn judged(text: &str) -> Result<(), String> {
    let file = serde_json::from_str(text).map_err(|error| error.to_string())?;
    JUDGE.schemas.validate(&file, JUDGE.index).map_err(|error| format!("{error:#}"))
}

#[test]
fn the_schema_is_one() {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let meta = compiler.compile("https://json-schema.org/draft/2020-12/schema", &mut schemas).unwrap();
    schemas.validate(&schema(), meta).unwrap_or_else(|error| panic!("{error:#}"));
}

/// Returns a plan's file that has most of what a plan can have: a replacement that is waited for, a prepared volume, a place
/// in a network, and a difference.
fn file() -> Value {
    let text = |command: &str| {
        site(&format!(
            "  a: {{image: server, attaches: v0, user: 2000, networks: [[n1, alias]], exposes: {{80: 8080}}, \
             create_options: {{command: {command}}}, host_config: {{mem_limit: 64m}}}}"
        ))
    };
    let edited = up(&text("one")).edits(&text("two")).plan().unwrap();
    let new = up(&site("  b: {image: server}")).edits(&text("one")).plan().unwrap();
    serde_json::to_value(PlanFile::new(vec![edited, new])).unwrap()
}

/// Returns the place of the first step of a kind.
fn step(file: &Value, action: &str) -> String {
    let plans = file["plans"].as_array().unwrap().iter().enumerate();
    let found = plans.flat_map(|(at, plan)| {
        let steps = plan["steps"].as_array().unwrap().iter().enumerate();
        steps
            .filter(|(_, step)| step["action"] == action)
            .map(move |(step, _)| format!("/plans/{at}/steps/{step}"))
    });
    found.into_iter().next().unwrap_or_else(|| panic!("no step is `{action}`\n{file:#}"))
}

/// Both who reads a plan and who judges it by the schema must see what nobody wrote.
#[test]
fn what_nobody_wrote_is_refused() {
    let file = file();
    assert_eq!(judged(&file.to_string()), Ok(()));
    let create = step(&file, "create-container");
    let rename = step(&file, "rename-container");
    for (place, key, value) in [
        (String::new(), "plan", json!([])),
        (String::new(), "format", json!("dmap-plan/0")),
        ("/plans/0".to_owned(), "unchangd", json!([])),
        ("/plans/0".to_owned(), "base", json!({"thing/site.a": "0"})),
        ("/plans/0/summary".to_owned(), "replaced", json!(1)),
        ("/plans/0/summary".to_owned(), "create", json!("1")),
        (create.clone(), "action", json!("explode")),
        (create.clone(), "afte", json!([])),
        (create.clone(), "after", json!(1)),
        (create.clone(), "reason", json!("bored")),
        (format!("{create}/spec"), "hostnam", json!("www")),
        (format!("{create}/spec"), "stop_timeout", json!("10s")),
        (format!("{create}/spec/mounts/~1run~1app"), "acess", json!("read-only")),
        (format!("{create}/spec/host"), "mem_limt", json!("1g")),
        (format!("{create}/spec/host"), "pids_limit", json!(0)),
        (format!("{create}/spec/endpoints/site.n1"), "alias", json!([])),
        (format!("{create}/spec/ports/80~1tcp/0"), "adress", json!("10.0.0.1")),
        (format!("{create}/reason/differs/0"), "origin", json!("guessed")),
        (format!("{create}/reason/differs/0"), "items", json!("x")),
        (rename.clone(), "to", json!("previous")),
    ] {
        let mut wrong = file.clone();
        let object = wrong.pointer_mut(&place).and_then(Value::as_object_mut);
        object.unwrap_or_else(|| panic!("nothing is at `{place}`\n{file:#}")).insert(key.to_owned(), value);
        assert!(judged(&wrong.to_string()).is_err(), "`{key}` in `{place}` is accepted");
        assert!(serde_json::from_value::<PlanFile>(wrong).is_err(), "`{key}` in `{place}` is read");
    }
}

#[test]
fn what_a_step_needs_must_be_there() {
    let file = file();
    let create = step(&file, "create-container");
    for key in ["id", "action", "reason", "container", "spec"] {
        let mut wrong = file.clone();
        wrong.pointer_mut(&create).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        assert!(judged(&wrong.to_string()).is_err(), "a step without `{key}` is accepted");
    }
}
