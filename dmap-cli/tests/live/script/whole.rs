//! All that the engine tells of a scenario, without what differs between any two objects.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::checks::tree;
use crate::docker::{inspect_all, sorted, text};
use crate::site::{Site, is_anonymous};

/// Subnets that the maps ask for begin with this; the engine chooses others.
pub(super) const SUBNET: &str = "10.213.";

/// Everything about the scenario's containers, networks and volumes, and what is in the volumes, with owners and modes.
/// Identifiers, times and addresses that the engine chose are left out, and so is what is empty.
#[track_caller]
pub(super) fn whole(site: &Site) -> Value {
    let mut names = BTreeMap::new();
    let mut found = Vec::new();
    for kind in ["container", "network", "volume"] {
        let objects = site.objects(kind);
        for (name, inspected) in objects.iter().zip(inspect_all(kind, &objects)) {
            names.insert(text(&inspected["Id"]), name.clone());
            found.push((kind, name.clone(), inspected));
        }
    }
    let facts = found.into_iter().map(|(kind, name, inspected)| {
        let facts = match kind {
            "container" => container(&inspected),
            "network" => network(&inspected),
            _ => {
                let own = name.strip_prefix(&site.full("")).expect("it is one of the site");
                json!({
                    "driver": inspected["Driver"], "options": inspected["Options"], "labels": inspected["Labels"],
                    "content": tree(site, own),
                })
            }
        };
        (format!("{kind} {name}"), told(facts, &names))
    });
    Value::Object(facts.collect())
}

fn container(found: &Value) -> Value {
    let mut config = found["Config"].clone();
    let (state, mut host) = (&found["State"], found["HostConfig"].clone());
    // Whether somebody listens to the output is up to the client.
    for client in ["AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce"] {
        config[client].take();
    }
    // There are two ways to ask for a mount; what is mounted is told besides.
    for request in ["Binds", "Mounts", "ConsoleSize"] {
        host[request].take();
    }
    for names in ["ExposedPorts", "Volumes"] {
        let keys: Vec<&String> = config[names].as_object().into_iter().flat_map(Map::keys).collect();
        config[names] = json!(keys);
    }
    config["Env"] = json!(sorted(&config["Env"]));
    host["Links"] = json!(sorted(&host["Links"]));
    // Clients differ in how they write the same.
    if host["RestartPolicy"]["Name"] == "no" {
        host["RestartPolicy"].take();
    }
    for capabilities in ["CapAdd", "CapDrop"] {
        let names = sorted(&host[capabilities]);
        let names: Vec<&str> = names.iter().map(|name| name.strip_prefix("CAP_").unwrap_or(name)).collect();
        host[capabilities] = json!(names);
    }
    json!({
        "name": found["Name"], "image": found["Image"], "config": config, "host": host,
        "path": found["Path"], "args": found["Args"], "platform": found["Platform"],
        "state": {
            "status": state["Status"], "exit": state["ExitCode"], "health": state["Health"]["Status"],
            "ran": text(&state["StartedAt"]).as_str() > "0002",
        },
        "mounts": mounts(&found["Mounts"]),
        "ports": found["NetworkSettings"]["Ports"],
        "networks": places(found),
    })
}

fn mounts(found: &Value) -> Value {
    let mounts = found.as_array().into_iter().flatten().map(|mount| {
        let mut facts = mount.clone();
        if facts["Type"] == "volume" {
            facts["Source"].take();
        }
        (text(&mount["Destination"]), facts)
    });
    Value::Object(mounts.collect())
}

fn places(found: &Value) -> Value {
    let id = text(&found["Id"]);
    let networks = found["NetworkSettings"]["Networks"].as_object().into_iter().flatten();
    let places = networks.map(|(name, place)| {
        let aliases: Vec<String> =
            sorted(&place["Aliases"]).into_iter().filter(|alias| !id.starts_with(alias.as_str())).collect();
        let facts = json!({
            "network": place["NetworkID"], "aliases": aliases, "links": sorted(&place["Links"]),
            "asked": place["IPAMConfig"], "options": place["DriverOpts"],
        });
        // The engine's own networks have their identifiers, and a name is enough.
        (name.clone(), facts)
    });
    Value::Object(places.collect())
}

fn network(found: &Value) -> Value {
    let pools = found["IPAM"]["Config"].as_array().into_iter().flatten();
    let pools: Vec<&Value> = pools.filter(|pool| text(&pool["Subnet"]).starts_with(SUBNET)).collect();
    json!({
        "driver": found["Driver"], "options": found["Options"], "labels": found["Labels"],
        "internal": found["Internal"], "ipv6": found["EnableIPv6"], "attachable": found["Attachable"],
        "pools": pools, "ipam": found["IPAM"]["Driver"], "ipam options": found["IPAM"]["Options"],
    })
}

/// A value with names in place of identifiers, without what is empty.
fn told(value: Value, names: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) if is_anonymous(&text) && !names.contains_key(&text) => "(anonymous)".into(),
        Value::String(text) => {
            let known = names.iter().find(|(id, _)| !id.is_empty() && text.contains(id.as_str()));
            known.map_or(text.clone(), |(id, name)| text.replace(id, name)).into()
        }
        Value::Array(values) => values.into_iter().map(|value| told(value, names)).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, told(value, names)));
            Value::Object(fields.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(on) => !on,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}
