//! The vocabulary of the scenarios: states of the engine, and what a plan finds.

mod plan;

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use crate::docker::{docker, exists, inspect, inspect_all, text, try_docker};
use crate::site::{REPOSITORY, Site};

pub(crate) use plan::{plan_finds, plan_is_empty, repaired, repaired_with};

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
    let facts = found.iter().map(|found| (text(&found["Id"]), text(&found["State"]["StartedAt"])));
    Seen(names.into_iter().zip(facts).collect())
}

impl Seen {
    #[track_caller]
    fn of(&self, site: &Site, name: &str) -> &(String, String) {
        self.0.get(&site.full(name)).unwrap_or_else(|| panic!("{name} is there: {self:?}"))
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
        assert_ne!(now.of(site, name).1, before.of(site, name).1, "{name} was started anew");
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
        assert!(known.iter().any(|found| found == alias), "{name} is {alias} in {network}: {known:?}");
    }
}

/// Runs a program in a container of its own that mounts one of the map's volumes at `/v`.
#[track_caller]
pub(crate) fn in_volume(site: &Site, volume: &str, command: &[&str]) -> String {
    let volume = site.full(volume);
    assert!(exists("volume", &volume), "{volume} is there");
    let (mount, name) = (format!("{volume}:/v"), format!("{}-look", site.name));
    let image = format!("{REPOSITORY}/nginx");
    let run = ["run", "--rm", "--network", "none", "--name", &name, "-v", &mount, &image];
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
    let listed = in_volume(site, volume, &["find", "/v", "-exec", "stat", "-c", "%n %u:%g %a", "{}", ";"]);
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
