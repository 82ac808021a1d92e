//! The vocabulary of the scenarios: states of the engine, and what a plan finds.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::docker::{docker, exists, inspect, inspect_all, text, try_docker};
use crate::site::{REPOSITORY, Site};

/// Waits until a check holds; it is asked again and again until the deadline.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}: not within 20 s");
        thread::sleep(Duration::from_millis(20));
    }
}

/// All of these containers of the map run.
#[track_caller]
pub(crate) fn running(site: &Site, names: &[&str]) {
    for name in names {
        let found = inspect("container", &site.full(name));
        assert_eq!(found["State"]["Status"], "running", "state of {name}");
    }
}

/// Of the scenario's containers there are these and no others; `dmap-next` and the like would show here.
#[track_caller]
pub(crate) fn only_containers(site: &Site, names: &[&str]) {
    let mut expected: Vec<String> = names.iter().map(|name| site.full(name)).collect();
    expected.sort();
    assert_eq!(site.objects("container"), expected, "the scenario's containers");
}

/// Which object each container is, and since when it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen(BTreeMap<String, (String, String)>);

/// Takes down which objects the scenario's containers are now.
#[track_caller]
pub(crate) fn seen(site: &Site) -> Seen {
    let names = site.objects("container");
    let found = inspect_all("container", &names);
    let facts = found
        .iter()
        .map(|found| (text(&found["Id"]), text(&found["State"]["StartedAt"])));
    Seen(names.into_iter().zip(facts).collect())
}

impl Seen {
    #[track_caller]
    fn of(&self, site: &Site, name: &str) -> &(String, String) {
        self.0
            .get(&site.full(name))
            .unwrap_or_else(|| panic!("{name} is there: {self:?}"))
    }

    /// The engine's identifier of a container.
    #[track_caller]
    pub(crate) fn id(&self, site: &Site, name: &str) -> &str {
        &self.of(site, name).0
    }
}

/// These are the objects they were, and ran on meanwhile.
#[track_caller]
pub(crate) fn not_recreated(site: &Site, before: &Seen, names: &[&str]) {
    let now = seen(site);
    for name in names {
        assert_eq!(now.of(site, name), before.of(site, name), "{name} was left alone");
    }
}

/// These are other objects than they were.
#[track_caller]
pub(crate) fn recreated(site: &Site, before: &Seen, names: &[&str]) {
    let now = seen(site);
    for name in names {
        assert_ne!(now.id(site, name), before.id(site, name), "{name} was recreated");
    }
}

/// These are the objects they were, started anew.
#[track_caller]
pub(crate) fn restarted(site: &Site, before: &Seen, names: &[&str]) {
    let now = seen(site);
    for name in names {
        assert_eq!(now.id(site, name), before.id(site, name), "{name} was kept");
        assert_ne!(
            now.of(site, name).1,
            before.of(site, name).1,
            "{name} was started anew"
        );
    }
}

/// A container is in a network that is there now, and is known in it by all these further names.
#[track_caller]
pub(crate) fn connected(site: &Site, name: &str, network: &str, aliases: &[&str]) {
    let network = site.full(network);
    let id = text(&inspect("network", &network)["Id"]);
    let found = inspect("container", &site.full(name));
    let place = &found["NetworkSettings"]["Networks"][&network];
    assert_eq!(place["NetworkID"], id.as_str(), "{name} is in {network}: {place}");
    let known = crate::docker::sorted(&place["Aliases"]);
    for alias in aliases {
        assert!(
            known.iter().any(|found| found == alias),
            "{name} is {alias} in {network}: {known:?}"
        );
    }
}

/// Runs a program in a container of its own that mounts one of the map's volumes at `/v`.
#[track_caller]
pub(crate) fn in_volume(site: &Site, volume: &str, command: &[&str]) -> String {
    let volume = site.full(volume);
    assert!(exists("volume", &volume), "{volume} is there");
    let (mount, name) = (format!("{volume}:/v"), format!("{}-look", site.name));
    let image = format!("{REPOSITORY}/nginx");
    let run = [
        "run",
        "--rm",
        "--network",
        "none",
        "--name",
        &name,
        "-v",
        &mount,
        &image,
    ];
    docker(&[&run, command].concat())
}

/// Owner and mode of a volume's directory, as `2000 750`.
#[track_caller]
pub(crate) fn owner_mode(site: &Site, volume: &str) -> String {
    in_volume(site, volume, &["stat", "-c", "%u %a", "/v"])
}

/// Path, owner, group and mode of everything in a volume, in order of path.
#[track_caller]
pub(crate) fn tree(site: &Site, volume: &str) -> Vec<String> {
    let listed = in_volume(
        site,
        volume,
        &["find", "/v", "-exec", "stat", "-c", "%n %u:%g %a", "{}", ";"],
    );
    let mut lines: Vec<String> = listed.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Runs a program in one of the map's containers, as root.
#[track_caller]
pub(crate) fn inside(site: &Site, name: &str, command: &[&str]) -> String {
    docker(&[&["exec", "--user", "0", &site.full(name)], command].concat())
}

/// Whether a program in one of the map's containers succeeds.
pub(crate) fn succeeds_inside(site: &Site, name: &str, command: &[&str]) -> bool {
    try_docker(&[&["exec", "--user", "0", &site.full(name)], command].concat()).code == 0
}

/// Planning finds nothing to do.
#[track_caller]
pub(crate) fn plan_is_empty(site: &Site, targets: &[&str]) {
    site.dmap_ends(&[&["plan", "--detailed-exitcode"], targets].concat(), 0);
}

/// Planning finds these, and touches no other container, volume or network: each a kind and name as `container web`,
/// and a reason as `absent`, `differs environment A` or `follows container db`.
#[track_caller]
pub(crate) fn plan_finds(site: &Site, options: &[&str], expected: &[(&str, &str)]) {
    let words = [&["plan", "--detailed-exitcode", "--format", "json"], options].concat();
    let ended = site.dmap_ends(&words, 2);
    let file: Value = serde_json::from_str(&ended.stdout).expect("the plan is JSON");
    assert_eq!(file["format"], "dmap-plan/1");
    let steps = file["plans"][0]["steps"].as_array().expect("a plan has steps");
    let found: BTreeSet<(String, String)> = steps
        .iter()
        .flat_map(|step| {
            reasons(&step["reason"])
                .into_iter()
                .map(|reason| (target(step), reason))
        })
        .collect();
    let expand = |text: &str| match text.split_once("container ") {
        Some((before, name)) => format!("{before}container/{}.{name}", site.name),
        None => text.to_owned(),
    };
    let key = |text: &str| text.replacen(' ', &format!("/{}.", site.name), 1);
    for (what, why) in expected {
        assert!(
            found.contains(&(key(what), expand(why))),
            "{what} {why}: the plan has {found:#?}"
        );
    }
    let keys: BTreeSet<String> = expected.iter().map(|(what, _)| key(what)).collect();
    let others: Vec<_> = found.iter().filter(|(what, _)| !keys.contains(what)).collect();
    assert!(others.is_empty(), "the plan touches nothing else: {others:#?}");
}

/// What a step is about, without its slot.
fn target(step: &Value) -> String {
    let kind = ["container", "volume", "network", "image"]
        .into_iter()
        .find(|kind| step[kind].is_string());
    let kind = kind.unwrap_or_else(|| panic!("a step is about something: {step}"));
    let name = text(&step[kind]);
    let name = name
        .strip_suffix(".dmap-next")
        .or(name.strip_suffix(".dmap-prev"))
        .unwrap_or(&name);
    format!("{kind}/{name}")
}

/// Why a step is taken, in words.
fn reasons(reason: &Value) -> Vec<String> {
    if let Some(word) = reason.as_str() {
        return vec![word.to_owned()];
    }
    if let Some(differences) = reason["differs"].as_array() {
        let words = differences.iter().map(|found| {
            let (attribute, item) = (text(&found["attribute"]), text(&found["item"]));
            format!("differs {attribute} {item}").trim_end().to_owned()
        });
        return words.collect();
    }
    match (
        reason["unrecoverable"]["exit"].as_i64(),
        reason["follows"].as_str(),
    ) {
        (Some(exit), _) => vec![format!("unrecoverable {exit}")],
        (_, Some(key)) => vec![format!("follows {key}")],
        _ => panic!("a reason: {reason}"),
    }
}

/// Damage is found as `plan_finds` says, `up` repairs it, planning again finds nothing, and the containers that were not
/// in the plan are what they were before the damage.
#[track_caller]
pub(crate) fn repaired(site: &Site, before: &Seen, expected: &[(&str, &str)]) {
    repaired_with(site, &[], before, expected);
}

/// The same with options for `plan` and `up`.
#[track_caller]
pub(crate) fn repaired_with(site: &Site, options: &[&str], before: &Seen, expected: &[(&str, &str)]) {
    plan_finds(site, options, expected);
    site.up(options);
    plan_is_empty(site, &[]);
    let touched: BTreeSet<String> = expected
        .iter()
        .filter_map(|(what, _)| what.strip_prefix("container "))
        .map(|name| site.full(name))
        .collect();
    let untouched = before.0.iter().filter(|(name, _)| !touched.contains(*name));
    let now = seen(site);
    for (name, was) in untouched {
        assert_eq!(now.0.get(name), Some(was), "{name} was left alone");
    }
    assert_eq!(
        site.objects("container")
            .iter()
            .filter(|name| name.contains("dmap-"))
            .count(),
        0,
        "nothing is left over"
    );
}
