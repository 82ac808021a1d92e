//! Compares what an engine changes in place: limits and the restart policy.
//!
//! They are in no birth certificate. What the map does not set is meant to be as the engine has it by itself: no limit, no
//! restart. Who made them differ, the record of earlier runs can tell.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::ByteSize;
use container_map::config::{CompareMode, CompareRules, HostOptions, SwapLimit};
use serde_json::{Map, Value};

use super::options::options;
use super::record::Noted;
use crate::attribute::{AMENDABLE_OPTIONS, Attribute};
use crate::engine::{EngineState, ObservedContainer};
use crate::limits::{Limits, Processes};
use crate::reason::{Difference, Shown};

/// How the limits of a container differ.
#[derive(Debug, Clone, Default)]
pub(super) struct LimitComparison {
    /// What is changed in place.
    pub(super) amended: Vec<Difference>,
    /// The request that changes it.
    pub(super) limits: Limits,
    /// What only another container can be without.
    pub(super) replaced: Vec<Difference>,
    /// What differs and is not to be put right.
    pub(super) ignored: Vec<Difference>,
}

/// Compares the limits of a container with what the map says.
pub(super) fn compare_limits(
    host: &HostOptions,
    rules: &CompareRules,
    container: &ObservedContainer,
    engine: &EngineState,
) -> LimitComparison {
    let mut live = HostOptions::clone(&container.host);
    live.restart_policy = Some(live.restart_policy.unwrap_or_default());
    let mut found = LimitComparison::default();
    let wanted = defaulted(host);
    // Most are as they are wanted, and then there is no need for texts.
    if AMENDABLE_OPTIONS.iter().all(|name| wanted.is_same(name, &live)) {
        return found;
    }
    let noted = Noted::of_container(engine, &container.id);
    let (wanted, live) = (texts(&wanted), texts(&live));
    let mut set = Map::new();
    for name in AMENDABLE_OPTIONS {
        let (is, want) = (live.get(name), wanted.get(name));
        if is == want || engine.drops.contains(name) || (name == SWAP && follows_memory(host, container)) {
            continue;
        }
        let difference = Difference {
            attribute: Attribute::Option,
            item: Some(name.to_owned()),
            origin: noted.origin(&entry(name), want.map(String::as_str)),
            live: Shown::optional(is.cloned()),
            wanted: Shown::optional(want.cloned()),
        };
        if rules.mode(name) == Some(CompareMode::Ignore) {
            found.ignored.push(difference);
            continue;
        }
        match want {
            Some(_) => set.extend([(name.to_owned(), value(host, name))]),
            None if name == PROCESSES => found.limits.processes = Processes::Unlimited,
            // No limit is said by 0, and 0 says nothing.
            None => {
                found.replaced.push(difference);
                continue;
            }
        }
        found.amended.push(difference);
    }
    found.limits.options = serde_json::from_value(Value::Object(set))
        .expect("because names and values are those of options that were written");
    complete(&mut found.limits, host);
    found
}

const SWAP: &str = "memswap_limit";
const PROCESSES: &str = "pids_limit";

/// Returns the texts of the amendable options as a container is to have them, those that the engine works out included.
pub(super) fn effective(host: &HostOptions) -> BTreeMap<String, String> {
    texts(&defaulted(host))
}

fn texts(host: &HostOptions) -> BTreeMap<String, String> {
    options(host).filter(|(name, _)| AMENDABLE_OPTIONS.contains(&name.as_str())).collect()
}

/// Unless it is said, swap is twice the memory, and nothing is restarted.
fn defaulted(host: &HostOptions) -> HostOptions {
    let mut host = host.clone();
    host.restart_policy = Some(host.restart_policy.unwrap_or_default());
    host.memswap_limit = host.memswap_limit.or_else(|| twice(host.mem_limit));
    host
}

fn twice(memory: Option<ByteSize>) -> Option<SwapLimit> {
    memory.map(|size| SwapLimit::Size(ByteSize::new(size.bytes().saturating_mul(2))))
}

fn value(host: &HostOptions, name: &str) -> Value {
    let mut all = serde_json::to_value(defaulted(host)).unwrap_or_default();
    all.get_mut(name).map(Value::take).unwrap_or_default()
}

/// What the map says nothing about is what the engine made of the memory: twice as much, or nothing without a limit.
fn follows_memory(host: &HostOptions, container: &ObservedContainer) -> bool {
    let (memory, swap) = (container.host.mem_limit, container.host.memswap_limit);
    host.memswap_limit.is_none() && (swap == twice(memory) || host.mem_limit.is_none())
}

/// An engine refuses more memory than memory and swap together, so both are said at once.
fn complete(limits: &mut Limits, host: &HostOptions) {
    let options = &mut limits.options;
    if options.mem_limit.is_some() || options.memswap_limit.is_some() {
        options.mem_limit = host.mem_limit;
        options.memswap_limit = defaulted(host).memswap_limit;
    }
}

/// Returns the name that an option has in records.
pub(super) fn entry(name: &str) -> String {
    let mut entry = Attribute::Option.to_string();
    entry.push(':');
    entry.push_str(name);
    entry
}
