//! Images of a map that are built on each other: in which order, and when.

use map_planner::sim::Damage;
use map_planner::{
    Action, Builds, ContextDigest, Errand, Goal, Plan, PlanError, PlanFile, ReadContext, Select, Verb,
    describe_action, describe_reason, label,
};

use crate::fixture::image;
use crate::story::{site, wanted};
use crate::world::World;

/// `app` is built on `made`, and `top` on both.
const ALL: &str = "  app: {image: app, build: ./app}\n  base: {image: made, build: {context: ./made, tags: ['made:extra']}}\n  top: {image: top, build: ./top}\n";
/// The same without a container of the base.
const APP: &str = "  app: {image: app, build: ./app}\n";

fn digest(version: u8) -> ContextDigest {
    format!("sha256:{}", format!("{version:02x}").repeat(32)).parse().unwrap()
}

fn context(version: u8, bases: &[&str]) -> ReadContext {
    ReadContext { digest: digest(version), bases: bases.iter().map(|base| image(base)).collect() }
}

fn world(containers: &str) -> World {
    let mut world = wanted(&site(containers));
    for name in ["app", "top", "made"] {
        world.engine.provide(image(name), crate::fixture::server());
    }
    world.contexts =
        [("made", &["elsewhere"][..]), ("app", &["made:extra"]), ("top", &["made", "app", "elsewhere"])]
            .map(|(name, bases)| (image(name), context(0, bases)))
            .into();
    world.contexts.retain(|name, _| world.map.builds().contains_key(name));
    world
}

/// Returns a world in which the map was brought up and images are built if they changed.
fn up(containers: &str) -> World {
    let mut world = world(containers);
    world.converge().unwrap();
    world.request.policy.builds = Builds::Changed;
    world
}

fn touched(mut world: World, name: &str) -> World {
    world.contexts.get_mut(&image(name)).unwrap().digest = digest(1);
    world
}

fn builds(plan: &Plan) -> Vec<String> {
    let built = plan.steps().iter().filter(|step| step.action.verb() == "build");
    built
        .map(|step| {
            let after: Vec<String> = step.after.iter().map(ToString::to_string).collect();
            let (action, reason) = (describe_action(&step.action), describe_reason(&step.reason));
            format!("{} {action}: {reason} [{}]", step.id, after.join(" "))
        })
        .collect()
}

fn planned(world: &World) -> Vec<String> {
    builds(&world.plan().unwrap())
}

fn asked(world: &World, verb: impl Into<Verb>) -> Vec<String> {
    let mut world = world.clone();
    world.request.verb = verb.into();
    planned(&world)
}

#[test]
fn what_others_are_based_on_is_built_first() {
    let world = world(ALL);
    let expected = [
        "1 build image/made:latest: absent []",
        "2 build image/app:latest: absent [1]",
        "3 build image/top:latest: absent [2]",
    ];
    assert_eq!(planned(&world), expected);
    assert_eq!(asked(&world, Goal::Build), expected);
    world.obeys();
}

/// No registry has what the map builds, so a builder that pulls would not find it.
#[test]
fn bases_are_pulled_but_those_of_the_map() {
    let pulled = ALL.replace("build: ./top", "build: {context: ./top, pull: true}");
    let mut world = world(&pulled.replace("./app}", "{context: ./app, pull: true}}"));
    let plan = world.plan().unwrap();
    let pulls = plan.steps().iter().filter_map(|step| match &step.action {
        Action::BuildImage { pulls, .. } => Some(pulls.iter().map(ToString::to_string).collect::<Vec<_>>()),
        _ => None,
    });
    assert_eq!(pulls.collect::<Vec<_>>(), [vec![], vec![], vec!["elsewhere:latest".to_owned()]]);
    let text = plan.text().to_string();
    assert!(text.contains("context 000000000000, elsewhere:latest pulled before"), "{text}");
    let script = plan.script().to_string();
    assert!(script.contains("docker pull elsewhere:latest\n") && !script.contains("--pull"), "{script}");
    assert!(world.converge().is_err(), "the registry does not have it");
    world.engine.publish(image("elsewhere"), crate::fixture::server());
    world.converge().unwrap();
    world.obeys();
}

#[test]
fn nothing_is_built_again_that_is_as_it_was() {
    let world = up(ALL);
    assert_eq!(world.plan().unwrap().steps(), []);
    let state = world.engine.observe(&world.scope());
    let top = &state.images[&state.tags[&image("top")]].defaults.labels;
    let expected = ["app:latest", "made:latest"].map(|name| format!("{name}={}", state.tags[&image(name)]));
    assert_eq!(top[label::BASES], expected.join(","));
    assert!(!state.images[&state.tags[&image("made")]].defaults.labels.contains_key(label::BASES));
}

#[test]
fn what_is_based_on_what_changed_is_built_anew() {
    let world = touched(up(ALL), "made");
    let expected = [
        "1 build image/made:latest: its build context changed []",
        "2 build image/app:latest: based on image/made:latest, which changed [1]",
        "3 build image/top:latest: based on image/app:latest, which changed [2]",
    ];
    assert_eq!(planned(&world), expected);
    assert_eq!(asked(&world, Goal::Build), expected);
    world.obeys();
    let world = touched(up(ALL), "app");
    let expected = [
        "1 build image/app:latest: its build context changed []",
        "2 build image/top:latest: based on image/app:latest, which changed [1]",
    ];
    assert_eq!(planned(&world), expected);
    world.obeys();
}

#[test]
fn a_base_is_built_for_who_needs_it_alone() {
    let world = world(ALL).asks_for("site.app");
    let expected = ["1 build image/made:latest: absent []", "2 build image/app:latest: absent [1]"];
    assert_eq!(planned(&world), expected);
    assert_eq!(asked(&world, Goal::Build), expected);
    world.obeys();
    let mut world = touched(up(ALL), "made");
    world.request.select = Select::Only(["site.base".parse().unwrap()].into());
    assert_eq!(planned(&world), ["1 build image/made:latest: its build context changed []"]);
    world.converge().unwrap();
    world.request.select = Select::All;
    let later = planned(&world);
    assert_eq!(later[0], "1 build image/app:latest: based on image/made:latest, which changed []");
    assert_eq!(later.len(), 2, "{later:?}");
    world.obeys();
}

#[test]
fn what_is_not_to_be_built_is_told_of() {
    let mut world = touched(up(ALL), "made").asks_for("site.base");
    world.converge().unwrap();
    world.request.select = Select::All;
    world.request.policy.builds = Builds::Missing;
    assert_eq!(planned(&world), [""; 0]);
    let said = world.shows();
    let note =
        "image/app:latest is used as it is: based on image/made:latest, which changed; `--build` builds it";
    assert!(said.contains(note), "{said}");
}

#[test]
fn a_base_that_is_gone_is_built_only_for_who_is_built() {
    let gone = |world: World| world.asks_for("site.app").suffers(Damage::RemoveTag(image("made")));
    let mut world = gone(up(ALL));
    world.request.policy.builds = Builds::Missing;
    assert!(world.shows().ends_with("unchanged\n"), "{}", world.shows());
    let world = gone(up(ALL));
    let expected = [
        "1 build image/made:latest: absent []",
        "2 build image/app:latest: based on image/made:latest, which changed [1]",
    ];
    assert_eq!(planned(&world), expected);
    world.obeys();
}

#[test]
fn what_the_map_does_not_build_is_not_waited_for() {
    let world = world(APP);
    assert_eq!(planned(&world), ["1 build image/app:latest: absent []"]);
    world.obeys();
}

#[test]
fn all_that_is_asked_is_built_again() {
    let world = up(ALL);
    let expected = [
        "1 build image/made:latest: requested []",
        "2 build image/app:latest: requested [1]",
        "3 build image/top:latest: requested [2]",
    ];
    assert_eq!(asked(&world, Errand::Rebuild), expected);
    assert_eq!(
        asked(&world.asks_for("site.app"), Errand::Rebuild),
        ["1 build image/app:latest: requested []"]
    );
}

#[test]
fn circles_are_refused() {
    let mut world = world(ALL);
    world.contexts.insert(image("made"), context(0, &["top"]));
    let error = world.plan().unwrap_err();
    let text = "images would be built from each other: `app:latest` from `made:latest` from `top:latest` from `app:latest`";
    assert_eq!(error.to_string(), text);
    world.contexts.insert(image("made"), context(0, &["made:extra"]));
    let error = world.plan().unwrap_err();
    assert_eq!(error, PlanError::BuiltInCircles { images: vec![image("made"), image("made")] });
    assert_eq!(error.to_string(), "image `made:latest` would be built from itself");
}

#[test]
fn a_plan_in_another_order_has_a_flaw() {
    let plan = world(ALL).plan().unwrap();
    let read = |json: &str| serde_json::from_str::<PlanFile>(json);
    let json = PlanFile::new(vec![plan.clone()]).to_json();
    assert_eq!(read(&json).unwrap().plans, [plan]);
    let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let steps = value["plans"][0]["steps"].as_array_mut().unwrap();
    assert_eq!(steps[1]["after"], serde_json::json!([1]));
    steps[1]["after"] = serde_json::json!([]);
    let error = read(&value.to_string()).unwrap_err().to_string();
    assert!(error.contains("step 2 builds on image `made:latest` and does not wait for step 1"), "{error}");
}

#[test]
fn a_script_names_the_bases_by_what_they_are_then() {
    let script = world(ALL).plan().unwrap().script().to_string();
    let label = "--label dmap.bases=made:latest=\"$(docker image inspect --format '{{.Id}}' made:latest)\"";
    assert!(script.contains(label), "{script}");
    let first = script.find("--tag made:latest").unwrap();
    assert!(first < script.find("--tag app:latest").unwrap());
}
