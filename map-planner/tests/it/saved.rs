//! Saved plans: they hold as long as what they touch is as it was, and an edited one is refused.

use map_planner::sim::Damage;
use map_planner::spec::EndpointSpec;
use map_planner::{Plan, PlanFile, explain};
use serde_json::Value;

use crate::fixture::in_network;
use crate::story::{site, up};
use crate::world::World;

/// A map that is up, and one of its containers is wanted otherwise.
fn edited() -> (World, Plan) {
    let text = |command: &str| {
        site(&format!(
            "  a: {{image: server, attaches: v0, user: 2000, networks: n1, create_options: {{command: {command}}}}}\n  \
             b: {{image: server}}"
        ))
    };
    let world = up(&text("one")).edits(&text("two"));
    let plan = world.plan().unwrap();
    (world, plan)
}

fn moved(world: &World, plan: &Plan) -> Vec<String> {
    plan.moved(&world.engine.observe(&plan.scope())).map(ToString::to_string).collect()
}

#[test]
fn a_plan_holds_until_something_it_touches_changes() {
    let (mut world, plan) = edited();
    assert!(moved(&world, &plan).is_empty());
    // Somebody else's business, and a container that the plan does not touch.
    world.engine.create_container("guest", &in_network("site.n1", EndpointSpec::default())).unwrap();
    world = world.suffers(Damage::StopContainer("site.b".into()));
    assert!(moved(&world, &plan).is_empty());
    let owner = map_planner::engine::NumericOwner { uid: 5, gid: 6 };
    let stopped = world.clone().suffers(Damage::StopContainer("site.a".into()));
    assert_eq!(moved(&stopped, &plan), ["container/site.a"]);
    let changed = world.clone().suffers(Damage::ChangeTop("site.v0".into(), owner, 0o777));
    assert_eq!(moved(&changed, &plan), ["volume/site.v0"]);
}

#[test]
fn a_plan_that_was_done_in_part_does_not_hold_any_more() {
    let (world, plan) = edited();
    let steps = plan.steps().len();
    for done in 1..=steps {
        let world = world.clone().cut_after(done);
        assert_eq!(moved(&world, &plan), ["container/site.a"], "after {done} steps");
    }
}

#[test]
fn another_engine_is_told_apart() {
    let (world, _) = edited();
    let mut state = world.engine.observe(&world.scope());
    let plan_of = |state: &map_planner::EngineState| {
        let (client, secrets) = (container_map::ClientConfig::default(), crate::world::secrets());
        let input = map_planner::PlanInput {
            map: &world.map,
            client: &client,
            engine: state,
            request: &world.request,
            secrets: &secrets,
            contexts: &world.contexts,
        };
        map_planner::plan(&input).unwrap()
    };
    state.engine = Some(map_planner::engine::EngineId::new("ONE"));
    let plan = plan_of(&state);
    assert!(!plan.is_for_another(&state));
    assert!(!PlanFile::new(vec![plan.clone()]).to_json().contains("ONE"));
    state.engine = Some(map_planner::engine::EngineId::new("TWO"));
    assert!(plan.is_for_another(&state));
}

/// Each edit makes a plan that says something untrue, or cannot be done.
#[test]
fn an_edited_plan_is_refused() {
    type Edit = fn(&mut Value);
    let (_, plan) = edited();
    let file: Value = serde_json::from_str(&PlanFile::new(vec![plan]).to_json()).unwrap();
    let edits: [(&str, Edit); 6] = [
        ("counts", |plan| plan["summary"]["replace"] = 7.into()),
        ("waits", |plan| plan["steps"][0]["after"] = serde_json::json!([3])),
        ("fingerprint", |plan| drop(plan["base"].as_object_mut().unwrap().remove("container/site.a"))),
        ("another map", |plan| plan["map"] = "other".into()),
        ("a missing step", |plan| drop(plan["steps"].as_array_mut().unwrap().remove(2))),
        ("an unknown action", |plan| plan["steps"][0]["action"] = "explode".into()),
    ];
    for (what, edit) in edits {
        let mut file = file.clone();
        edit(&mut file["plans"][0]);
        assert!(serde_json::from_value::<PlanFile>(file).is_err(), "{what}");
    }
    assert!(serde_json::from_value::<PlanFile>(file).is_ok());
}

#[test]
fn explanations() {
    let (world, _) = edited();
    let state = world.engine.observe(&world.scope());
    let (client, secrets) = (container_map::ClientConfig::default(), crate::world::secrets());
    let input = map_planner::PlanInput {
        map: &world.map,
        client: &client,
        engine: &state,
        request: &world.request,
        secrets: &secrets,
        contexts: &world.contexts,
    };
    let text = |key: &str| {
        let found = explain(&input, &key.parse().unwrap()).unwrap();
        found.map_or_else(|| "nothing".to_owned(), |found| found.text(None).to_string())
    };
    insta::assert_snapshot!(text("container/site.a"));
    insta::assert_snapshot!(text("container/site.b"));
    insta::assert_snapshot!(text("volume/site.v0"));
    insta::assert_snapshot!(text("network/site.n1"));
    assert_eq!(text("container/site.c"), "nothing");
}
