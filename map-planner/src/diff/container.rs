//! Compares one container object with its specification.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use container_map::{Secret, SecretSource};

use super::born::Certificate;
use super::endpoint::compare_endpoints;
use super::facts::{Fact, FactKey, Live, live, wanted};
use crate::attribute::Attribute;
use crate::desired::DesiredContainer;
use crate::engine::{EngineState, ObservedContainer};
use crate::reason::{Difference, Origin, Shown};
use crate::verdict::EndpointChange;

/// How an object differs from its specification, apart from what it is bound to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Comparison {
    /// Fixed attributes.
    pub(crate) fixed: Vec<Difference>,
    /// Differences that do not count, because the container is persistent.
    pub(crate) ignored: Vec<Difference>,
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
        let agrees = certificate.as_ref().map(|born| born.agrees(key, fact));
        if key.attribute == Attribute::Image {
            let difference = compare_image(desired, container, engine, agrees);
            if desired.persistent {
                found.ignored.extend(difference);
            } else {
                found.fixed.extend(difference);
            }
        } else {
            let was_set = certificate.as_ref().is_some_and(|born| born.has(key));
            found.compare(key, fact, live(container, engine, key), Compared { agrees, was_set, secrets });
        }
    }
    if let Some(certificate) = &certificate {
        for key in certificate.forgotten(&facts) {
            let live = match live(container, engine, &key) {
                Live::Told(live) => live,
                Live::Untold => Some(SET.to_owned()),
            };
            found.fixed.push(difference(&key, live.as_deref(), &Fact::Absent, Origin::Changed));
        }
    }
    found.endpoints = compare_endpoints(&desired.spec, container, engine);
    found
}

impl Comparison {
    /// Compares one fixed attribute: what the engine has with what it should have, or, where one of them is not known,
    /// what the object was made with.
    fn compare(&mut self, key: &FactKey, fact: &Fact, live: Live, compared: Compared<'_>) {
        let Compared { agrees, was_set, secrets } = compared;
        match live {
            Live::Told(live) => match (fact.is_met(live.as_deref(), secrets), fact) {
                (Some(true), _) => {}
                (None, Fact::Secret(source)) if agrees != Some(false) => {
                    self.secrets_unknown.insert(source.clone());
                }
                (Some(false) | None, _) => {
                    self.fixed.push(difference(key, live.as_deref(), fact, origin(agrees)));
                }
            },
            Live::Untold if key.attribute == Attribute::Environment => self.environment_unknown = true,
            // Without a certificate there is nothing to compare with, and adoption replaces such a container anyway.
            Live::Untold if agrees == Some(false) => {
                self.fixed.push(difference(key, was_set.then_some(SET), fact, Origin::Changed));
            }
            Live::Untold => {}
        }
    }
}

/// What is shown for a value that the engine does not tell.
const SET: &str = "set";

/// What is known besides when one attribute is compared.
#[derive(Clone, Copy)]
struct Compared<'a> {
    /// Whether the birth certificate agrees with the map, if there is one.
    agrees: Option<bool>,
    /// Whether it has an entry for the attribute.
    was_set: bool,
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

fn difference(key: &FactKey, live: Option<&str>, wanted: &Fact, origin: Origin) -> Difference {
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
    agrees: Option<bool>,
) -> Option<Difference> {
    let wanted = engine.tags.get(&desired.spec.image);
    if wanted == Some(&container.image) {
        return None;
    }
    let wanted = match wanted {
        Some(id) => short(id.as_str()),
        None => alloc::format!("{} (not here yet)", desired.spec.image),
    };
    Some(Difference {
        attribute: Attribute::Image,
        item: None,
        origin: origin(agrees),
        live: Shown::value(short(container.image.as_str())),
        wanted: Shown::value(wanted),
    })
}

fn short(id: &str) -> String {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    digits.get(..12).unwrap_or(digits).to_owned()
}
