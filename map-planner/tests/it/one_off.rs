//! What is run once beside a map's container: what it needs first, and what it is made with.

use insta::assert_snapshot;
use map_planner::spec::ContainerSpec;
use map_planner::{Action, OneOff, Select, label, one_off};

use crate::fixture::{key, kind};
use crate::story::{map, site, up, wanted};
use crate::world::World;

const MAP: &str = "  db: {image: store}
  a: {image: server, attaches: v0, user: 2000, shares: /share, networks: [[n0, [al], [], 10.1.0.10], n1], start: [db],
      exposes: [['80', 8080]], healthcheck: 'true', exec_commands: seed,
      create_options: {command: serve, entrypoint: /own, tty: true}, host_config: {mem_limit: 64m, restart_policy: always}}
";

fn beside_a(text: &str) -> World {
    let mut world = wanted(text);
    world.request.select = Select::Needs(key("site.a"));
    world
}

fn spec(what: OneOff) -> map_planner::OneOffSpec {
    let client = container_map::ClientConfig::default();
    one_off(&map(&site(MAP)), &client, &key("site.a"), what).unwrap()
}

#[test]
fn what_it_needs_comes_first_and_the_container_is_not_made() {
    let mut world = beside_a(&site(MAP));
    assert_snapshot!(world.shows(), @"
    plan for client `default`, map `site`

      #  after    action                    reason
      1         + create network/site.n0    absent
      2         + create network/site.n1    absent
      3         + create volume/site.v0     absent
      4  3      ~ prepare volume/site.v0    ″       owner 2000:2000
      5         + create container/site.db  absent
      6  5      + start container/site.db   ″

    4 to create, 0 unchanged
    ");
    let plan = world.plan().unwrap();
    assert_eq!((world.apply(&plan), plan.check()), (Ok(()), Ok(())));
    // What is in a volume that nobody mounts shows only when it is opened, so that is done each time.
    let again = world.plan().unwrap();
    let prepares = again.steps().iter().all(|step| matches!(step.action, Action::PrepareVolume { .. }));
    assert!(prepares && again.steps().len() == 1, "{}", again.text());
}

#[test]
fn where_everything_is_up_nothing_is_to_be_done() {
    let mut world = up(&site(MAP));
    world.request.select = Select::Needs(key("site.a"));
    assert!(world.plan().unwrap().is_empty(), "{}", world.shows());
    // What the container itself is like does not matter.
    let edited = world.edits(&site(&MAP.replace("64m", "32m").replace("command: serve", "command: other")));
    assert!(edited.plan().unwrap().is_empty(), "{}", edited.shows());
}

#[test]
fn it_has_what_the_container_has_and_nothing_that_only_one_can_have() {
    let made = spec(OneOff { command: Some(vec!["job".to_owned()]), entrypoint: None });
    let ContainerSpec {
        user,
        mounts,
        ports,
        healthcheck,
        tty,
        host,
        labels,
        endpoints,
        command,
        entrypoint,
        ..
    } = made.container;
    assert_eq!((user.as_deref(), mounts.len(), ports.len(), tty), (Some("2000"), 2, 0, None));
    assert_eq!(healthcheck.unwrap().test, ["NONE"], "nor does the check of the image count");
    assert_eq!((host.restart_policy, host.mem_limit.is_some()), (None, true));
    assert_eq!((labels["dmap.key"].as_str(), labels["dmap.role"].as_str()), ("container/site.a", "run"));
    assert_eq!((endpoints.len(), made.networks.len()), (1, 1), "one at creation, the other one after it");
    assert!(endpoints.values().chain(made.networks.values()).all(|place| place.aliases.is_empty()));
    assert!(endpoints.values().all(|place| place.ipv4_address.is_none()));
    assert_eq!((command.unwrap(), entrypoint.unwrap()), (vec!["job".to_owned()], vec!["/own".to_owned()]));
}

/// As for an engine, another entrypoint takes another command.
#[test]
fn the_commands_go_with_the_entrypoint() {
    let own = spec(OneOff::default()).container;
    assert_eq!(
        (own.command.unwrap(), own.entrypoint.unwrap()),
        (vec!["serve".to_owned()], vec!["/own".to_owned()])
    );
    let other = spec(OneOff { command: None, entrypoint: Some(vec!["sh".to_owned()]) }).container;
    assert_eq!((other.command, other.entrypoint.unwrap()), (None, vec!["sh".to_owned()]));
}

/// One that is left over runs, uses volumes and networks, and is neither the map's container nor in its way.
#[test]
fn one_that_is_left_over_is_no_container_of_the_map() {
    let mut world = up(&site(MAP));
    let name = label::run_name(&key("site.a"));
    let left = spec(OneOff::default());
    world.engine.create_container(&name, &left.container).unwrap();
    world.engine.start(&name).unwrap();
    assert!(world.plan().unwrap().is_empty(), "{}", world.shows());
    let seen = world.engine.observe(&world.scope());
    assert!(seen.bystanders.contains_key(&name) && !seen.containers.contains_key(&name));
    world.request = crate::world::all(map_planner::Goal::Down);
    let plan = world.plan().unwrap();
    let touched = plan.steps().iter().filter_map(|step| step.action.container());
    assert!(touched.into_iter().all(|container| container.docker_name() != name));
    assert!(plan.text().to_string().contains(&format!("container {name} uses it")), "{}", plan.text());
    assert!(!plan.steps().iter().any(
        |step| matches!(&step.action, Action::RemoveNetwork { network } if network.docker_name() == "site.n0")
    ));
    assert_eq!(kind(world.engine.stop(&name)), "done");
}

/// A label is passed on to images, so it counts together with the name only.
#[test]
fn a_label_alone_makes_no_run() {
    let labels = spec(OneOff::default()).container.labels;
    assert!(label::Helper::of("dmap-run.site.a", &labels).is_some());
    assert!(
        label::Helper::of("site.a", &labels).is_none()
            && label::Helper::of("dmap-run.site.b", &labels).is_none()
    );
}
