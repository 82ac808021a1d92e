//! Secrets: compared in memory, and named by their source in everything that is written.

use std::collections::BTreeMap;

use container_map::{ClientConfig, Secret, SecretSource};
use insta::assert_snapshot;
use map_planner::{Goal, Plan, PlanFile, PlanInput};

use crate::story::{site, up, wanted};
use crate::world::{World, all, secrets};

const SITE: &str = "  a: {image: server, create_options: {environment: {A: !secret {env: TOKEN}, B: plain}}}";

fn holding(value: &str) -> BTreeMap<SecretSource, Secret> {
    BTreeMap::from([(SecretSource::Env("TOKEN".into()), Secret::new(value))])
}

fn planned(world: &World, secrets: &BTreeMap<SecretSource, Secret>) -> Plan {
    let (engine, client) = (world.engine.observe(&world.scope()), ClientConfig::default());
    let input = PlanInput {
        map: &world.map,
        client: &client,
        engine: &engine,
        request: &all(Goal::Up),
        secrets,
        contexts: &map_planner::Contexts::new(),
    };
    map_planner::plan(&input).unwrap()
}

/// The file has what the engine needs of a text, and of a secret where it is read from.
#[test]
fn plans_name_sources() {
    let world = wanted(&site(SITE));
    assert!(!format!("{:?} {:?}", world.map, secrets()).contains("secret-value"));
    let plan = planned(&world, &secrets());
    let file = PlanFile::new(vec![plan.clone()]).to_json();
    let environment = &serde_json::from_str::<serde_json::Value>(&file).unwrap()["plans"][0]["steps"][0]["spec"]
        ["environment"];
    assert_snapshot!(environment, @r#"{"A":{"secret":{"env":"TOKEN"}},"B":"plain"}"#);
    assert!(!format!("{file}{plan:?}{}", plan.text()).contains("secret-value"));
    // Whatever it holds: neither the plan nor the birth certificate in it depends on that.
    assert_eq!(file, PlanFile::new(vec![planned(&world, &holding("another"))]).to_json());
    assert_eq!(file, PlanFile::new(vec![planned(&world, &BTreeMap::new())]).to_json());
    world.obeys();
}

#[test]
fn another_value_is_a_difference_that_is_not_shown() {
    let world = up(&site(SITE));
    assert!(planned(&world, &secrets()).is_empty());
    let plan = planned(&world, &holding("another-value"));
    assert_snapshot!(plan.text(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a (next)            env A drifted
                    env A: (secret)
      2  1      - stop container/site.a                     ″              outage begins
      3  2      ~ rename container/site.a → prev            ″
      4  3      ~ rename container/site.a (next) → current  ″
      5  4      + start container/site.a                    ″              outage ends (2 steps between)
      6  5      + await container/site.a                    ″
      7  6      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    drift: 1 difference made on the engine
    ");
    assert!(!PlanFile::new(vec![plan]).to_json().contains("-value"));
}

#[test]
fn what_was_not_read_is_not_compared() {
    let plan = planned(&up(&site(SITE)), &BTreeMap::new());
    assert_snapshot!(plan.text(), @"
    plan for client `default`, map `site`

    1 unchanged
    note: container/site.a: secrets were not read, so they were not compared: variable TOKEN
    ");
}

/// Another source is an edit of the map, also where nobody knows what it holds.
#[test]
fn another_source() {
    let world = up(&site(SITE)).edits(&site(&SITE.replace("{env: TOKEN}", "{file: token.txt}")));
    assert_snapshot!(planned(&world, &BTreeMap::new()).text(), @"
    plan for client `default`, map `site`

      #  after    action                                    reason
      1         + create container/site.a (next)            env A changed
                    env A: (secret)
      2  1      - stop container/site.a                     ″              outage begins
      3  2      ~ rename container/site.a → prev            ″
      4  3      ~ rename container/site.a (next) → current  ″
      5  4      + start container/site.a                    ″              outage ends (2 steps between)
      6  5      + await container/site.a                    ″
      7  6      - remove container/site.a (prev)            ″

    1 to replace, 0 unchanged
    ");
    let same = BTreeMap::from([(SecretSource::File("token.txt".into()), Secret::new("secret-value"))]);
    assert!(planned(&world, &same).is_empty(), "the container has what it should have");
}

/// Texts become secrets and the other way round without anything being made anew, as long as they are the same.
#[test]
fn a_text_becomes_a_secret() {
    let text = SITE.replace("!secret {env: TOKEN}", "secret-value");
    let world = up(&site(&text)).edits(&site(SITE));
    assert!(planned(&world, &secrets()).is_empty());
    let world = up(&site(SITE)).edits(&site(&text));
    assert!(planned(&world, &BTreeMap::new()).is_empty());
}

/// A secret that is gone from the map is gone from its container.
#[test]
fn a_secret_is_removed() {
    let world =
        up(&site(SITE)).edits(&site("  a: {image: server, create_options: {environment: {B: plain}}}"));
    let shown = planned(&world, &secrets()).text().to_string();
    assert!(shown.contains("env A removed from the map") && !shown.contains("secret-value"), "{shown}");
    world.obeys();
}
