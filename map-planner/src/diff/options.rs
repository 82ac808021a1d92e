//! Options of the host as comparable texts.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

use container_map::config::{HostOptions, IpcMode, LogConfig, PidMode};
use serde_json::{Map, Value};

use super::facts::Fact;
use super::live::{Live, object_key};
use crate::engine::{EngineId, EngineState, ObservedContainer};

/// Options of which an engine that cannot do them says nothing but a warning, so that there is nothing to tell it from one
/// that was never asked.
const DROPPED_IN_SILENCE: [&str; 10] = [
    "blkio_weight",
    "blkio_weight_device",
    "cpu_count",
    "cpu_percent",
    "device_read_bps",
    "device_read_iops",
    "device_write_bps",
    "device_write_iops",
    "mem_swappiness",
    "oom_kill_disable",
];

/// Returns the options that are set, each as a text.
pub(super) fn options(host: &HostOptions) -> impl Iterator<Item = (String, String)> + use<> {
    let options = serde_json::to_value(host).expect("because all keys of options are strings");
    let options = match options {
        Value::Object(options) => options,
        _ => Map::new(),
    };
    options.into_iter().map(|(name, value)| match value {
        Value::String(text) => (name, text),
        value => (name, value.to_string()),
    })
}

/// Returns what a container has for an option. What the engine filled in beside what the map says is left out.
pub(super) fn live_option(
    container: &ObservedContainer,
    engine: &EngineState,
    name: &str,
    wanted: Option<&Fact>,
) -> Live {
    if let Some(text) = container.unsayable.get(name) {
        return Live::Told(Some(text.clone()));
    }
    let mut host = HostOptions::clone(&container.host);
    match name {
        "log_config" => trim_log(&mut host, wanted),
        "security_opt" => trim_security(&mut host, wanted),
        "pid_mode" => {
            if let Some(PidMode::Container(owner)) = &mut host.pid_mode {
                *owner = owner_name(owner, engine);
            }
        }
        "ipc_mode" => {
            if let Some(IpcMode::Container(owner)) = &mut host.ipc_mode {
                *owner = owner_name(owner, engine);
            }
        }
        _ => {}
    }
    let live = options(&host).find(|(found, _)| found == name).map(|(_, text)| text);
    let is_off = matches!(live.as_deref(), None | Some("false"));
    if is_off && (DROPPED_IN_SILENCE.contains(&name) || engine.drops.contains(name)) {
        return Live::Untold;
    }
    Live::Told(live)
}

/// The engine keeps the identifier of a container whose namespace is shared.
fn owner_name(id: &str, engine: &EngineState) -> String {
    let name = engine.name_of(&EngineId::new(id));
    name.map_or_else(|| id.to_owned(), |name| object_key(name).unwrap_or_else(|| name.to_owned()))
}

/// The engine has options of its own for its default driver, and adds them where the map says nothing.
fn trim_log(host: &mut HostOptions, wanted: Option<&Fact>) {
    let Some(wanted) = wanted.and_then(parsed::<LogConfig>) else { return };
    if let Some(live) = &mut host.log_config {
        live.driver = live.driver.take().filter(|_| wanted.driver.is_some());
        live.options.retain(|name, _| wanted.options.contains_key(name));
    }
}

/// The engine switches labels off for who sees everything anyway.
fn trim_security(host: &mut HostOptions, wanted: Option<&Fact>) {
    let sees_all = host.privileged == Some(true)
        || host.pid_mode == Some(PidMode::Host)
        || host.ipc_mode == Some(IpcMode::Host);
    let said = matches!(wanted, Some(Fact::Text(text)) if text.contains(SWITCHED_OFF));
    host.security_opt.retain(|option| option.as_str() != SWITCHED_OFF || said || !sees_all);
}

const SWITCHED_OFF: &str = "label=disable";

fn parsed<T: serde::de::DeserializeOwned>(fact: &Fact) -> Option<T> {
    match fact {
        Fact::Text(text) => serde_json::from_str(text).ok(),
        Fact::Absent | Fact::Secret(_) => None,
    }
}

/// Returns whether a value has everything that another one has: each element of a list, each entry of a mapping.
pub(super) fn covers(live: &str, wanted: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    match (read(live), read(wanted)) {
        (Some(Value::Array(live)), Some(Value::Array(wanted))) => {
            wanted.iter().all(|element| live.contains(element))
        }
        (Some(Value::Object(live)), Some(Value::Object(wanted))) => {
            wanted.iter().all(|(name, value)| match (live.get(name), value) {
                (Some(live), Value::Object(_)) => covers(&live.to_string(), &value.to_string()),
                (live, value) => live == Some(value),
            })
        }
        _ => live == wanted,
    }
}

/// What an option is by itself, for a container whose map does not set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Default {
    /// This.
    Is(&'static str),
    /// Nothing.
    Unset,
    /// What the engine was set up with.
    EnginesOwn,
}

/// Returns what an option is by itself.
pub(super) fn default_of(name: &str) -> Default {
    match name {
        "privileged" | "read_only" | "publish_all_ports" | "oom_kill_disable" => Default::Is("false"),
        "oom_score_adj" => Default::Is("0"),
        "shm_size" | "ipc_mode" | "cgroupns" | "runtime" | "log_config" | "init" | "isolation"
        | "userns_mode" | "cgroup_parent" | "ulimits" => Default::EnginesOwn,
        _ => Default::Unset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_wanted_covers_it() {
        for (live, wanted, expect) in [
            ("[\"a\",\"b\"]", "[\"b\"]", true),
            ("[\"a\"]", "[\"a\",\"b\"]", false),
            ("{\"a\":\"1\",\"b\":\"2\"}", "{\"a\":\"1\"}", true),
            ("{\"a\":\"1\"}", "{\"a\":\"2\"}", false),
            ("{\"config\":{\"a\":\"1\",\"b\":\"2\"}}", "{\"config\":{\"a\":\"1\"}}", true),
            ("64m", "64m", true),
            ("64m", "32m", false),
        ] {
            assert_eq!(covers(live, wanted), expect, "{live} {wanted}");
        }
    }
}
