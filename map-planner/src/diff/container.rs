//! Compares one container object with its specification.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::born::Certificate;
use super::endpoint::compare_endpoints;
use super::facts::{FactKey, Live, live, wanted};
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
}

/// Compares one container object with what the map wants of it.
pub(crate) fn compare(
    desired: &DesiredContainer,
    container: &ObservedContainer,
    engine: &EngineState,
) -> Comparison {
    let certificate = Certificate::read(&container.labels);
    let facts = wanted(&desired.spec);
    let mut found = Comparison::default();
    for (key, value) in &facts {
        let agrees = certificate.as_ref().map(|born| born.agrees(key, value.as_ref()));
        if key.attribute == Attribute::Image {
            let difference = compare_image(desired, container, engine, agrees);
            if desired.persistent {
                found.ignored.extend(difference);
            } else {
                found.fixed.extend(difference);
            }
            continue;
        }
        match live(container, engine, key) {
            Live::Told(live) if live == *value => {}
            Live::Told(live) => {
                found.fixed.push(difference(key, live.as_deref(), value.as_deref(), origin(agrees)));
            }
            Live::Untold if key.attribute == Attribute::Environment => found.environment_unknown = true,
            // Without a certificate there is nothing to compare with, and adoption replaces such a container anyway.
            Live::Untold if agrees == Some(false) => {
                found.fixed.push(difference(key, None, value.as_deref(), Origin::Changed));
            }
            Live::Untold => {}
        }
    }
    if let Some(certificate) = &certificate {
        for key in certificate.forgotten(&facts) {
            let live = match live(container, engine, &key) {
                Live::Told(live) => live,
                Live::Untold => Some("set".to_owned()),
            };
            found.fixed.push(difference(&key, live.as_deref(), None, Origin::Changed));
        }
    }
    found.endpoints = compare_endpoints(&desired.spec, container, engine);
    found
}

/// A certificate that agrees with the map says that the map was not edited since.
fn origin(agrees: Option<bool>) -> Origin {
    match agrees {
        None => Origin::Unknown,
        Some(true) => Origin::Drifted,
        Some(false) => Origin::Changed,
    }
}

fn difference(key: &FactKey, live: Option<&str>, wanted: Option<&str>, origin: Origin) -> Difference {
    let shown = |value: Option<&str>| match value {
        None => Shown::Unset,
        Some(_) if key.attribute == Attribute::Environment => Shown::Hidden,
        Some(value) => Shown::value(value),
    };
    Difference {
        attribute: key.attribute,
        item: key.item.clone(),
        origin,
        live: shown(live),
        wanted: shown(wanted),
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
