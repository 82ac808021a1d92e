//! How long containers were down, as the engine's events tell.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::engine::Engine;
use crate::error::{Doing as _, Result};

/// The labels that say which container of its file an object is, by the program that made it.
const KEYS: [&str; 3] = ["dmap.key", "com.docker.compose.service", "bench.key"];

/// The events of containers in a time, oldest first, one a line.
pub(super) fn seen(engine: &Engine, since: Duration, until: Duration) -> Result<Vec<Value>> {
    let time = |time: Duration| format!("{}.{:09}", time.as_secs(), time.subsec_nanos());
    let printed = engine
        .docker()
        .args(["events", "--since", &time(since), "--until", &time(until), "--format", "{{json .}}"])
        .args(["--filter", "type=container", "--filter", "event=die", "--filter", "event=start"])
        .read()?;
    printed.lines().map(|line| serde_json::from_str(line).doing("read an event")).collect()
}

/// The time from each `die` of a container of the benchmark to the next `start` of the same one, be it another object.
pub(super) fn outages(events: &[Value]) -> Vec<Duration> {
    let mut died: BTreeMap<String, u64> = BTreeMap::new();
    let mut outages = Vec::new();
    for event in events {
        let (Some(key), Some(time)) = (key(event), event["timeNano"].as_u64()) else { continue };
        match event["Action"].as_str() {
            Some("die") => {
                died.insert(key, time);
            }
            Some("start") => {
                outages
                    .extend(died.remove(&key).map(|since| Duration::from_nanos(time.saturating_sub(since))));
            }
            _ => {}
        }
    }
    outages
}

/// Which container an event is about. Others can be at work on the engine.
fn key(event: &Value) -> Option<String> {
    let attributes = &event["Actor"]["Attributes"];
    let is_ours = attributes["name"].as_str().is_some_and(|name| name.contains("bench-"));
    let key = KEYS.iter().find_map(|label| attributes[*label].as_str());
    key.filter(|_| is_ours).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_outage_is_from_the_end_of_one_to_the_start_of_the_other() {
        let event = |action: &str, name: &str, key: &str, milliseconds: u64| {
            json!({"Action": action, "timeNano": milliseconds * 1_000_000,
                   "Actor": {"Attributes": {"name": name, "com.docker.compose.service": key}}})
        };
        let events = [
            event("start", "bench-compose_c1_1", "c1", 5),
            event("die", "bench-compose_c1_1", "c1", 100),
            event("die", "bench-compose_c2_1", "c2", 110),
            event("die", "somebody-elses", "c1", 120),
            event("start", "bench-compose_c1_1", "c1", 350),
        ];
        assert_eq!(outages(&events), [Duration::from_millis(250)]);
    }
}
