//! Images that the map builds: when, why, in which order, and what is said of them besides.

use std::collections::BTreeMap;

use map_planner::build::labels;
use map_planner::sim::Damage;
use map_planner::{
    Builds, Effect, Errand, Goal, PersistentImages, Plan, PlanError, PlanFile, Pull, Reason, Select, Verb,
    describe_action, describe_reason, label,
};

use crate::fixture::image;
use crate::story::{site, wanted};
use crate::world::{World, contexts};

const WEB: &str = "  web: {image: made, build: ./web}\n";

/// Returns a world in which the map was brought up.
fn up(containers: &str) -> World {
    let mut world = wanted(&site(containers));
    world.contexts = contexts(0);
    world.converge().unwrap();
    world
}

/// Returns the same after what the image is built from has changed.
fn touched(containers: &str) -> World {
    let mut world = up(containers);
    world.contexts = contexts(1);
    world
}

fn building(mut world: World) -> World {
    world.request.policy.builds = Builds::Changed;
    world
}

fn lines(plan: &Plan) -> Vec<String> {
    let line = |step: &map_planner::Step| {
        format!("{}: {}", describe_action(&step.action), describe_reason(&step.reason))
    };
    plan.steps().iter().map(line).collect()
}

fn planned(world: &World) -> Vec<String> {
    lines(&world.plan().unwrap())
}

fn asked(world: &World, verb: impl Into<Verb>) -> Vec<String> {
    let mut world = world.clone();
    world.request.verb = verb.into();
    planned(&world)
}

fn last_line(world: &World) -> String {
    world.shows().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn what_is_missing_is_built_and_never_pulled() {
    let mut world = wanted(&site(WEB));
    world.contexts = contexts(0);
    let steps = [
        "build image/made:latest: absent",
        "create container/site.web: absent",
        "start container/site.web: absent",
    ];
    assert_eq!(planned(&world), steps);
    let plan = world.plan().unwrap();
    assert!(plan.text().to_string().contains("1 to build, 1 to create"), "{}", plan.text());
    assert_eq!(asked(&world, Goal::Pull), [""; 0]);
    assert_eq!(asked(&world, Errand::Refresh), [""; 0]);
    world.request.policy.pull = Pull::First;
    assert!(!world.shows().contains("pulled first"));
}

#[test]
fn an_image_says_what_it_was_built_from() {
    let world = up(WEB);
    let state = world.engine.observe(&world.scope());
    let found = &state.images[&state.tags[&image("made")]].defaults.labels;
    let build = world.map.containers()[0].build.clone().unwrap();
    let expected = labels(&build, &contexts(0)[&image("made")].digest, &BTreeMap::new());
    assert_eq!(found.get(label::CONTEXT), expected.get(label::CONTEXT));
    assert_eq!(found.get(label::RECIPE), expected.get(label::RECIPE));
    assert_eq!(planned(&building(world)), [""; 0], "what was built is built once");
}

#[test]
fn a_changed_context_is_told_and_built_only_if_that_is_asked() {
    let world = touched(WEB);
    assert_eq!(planned(&world), [""; 0]);
    assert_eq!(
        last_line(&world),
        "note: image/made:latest is used as it is: its build context changed; `--build` builds it"
    );
    let mut world = building(world);
    let because = "image changed";
    let steps = planned(&world);
    assert_eq!(steps[0], "build image/made:latest: its build context changed");
    assert_eq!(steps[1], format!("create container/site.web (next): {because}"));
    assert!(steps.iter().any(|step| step == &format!("stop container/site.web: {because}")), "{steps:?}");
    let plan = world.plan().unwrap();
    let overview = plan.overview();
    assert_eq!((overview.summary.build, overview.summary.changed, overview.summary.drifted), (1, 1, 0));
    assert_eq!(plan.notes(), []);
    world.converge().unwrap();
}

#[test]
fn nothing_stops_before_all_images_are_built() {
    let world = building(touched(&format!("  other: {{image: tool, build: ./tool}}\n{WEB}")));
    let mut world = world;
    world.contexts.extend([(image("tool"), contexts(1)[&image("made")].clone())]);
    world.engine.provide(image("tool"), crate::fixture::server());
    let plan = world.plan().unwrap();
    let builds: Vec<_> = plan.steps().iter().filter(|step| step.action.verb() == "build").collect();
    assert_eq!(builds.len(), 2);
    for build in &builds {
        let is_of = |key: &str| {
            plan.steps().iter().find(|step| {
                step.action.effect() == Effect::Stop && step.action.target().to_string().ends_with(key)
            })
        };
        let own = if build.action.target().to_string().contains("tool") { "site.other" } else { "site.web" };
        let stop = is_of(own).unwrap();
        assert!(stop.id > build.id);
    }
    world.converge().unwrap();
}

#[test]
fn an_edited_build_and_a_foreign_image_are_not_what_a_build_makes() {
    let world = up(WEB).edits(&site("  web: {image: made, build: {context: ./web, args: {A: b}}}\n"));
    assert!(last_line(&world).contains("the map builds it in another way"));
    assert_eq!(planned(&building(world))[0], "build image/made:latest: the map builds it in another way");
    let elsewhere = up(WEB).edits(&site("  web: {image: made, build: ./moved}\n"));
    assert_eq!(planned(&building(elsewhere)), [""; 0], "where the context is does not matter");
    let foreign = up("  web: {image: tool, build: ./web}\n");
    assert!(last_line(&foreign).contains("not built by dmap"), "{}", foreign.shows());
}

#[test]
fn several_containers_of_one_build_are_built_once() {
    let text = "  a: {image: made, build: ./web, instances: [x, y]}\n  b: {image: made}\n  c: {image: made, build: ./web}\n";
    let mut world = wanted(&site(text));
    world.contexts = contexts(0);
    let steps = planned(&world);
    assert_eq!(steps.iter().filter(|step| step.starts_with("build")).count(), 1, "{steps:?}");
    world.converge().unwrap();
    let mut world = building(touched(text));
    let steps = planned(&world);
    assert_eq!(steps.iter().filter(|step| step.starts_with("build")).count(), 1, "{steps:?}");
    assert_eq!(steps.iter().filter(|step| step.starts_with("stop")).count(), 4, "{steps:?}");
    world.converge().unwrap();
}

#[test]
fn what_may_not_or_cannot_be_built() {
    let mut world = wanted(&site(WEB));
    assert_eq!(world.plan(), Err(PlanError::ContextUnread { image: image("made") }));
    world.request.policy.builds = Builds::Never;
    assert_eq!(world.plan(), Err(PlanError::NotBuilt { image: image("made") }));
    let mut world = touched(WEB);
    world.request.policy.builds = Builds::Never;
    assert!(
        world.shows().ends_with("unchanged\n"),
        "nothing is said of what was not asked: {}",
        world.shows()
    );
    let mut unread = building(up(WEB));
    unread.contexts.clear();
    assert_eq!(planned(&unread), [""; 0], "what is not known does not count as changed");
}

#[test]
fn builds_alone() {
    let world = touched("  web: {image: made, build: ./web}\n  db: {image: store}\n");
    assert_eq!(asked(&world, Goal::Build), ["build image/made:latest: its build context changed"]);
    let unchanged = up(WEB);
    assert_eq!(asked(&unchanged, Goal::Build), [""; 0]);
    assert_eq!(asked(&unchanged, Errand::Rebuild), ["build image/made:latest: requested"]);
    let mut selected = world.clone();
    selected.request.select = Select::Only(["site.db".parse().unwrap()].into());
    assert_eq!(asked(&selected, Goal::Build), [""; 0]);
    let mut built = world;
    built.request.verb = Goal::Build.into();
    built.converge().unwrap();
    built.request.verb = Goal::Up.into();
    let steps = planned(&built);
    assert_eq!(steps[0], "create container/site.web (next): image: the tag moved");
}

#[test]
fn persistent_containers_keep_the_image_they_have() {
    let mut world = building(touched("  db: {image: made, build: ./db, persistent: true}\n"));
    assert_eq!(planned(&world), [""; 0]);
    assert!(world.shows().contains("its build context changed"), "{}", world.shows());
    world.request.policy.persistent_images = PersistentImages::Follow;
    assert_eq!(planned(&world)[0], "build image/made:latest: its build context changed");
    world.converge().unwrap();
}

#[test]
fn a_saved_plan_names_the_context() {
    let mut world = wanted(&site(
        "  web: {image: made, build: {context: ./web, secrets: {key: !secret {env: TOKEN}}}}\n",
    ));
    world.contexts = contexts(0);
    let plan = world.plan().unwrap();
    let json = PlanFile::new(vec![plan.clone()]).to_json();
    assert!(json.contains(&contexts(0)[&image("made")].digest.to_string()), "{json}");
    assert!(!json.contains("secret-value"));
    let read: PlanFile = serde_json::from_str(&json).unwrap();
    assert_eq!(read.plans, std::slice::from_ref(&plan));
    assert_eq!(plan.secrets().len(), 1);
    let bad = json.replace("sha256:00", "sha256:zz");
    assert!(serde_json::from_str::<PlanFile>(&bad).is_err());
    assert!(plan.steps().iter().all(|step| step.reason == Reason::Absent));
}

#[test]
fn an_image_that_is_gone_is_built_again() {
    let mut world = up(WEB).suffers(Damage::RemoveTag(image("made")));
    assert_eq!(planned(&world)[0], "build image/made:latest: absent");
    world.converge().unwrap();
}

#[test]
fn a_script_builds_what_it_can_say() {
    let text = "  web:\n    image: made\n    build:\n      context: ./a b\n      dockerfile_inline: FROM scratch\n      args: {A: \"it's\"}\n      secrets: {key: !secret {file: /run/key}}\n      ssh: [default, own=/run/agent]\n      pull: true\n";
    let mut world = wanted(&site(text));
    world.contexts = contexts(0);
    let script = world.plan().unwrap().script().to_string();
    for part in [
        "printf %s 'FROM scratch' | docker build",
        "--tag made:latest",
        r"--build-arg 'A=it'\''s'",
        "--secret id=key,src=/run/key",
        "--ssh default",
        "--ssh own=/run/agent",
        "--label dmap.context=sha256:0000",
        "--pull",
        "--file -",
        "'a b'",
        "# The labels say what is in the context now.",
    ] {
        assert!(script.contains(part), "{part} is not in\n{script}");
    }
}
