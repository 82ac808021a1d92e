//! What a plan finds, and that what it finds is repaired.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Seen, seen};
use crate::docker::text;
use crate::site::Site;

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
        .flat_map(|step| reasons(&step["reason"]).into_iter().map(|reason| (target(step), reason)))
        .collect();
    let expand = |text: &str| match text.split_once("container ") {
        Some((before, name)) => format!("{before}container/{}.{name}", site.name),
        None => text.to_owned(),
    };
    let key = |text: &str| text.replacen(' ', &format!("/{}.", site.name), 1);
    for (what, why) in expected {
        assert!(found.contains(&(key(what), expand(why))), "{what} {why}: the plan has {found:#?}");
    }
    let keys: BTreeSet<String> = expected.iter().map(|(what, _)| key(what)).collect();
    let others: Vec<_> = found.iter().filter(|(what, _)| !keys.contains(what)).collect();
    assert!(others.is_empty(), "the plan touches nothing else: {others:#?}");
}

/// What a step is about, without its slot.
fn target(step: &Value) -> String {
    let kind = ["container", "volume", "network", "image"].into_iter().find(|kind| step[kind].is_string());
    let kind = kind.unwrap_or_else(|| panic!("a step is about something: {step}"));
    let name = text(&step[kind]);
    let name = name.strip_suffix(".dmap-next").or(name.strip_suffix(".dmap-prev")).unwrap_or(&name);
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
    match (reason["unrecoverable"]["exit"].as_i64(), reason["follows"].as_str()) {
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
        site.objects("container").iter().filter(|name| name.contains("dmap-")).count(),
        0,
        "nothing is left over"
    );
}
