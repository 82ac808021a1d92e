//! The test images in the simulator's terms, and states without identifiers.

use std::collections::{BTreeMap, BTreeSet};

use container_map::ImageRef;
use map_planner::EngineState;
use map_planner::engine::{Accounts, EngineId, NumericOwner, ObservedContainer, ObservedMountSource};
use map_planner::engine::{ObservedNetworkMode, RunState};
use map_planner::sim::{SimDirectory, SimFile, SimImage, SimProcess};
use serde_json::{Value, json};

use crate::docker::{docker, inspect, text};
use crate::site::REPOSITORY;

/// Directories of the images that the maps here mount volumes at.
const DIRECTORIES: [&str; 3] = ["/var/lib/uwsgi/socket", "/var/lib/app/log", "/data"];

/// Reads a test image from the engine.
#[track_caller]
pub(super) fn image(name: &str) -> (ImageRef, SimImage) {
    let reference = format!("{REPOSITORY}/{name}:latest");
    let config = inspect("image", &reference)["Config"].clone();
    let words =
        |field: &str| -> Vec<String> { config[field].as_array().into_iter().flatten().map(text).collect() };
    let keys = |field: &str| -> Vec<String> {
        config[field].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    let pair = |line: String| {
        let (name, value) = line.split_once('=').expect("a variable has a value");
        (name.to_owned(), value.to_owned())
    };
    let labels = config["Labels"].as_object().into_iter().flatten();
    let run =
        |command: &[&str]| docker(&[&["run", "--rm", "--network", "none", &reference], command].concat());
    let directories = DIRECTORIES.into_iter().filter_map(|path| {
        let script = format!("test ! -d {path} || find {path} -exec stat -c '%n %u %g %a %F' {{}} ';'");
        directory(path, &run(&["sh", "-c", &script])).map(|found| (path.to_owned(), found))
    });
    let content = SimImage {
        environment: words("Env").into_iter().map(pair).collect(),
        command: words("Cmd"),
        entrypoint: words("Entrypoint"),
        user: text(&config["User"]),
        working_dir: text(&config["WorkingDir"]),
        stop_signal: config["StopSignal"].as_str().unwrap_or_default().to_owned(),
        exposed: keys("ExposedPorts").iter().map(|port| port.parse().expect("a port")).collect(),
        volumes: keys("Volumes").into_iter().collect(),
        labels: labels.map(|(name, value)| (name.clone(), text(value))).collect(),
        directories: directories.collect(),
        accounts: Accounts::parse(&run(&["cat", "/etc/passwd"]), &run(&["cat", "/etc/group"])),
        healthcheck: None,
        // The images end well when they are asked to.
        process: SimProcess::Runs { stopped: 0 },
        writes: BTreeSet::new(),
    };
    (reference.parse().expect("a reference"), content)
}

/// A directory from the lines of its tree; none if there are no lines.
fn directory(path: &str, tree: &str) -> Option<SimDirectory> {
    let mut found: Option<SimDirectory> = None;
    let mut files = BTreeMap::new();
    for line in tree.lines() {
        let mut words = line.splitn(5, ' ');
        let mut next = || words.next().expect("a line has five words");
        let (name, uid, gid, mode, kind) = (next(), next(), next(), next(), next());
        let owner = NumericOwner { uid: uid.parse().expect("a uid"), gid: gid.parse().expect("a gid") };
        let mode = u32::from_str_radix(mode, 8).expect("a mode");
        match name.strip_prefix(path).expect("it is below the path").strip_prefix('/') {
            None => {
                found = Some(SimDirectory { owner, mode, files: BTreeMap::new() });
            }
            Some(name) => {
                files.insert(name.to_owned(), SimFile { owner, mode, is_directory: kind == "directory" });
            }
        }
    }
    found.map(|found| SimDirectory { files, ..found })
}

/// The names of the volumes nobody named: the engine's, and the simulator's for the same place.
pub(super) fn kept_names(real: &EngineState, simulated: &EngineState) -> BTreeMap<String, String> {
    let names = |state: &EngineState| -> BTreeMap<(String, String), String> {
        let mounts = state.containers.iter().flat_map(|(container, found)| {
            let places =
                found.mounts.iter().map(move |(path, mount)| ((container.clone(), path.clone()), mount));
            places.filter_map(|(place, mount)| Some((place, mount.source.anonymous()?.to_owned())))
        });
        mounts.collect()
    };
    let ours = names(simulated);
    names(real).into_iter().filter_map(|(place, theirs)| Some((theirs, ours.get(&place)?.clone()))).collect()
}

/// The state as JSON, objects being named by what they are to each other.
pub(super) fn normalised(state: &EngineState) -> Value {
    let containers: BTreeMap<&String, ObservedContainer> =
        state.containers.iter().map(|(name, found)| (name, container(state, found))).collect();
    let networks: BTreeSet<String> = state
        .networks
        .iter()
        .filter(|network| network.name.contains('.'))
        .map(|network| {
            let (options, labels) = (&network.options, &network.labels);
            json!([network.name, network.driver, network.internal, options, labels]).to_string()
        })
        .collect();
    json!({"containers": containers, "networks": networks, "volumes": state.volumes, "tags": state.tags.keys().collect::<Vec<_>>()})
}

fn container(state: &EngineState, found: &ObservedContainer) -> ObservedContainer {
    let mut seen = found.clone();
    if !seen.hostname.is_empty() && seen.id.as_str().starts_with(&seen.hostname) {
        "(identifier)".clone_into(&mut seen.hostname);
    }
    if matches!(seen.network, ObservedNetworkMode::Container(_)) {
        // A guest is reported with its owner's host name; no map sets one there.
        seen.hostname.clear();
    }
    seen.id = EngineId::new("");
    // Two clocks, which are compared with themselves only; and what the engine was set up with.
    (seen.created, seen.started) = (None, None);
    (seen.host.cgroupns, seen.host.log_config) = (None, None);
    let tag = state.tags.iter().find(|(_, id)| **id == seen.image);
    seen.image = EngineId::new(tag.map_or("(another)".to_owned(), |(tag, _)| tag.to_string()));
    seen.network = match seen.network {
        // Three words of the engine for one thing.
        ObservedNetworkMode::Named(name) if matches!(name.as_str(), "default" | "bridge") => {
            ObservedNetworkMode::Default
        }
        ObservedNetworkMode::Container(id) => {
            ObservedNetworkMode::Container(EngineId::new(state.name_of(&id).unwrap_or("(gone)")))
        }
        other => other,
    };
    for (name, place) in &mut seen.endpoints {
        let known = state.networks.iter().any(|network| network.id.as_str() == place.network);
        // Looked up when the container starts for the first time.
        let text = if place.network.is_empty() {
            ""
        } else if known {
            "(known)"
        } else {
            "(gone)"
        };
        assert!(seen.state != RunState::Running || text == "(known)", "a running container is in {name}");
        text.clone_into(&mut place.network);
    }
    for mount in seen.mounts.values_mut() {
        if mount.source.anonymous().is_some() {
            mount.source = ObservedMountSource::Volume("(nobody named it)".to_owned());
        }
    }
    seen
}
