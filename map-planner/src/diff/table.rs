//! The comparison as a table: every attribute that is compared, those that are as wanted too.
//!
//! What comes of each is taken from the comparison that plans are made with, so that the two cannot disagree.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

use container_map::{Secret, SecretSource};

use super::born::Certificate;
use super::container::{Comparison, compare, difference, short};
use super::endpoint::{describe, describe_wanted};
use super::facts::{Fact, FactKey, wanted};
use super::limits::effective;
use super::live::{Live, live};
use super::network::checks;
use super::options::options;
use super::record::Noted;
use super::volume::{Naming, compare_volume};
use crate::attribute::Attribute;
use crate::desired::{DesiredContainer, DesiredVolume};
use crate::engine::{EngineState, ObservedContainer, ObservedNetwork, ObservedVolume};
use crate::explain::{Compared, Finding, MadeWith};
use crate::label;
use crate::reason::{Difference, Origin, Reason, Shown};
use crate::spec::NetworkSpec;

/// Compares a container, attribute by attribute.
pub(crate) fn container(
    desired: &DesiredContainer,
    container: &ObservedContainer,
    engine: &EngineState,
    secrets: &BTreeMap<SecretSource, Secret>,
) -> Vec<Compared> {
    let found = compare(desired, container, engine, secrets);
    let certificate = Certificate::read(&container.labels);
    let facts = wanted(&desired.spec);
    let mut rows: Vec<Compared> = facts
        .iter()
        .map(|(key, fact)| Compared {
            made_with: made_with(certificate.as_ref(), key, fact),
            ..fact_row(key, fact, container, engine, &found)
        })
        .collect();
    rows.extend(limits(desired, container));
    rows.extend(endpoints(desired, container));
    Findings::of(&found).settle(rows)
}

fn fact_row(
    key: &FactKey,
    fact: &Fact,
    container: &ObservedContainer,
    engine: &EngineState,
    found: &Comparison,
) -> Compared {
    let told = match live(container, engine, key, Some(fact)) {
        Live::Told(told) => Some(told),
        Live::Untold => None,
    };
    let shown = difference(key, told.clone().flatten().as_deref(), fact, Origin::Unknown);
    let unread = matches!(fact, Fact::Secret(source) if found.secrets_unknown.contains(source));
    let hidden = key.attribute == Attribute::Environment && told.is_none();
    let live = match key.attribute {
        // The tag is compared by what it stands for.
        Attribute::Image => Some(Shown::value(short(container.image.as_str()))),
        _ => told.map(|_| shown.live),
    };
    let finding = if unread || hidden { Finding::NotCompared } else { Finding::AsWanted };
    row(key.attribute, key.item.clone(), shown.wanted, live, finding)
}

fn made_with(certificate: Option<&Certificate>, key: &FactKey, fact: &Fact) -> MadeWith {
    match certificate {
        None => MadeWith::Unknown,
        Some(born) if born.agrees(key, fact) => MadeWith::Same,
        Some(born) if born.has(key) => MadeWith::Other,
        Some(_) => MadeWith::Nothing,
    }
}

/// Returns the limits that the map sets, and what the engine works out from them.
fn limits<'a>(
    desired: &'a DesiredContainer,
    container: &'a ObservedContainer,
) -> impl Iterator<Item = Compared> + use<'a> {
    let live: BTreeMap<_, _> = options(&container.host).collect();
    effective(&desired.spec.host).into_iter().map(move |(name, wanted)| {
        let live = Shown::optional(live.get(&name).cloned());
        row(Attribute::Option, Some(name), Shown::value(wanted), Some(live), Finding::AsWanted)
    })
}

fn endpoints<'a>(
    desired: &'a DesiredContainer,
    container: &'a ObservedContainer,
) -> impl Iterator<Item = Compared> + use<'a> {
    desired.spec.endpoints.iter().map(|(network, wanted)| {
        let live = Shown::optional(container.endpoints.get(&network.docker_name()).map(describe));
        let wanted = Shown::value(describe_wanted(wanted));
        row(Attribute::Endpoint, Some(network.to_string()), wanted, Some(live), Finding::AsWanted)
    })
}

/// Compares a volume, attribute by attribute. Names of owners mean what its image says, so they are not looked up here.
pub(crate) fn volume(desired: &DesiredVolume, live: &ObservedVolume, noted: Noted<'_>) -> Vec<Compared> {
    let found = compare_volume(desired, live, Naming::NotCompared, noted);
    let mut rows =
        Vec::from([told(Attribute::VolumeOptions, "driver", &desired.spec.driver, Some(&live.driver))]);
    for (name, value) in &desired.spec.options {
        rows.push(told(Attribute::VolumeOptions, name, value, live.options.get(name)));
    }
    for (name, value) in label::of_map(&desired.spec.labels) {
        rows.push(told(
            Attribute::VolumeOptions,
            &alloc::format!("label {name}"),
            value,
            live.labels.get(name),
        ));
    }
    let owner = live.top.and_then(|top| top.owner);
    if let Some(wanted) = &desired.owner {
        let finding = if owner.is_some() { Finding::AsWanted } else { Finding::NotCompared };
        let live = owner.map(|owner| Shown::value(owner.to_string()));
        rows.push(row(Attribute::Owner, None, Shown::value(wanted.to_string()), live, finding));
    }
    if let Some(wanted) = &desired.mode {
        let finding = if live.top.is_some() { Finding::AsWanted } else { Finding::NotCompared };
        let live = live.top.map(|top| Shown::value(alloc::format!("{:04o}", top.mode)));
        rows.push(row(Attribute::Mode, None, Shown::value(wanted.to_string()), live, finding));
    }
    let mut findings = Findings::default();
    findings.add(&found.reported, |_| Finding::Ignored);
    findings.add(&found.amendable, |difference| difference.origin.into());
    findings.settle(rows)
}

/// Compares a network, attribute by attribute.
pub(crate) fn network(desired: &NetworkSpec, live: &ObservedNetwork) -> Vec<Compared> {
    let rows = checks(desired, live).into_iter().map(|check| {
        let finding = if check.live == check.wanted { Finding::AsWanted } else { Finding::Ignored };
        row(check.attribute, check.item, check.wanted, Some(check.live), finding)
    });
    rows.collect()
}

fn told(attribute: Attribute, item: &str, wanted: &str, live: Option<&alloc::string::String>) -> Compared {
    let live = Some(Shown::optional(live.cloned()));
    row(attribute, Some(item.to_string()), Shown::value(wanted), live, Finding::AsWanted)
}

fn row(
    attribute: Attribute,
    item: Option<alloc::string::String>,
    wanted: Shown,
    live: Option<Shown>,
    finding: Finding,
) -> Compared {
    Compared { attribute, item, wanted, live, made_with: MadeWith::Unknown, finding }
}

/// What the comparison found, by attribute and item.
#[derive(Default)]
struct Findings<'a>(Vec<(&'a Difference, Finding)>);

impl<'a> Findings<'a> {
    fn of(found: &'a Comparison) -> Self {
        let mut findings = Self::default();
        let reasons = found.endpoints.iter().map(|change| &change.reason);
        let amended = found.limits.iter().map(|change| &change.reason);
        findings.add(&found.fixed, |difference| difference.origin.into());
        for reason in reasons.chain(amended) {
            if let Reason::Differs(differences) = reason {
                findings.add(differences, |difference| difference.origin.into());
            }
        }
        findings.add(&found.ignored, |_| Finding::Ignored);
        findings.add(&found.unruly, |_| Finding::Ignored);
        findings
    }

    fn add(&mut self, differences: &'a [Difference], finding: fn(&Difference) -> Finding) {
        self.0.extend(differences.iter().map(|difference| (difference, finding(difference))));
    }

    /// Enters what was found into the rows, and adds rows for what the map does not set.
    fn settle(self, mut rows: Vec<Compared>) -> Vec<Compared> {
        for (difference, finding) in self.0 {
            let Difference { attribute, item, live, wanted, .. } = difference;
            let known = rows.iter_mut().find(|row| row.attribute == *attribute && row.item == *item);
            match known {
                Some(row) => {
                    row.finding = finding;
                    row.live = Some(live.clone());
                    row.wanted = wanted.clone();
                }
                None => rows.push(row(*attribute, item.clone(), wanted.clone(), Some(live.clone()), finding)),
            }
        }
        rows.sort_by(|a, b| (a.attribute, &a.item).cmp(&(b.attribute, &b.item)));
        rows
    }
}
