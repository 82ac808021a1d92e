//! Compares one container object with its specification.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use container_map::config::CompareMode;
use container_map::{Secret, SecretSource};

use super::born::Certificate;
use super::endpoint::compare_endpoints;
use super::facts::{Fact, FactKey, wanted};
use super::limits::compare_limits;
use super::live::{Live, live};
use super::strict::strict_differences;
use crate::attribute::Attribute;
use crate::desired::DesiredContainer;
use crate::engine::{EngineState, ObservedContainer};
use crate::reason::{Difference, Origin, Reason, Shown};
use crate::verdict::{EndpointChange, LimitChange};

/// How an object differs from its specification, apart from what it is bound to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Comparison {
    /// What only another object can have right.
    pub(crate) fixed: Vec<Difference>,
    /// Limits that are changed in place.
    pub(crate) limits: Option<LimitChange>,
    /// Differences that do not count, because the container is persistent.
    pub(crate) ignored: Vec<Difference>,
    /// Differences that do not count by the map's rules of comparison.
    pub(crate) unruly: Vec<Difference>,
    /// Places in networks.
    pub(crate) endpoints: Vec<EndpointChange>,
    /// Whether variables were not compared because the snapshot has no values.
    pub(crate) environment_unknown: bool,
    /// Secrets that were not read, so that what holds them was not compared.
    pub(crate) secrets_unknown: BTreeSet<SecretSource>,
}

/// Compares one container object with what the map wants of it.
pub(crate) fn compare(
    desired: &DesiredContainer,
    container: &ObservedContainer,
    engine: &EngineState,
    secrets: &BTreeMap<SecretSource, Secret>,
) -> Comparison {
    let certificate = Certificate::read(&container.labels);
    let facts = wanted(&desired.spec);
    let mut found = Comparison::default();
    for (key, fact) in &facts {
        // Digests are worked out only where something differs.
        let agrees = || certificate.as_ref().map(|born| born.agrees(key, fact));
        let rule = key.rule(&desired.compare);
        if key.attribute == Attribute::Image {
            let difference = compare_image(desired, container, engine, &agrees);
            match (rule, desired.persistent) {
                (Some(CompareMode::Ignore), _) => found.unruly.extend(difference),
                (_, true) => found.ignored.extend(difference),
                (_, false) => found.fixed.extend(difference),
            }
        } else {
            let live = live(container, engine, key, Some(fact));
            found.compare(
                key,
                fact,
                live,
                Compared { agrees: &agrees, born: certificate.as_ref(), rule, secrets },
            );
        }
    }
    if let Some(certificate) = &certificate {
        for key in certificate.forgotten(&facts) {
            let live = match live(container, engine, &key, None) {
                Live::Told(live) => live,
                Live::Untold => Some(SET.to_owned()),
            };
            let difference = difference(&key, live.as_deref(), &Fact::Absent, Origin::Changed);
            found.push(key.rule(&desired.compare), Excess::More, difference);
        }
    }
    found.fixed.extend(strict_differences(desired, container, engine, &found.fixed));
    found.limits(desired, container, engine);
    found.endpoints = compare_endpoints(desired, container, engine);
    found
}

/// Whether a difference is one of having more than the map says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Excess {
    More,
    Other,
}

impl Comparison {
    /// Adds a difference to those that count, or, by a rule of the map, to those that do not.
    fn push(&mut self, rule: Option<CompareMode>, excess: Excess, difference: Difference) {
        match (rule, excess) {
            (Some(CompareMode::Ignore), _) | (Some(CompareMode::AtLeast), Excess::More) => {
                self.unruly.push(difference);
            }
            (Some(CompareMode::AtLeast | CompareMode::Strict) | None, _) => self.fixed.push(difference),
        }
    }

    /// Compares one fixed attribute: what the engine has with what it should have, or, where one of them is not known,
    /// what the object was made with.
    fn compare(&mut self, key: &FactKey, fact: &Fact, live: Live, compared: Compared<'_>) {
        let Compared { agrees, born, rule, secrets } = compared;
        match live {
            Live::Told(live) => match (fact.is_met(live.as_deref(), secrets), fact) {
                // What the engine adds hides what was taken out of the map.
                (Some(true), _) if key.may_be_filled_in() && agrees() == Some(false) => {
                    self.push(rule, Excess::More, difference(key, Some(SET), fact, Origin::Changed));
                }
                (Some(true), _) => {}
                (None, Fact::Secret(source)) if agrees() != Some(false) => {
                    self.secrets_unknown.insert(source.clone());
                }
                (Some(false) | None, _) => {
                    let excess =
                        if fact.is_covered(key, live.as_deref()) { Excess::More } else { Excess::Other };
                    self.push(rule, excess, difference(key, live.as_deref(), fact, origin(agrees())));
                }
            },
            Live::Untold if key.attribute == Attribute::Environment => self.environment_unknown = true,
            // Without a certificate there is nothing to compare with, and adoption replaces such a container anyway.
            Live::Untold if agrees() == Some(false) => {
                let was_set = born.is_some_and(|born| born.has(key));
                let difference = difference(key, was_set.then_some(SET), fact, Origin::Changed);
                self.push(rule, Excess::Other, difference);
            }
            Live::Untold => {}
        }
    }

    fn limits(&mut self, desired: &DesiredContainer, container: &ObservedContainer, engine: &EngineState) {
        let found = compare_limits(&desired.spec.host, &desired.compare, container, engine);
        self.fixed.extend(found.replaced);
        self.unruly.extend(found.ignored);
        let (limits, amended) = (found.limits, found.amended);
        self.limits =
            (!amended.is_empty()).then_some(LimitChange { limits, reason: Reason::Differs(amended) });
    }
}

/// What is shown for a value that the engine does not tell.
const SET: &str = "set";

/// What is known besides when one attribute is compared.
#[derive(Clone, Copy)]
struct Compared<'a> {
    /// Whether the birth certificate agrees with the map, if there is one.
    agrees: &'a dyn Fn() -> Option<bool>,
    born: Option<&'a Certificate>,
    /// How the map wants it compared.
    rule: Option<CompareMode>,
    secrets: &'a BTreeMap<SecretSource, Secret>,
}

/// A certificate that agrees with the map says that the map was not edited since.
fn origin(agrees: Option<bool>) -> Origin {
    match agrees {
        None => Origin::Unknown,
        Some(true) => Origin::Drifted,
        Some(false) => Origin::Changed,
    }
}

pub(super) fn difference(key: &FactKey, live: Option<&str>, wanted: &Fact, origin: Origin) -> Difference {
    let shown = |value: &str| match (key.attribute, wanted) {
        (_, Fact::Secret(_)) => Shown::Secret,
        (Attribute::Environment, Fact::Absent | Fact::Text(_)) => Shown::Hidden,
        (_, Fact::Absent | Fact::Text(_)) => Shown::value(value),
    };
    Difference {
        attribute: key.attribute,
        item: key.item.clone(),
        origin,
        live: live.map_or(Shown::Unset, shown),
        wanted: match wanted {
            Fact::Absent => Shown::Unset,
            Fact::Text(text) => shown(text),
            Fact::Secret(_) => Shown::Secret,
        },
    }
}

/// A container is compared with what its tag stands for now; another text for the same image is no difference.
fn compare_image(
    desired: &DesiredContainer,
    container: &ObservedContainer,
    engine: &EngineState,
    agrees: &dyn Fn() -> Option<bool>,
) -> Option<Difference> {
    let wanted = engine.tags.get(&desired.spec.image);
    if wanted == Some(&container.image) {
        return None;
    }
    let origin = match origin(agrees()) {
        _ if desired.is_rebuilt => Origin::Changed,
        Origin::Drifted if wanted.is_some() => Origin::TagMoved,
        other => other,
    };
    let wanted = match wanted {
        Some(id) => short(id.as_str()),
        None if desired.is_rebuilt => alloc::format!("{} (to be built)", desired.spec.image),
        None => alloc::format!("{} (not here yet)", desired.spec.image),
    };
    Some(Difference {
        attribute: Attribute::Image,
        item: None,
        origin,
        live: Shown::value(short(container.image.as_str())),
        wanted: Shown::value(wanted),
    })
}

pub(super) fn short(id: &str) -> String {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    digits.get(..12).unwrap_or(digits).to_owned()
}
