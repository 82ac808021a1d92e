//! The state that a map has on the engine, without what differs between two runs of the same plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::docker::{inspect_all, sorted, text};
use crate::site::{Site, is_anonymous};

/// All of the scenario's containers, networks and volumes: without identifiers, times and addresses, without birth
/// certificates, and without the value of the variable `VERSION`.
#[track_caller]
pub(crate) fn state(site: &Site) -> Value {
    let inspected = |kind| {
        let names = site.objects(kind);
        let found = inspect_all(kind, &names);
        names.into_iter().zip(found).collect::<BTreeMap<String, Value>>()
    };
    let (containers, networks, volumes) = (inspected("container"), inspected("network"), inspected("volume"));
    let known = |kind: &BTreeMap<String, Value>| -> BTreeMap<String, String> {
        kind.iter().map(|(name, found)| (text(&found["Id"]), name.clone())).collect()
    };
    let ids = Ids { containers: known(&containers), networks: known(&networks) };
    let mut state = Map::new();
    for (name, found) in &containers {
        state.insert(format!("container {name}"), container(found, &ids));
    }
    for (name, found) in &networks {
        let facts = json!({
            "driver": found["Driver"], "internal": found["Internal"], "labels": labels(&found["Labels"]),
            "options": found["Options"],
        });
        state.insert(format!("network {name}"), facts);
    }
    for (name, found) in &volumes {
        let facts = json!({"driver": found["Driver"], "labels": labels(&found["Labels"]), "options": found["Options"]});
        state.insert(format!("volume {name}"), facts);
    }
    Value::Object(state)
}

/// Names of objects by their identifiers.
struct Ids {
    containers: BTreeMap<String, String>,
    networks: BTreeMap<String, String>,
}

fn container(found: &Value, ids: &Ids) -> Value {
    let (config, host) = (&found["Config"], &found["HostConfig"]);
    let environment: Vec<String> = sorted(&config["Env"])
        .into_iter()
        .map(|line| if line.starts_with("VERSION=") { "VERSION=…".to_owned() } else { line })
        .collect();
    json!({
        "status": found["State"]["Status"],
        "image": found["Image"],
        "command": config["Cmd"],
        "entrypoint": config["Entrypoint"],
        "environment": environment,
        "user": config["User"],
        "hostname": config["Hostname"],
        "labels": labels(&config["Labels"]),
        "namespace": namespace(&text(&host["NetworkMode"]), ids),
        "ports": host["PortBindings"],
        "links": sorted(&host["Links"]),
        "restart": host["RestartPolicy"]["Name"],
        "mounts": mounts(&found["Mounts"]),
        "networks": places(found, ids),
    })
}

/// Labels without birth certificates, which change with every edit of the map.
fn labels(found: &Value) -> Value {
    let mut labels = found.as_object().cloned().unwrap_or_default();
    labels.retain(|name, _| name != "dmap.born");
    Value::Object(labels)
}

fn namespace(mode: &str, ids: &Ids) -> String {
    match mode.strip_prefix("container:") {
        Some(id) => {
            format!("of {}", ids.containers.get(id).map_or("a container that is gone", String::as_str))
        }
        // Two words of the engine for one thing.
        None if mode == "bridge" => "default".to_owned(),
        None => mode.to_owned(),
    }
}

/// What is mounted, by path; a volume nobody named has no name.
fn mounts(found: &Value) -> Value {
    let mounts = found.as_array().into_iter().flatten().map(|mount| {
        let name = text(&mount["Name"]);
        let source = match text(&mount["Type"]).as_str() {
            "volume" if is_anonymous(&name) => "a volume nobody named".to_owned(),
            "volume" => name,
            _ => text(&mount["Source"]),
        };
        (
            text(&mount["Destination"]),
            json!({"type": mount["Type"], "source": source, "writable": mount["RW"]}),
        )
    });
    Value::Object(mounts.collect())
}

/// The networks it is in, whether each is the one of that name, and the names it has there.
fn places(found: &Value, ids: &Ids) -> Value {
    let id = text(&found["Id"]);
    let networks = found["NetworkSettings"]["Networks"].as_object().into_iter().flatten();
    let places = networks.map(|(name, place)| {
        let current = ids.networks.get(&text(&place["NetworkID"])).is_none_or(|known| known == name);
        let own = |alias: &String| !id.starts_with(alias.as_str());
        let aliases: Vec<String> = sorted(&place["Aliases"]).into_iter().filter(own).collect();
        (name.clone(), json!({"current": current, "aliases": aliases, "links": sorted(&place["Links"])}))
    });
    Value::Object(places.collect())
}

/// Where two states differ, as lines of place and both values.
pub(crate) fn differences(one: &Value, other: &Value) -> Vec<String> {
    let (Value::Object(left), Value::Object(right)) = (one, other) else {
        return if one == other { Vec::new() } else { vec![format!(": {one} ≠ {other}")] };
    };
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let within = |name: &String| {
        let part = |side: &Map<String, Value>| side.get(name).cloned().unwrap_or(Value::Null);
        let found = differences(&part(left), &part(right));
        found.into_iter().map(|line| format!(" > {name}{line}")).collect::<Vec<_>>()
    };
    names.into_iter().flat_map(within).collect()
}
