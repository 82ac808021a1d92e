//! Birth certificates: digests of what an object was made with.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};

use super::facts::{Fact, FactKey, Facts, wanted};
use crate::attribute::{Attribute, Remedy};
use crate::engine::fingerprint_digest;
use crate::label;
use crate::spec::{ContainerSpec, EnvValue};

/// Attribute (and item) to digest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Certificate(BTreeMap<String, String>);

impl Certificate {
    /// Reads the certificate among an object's labels; none where it is missing or not one.
    pub(super) fn read(labels: &BTreeMap<String, String>) -> Option<Self> {
        serde_json::from_str(labels.get(label::BORN)?).ok().map(Self)
    }

    /// Returns whether the object was made with this value.
    pub(super) fn agrees(&self, key: &FactKey, fact: &Fact) -> bool {
        self.0.get(&entry(key)).is_some_and(|found| *found == digest(fact))
    }

    /// Returns whether the object was made with some value.
    pub(super) fn has(&self, key: &FactKey) -> bool {
        self.0.contains_key(&entry(key))
    }

    /// Returns the entries for which the map says nothing any more, as attribute and item.
    pub(super) fn forgotten(&self, facts: &Facts) -> impl Iterator<Item = FactKey> {
        let wanted: BTreeSet<String> = facts.keys().map(entry).collect();
        self.0.keys().filter(move |name| !wanted.contains(*name)).filter_map(|name| parse(name))
    }
}

/// Returns whether an object was made with a value for an attribute and item.
pub(crate) fn was_set(labels: &BTreeMap<String, String>, attribute: Attribute, item: &str) -> bool {
    were_set(labels, attribute).contains(item)
}

/// Returns the items of an attribute that an object was made with.
pub(crate) fn were_set(labels: &BTreeMap<String, String>, attribute: Attribute) -> BTreeSet<String> {
    let certificate = Certificate::read(labels).unwrap_or_default();
    let keys = certificate.0.keys().filter_map(|name| parse(name));
    keys.filter(|key| key.attribute == attribute).filter_map(|key| key.item).collect()
}

/// Returns the text of the birth certificate of a container.
pub(crate) fn certificate(spec: &ContainerSpec) -> String {
    let digests: BTreeMap<String, String> =
        wanted(spec).iter().map(|(key, fact)| (entry(key), digest(fact))).collect();
    serde_json::to_string(&digests).expect("because keys and values are strings")
}

/// Of a secret, the source is what counts: a short value could be guessed from its digest.
pub(super) fn digest(fact: &Fact) -> String {
    match fact {
        Fact::Absent => fingerprint_digest(&None::<String>),
        Fact::Text(text) => fingerprint_digest(text),
        Fact::Secret(source) => fingerprint_digest(&EnvValue::secret(source.clone())),
    }
}

pub(super) fn entry(key: &FactKey) -> String {
    match &key.item {
        None => key.attribute.to_string(),
        Some(item) => format!("{}:{item}", key.attribute),
    }
}

/// Entries of a newer dmap that this one does not know are passed over.
fn parse(entry: &str) -> Option<FactKey> {
    let (attribute, item) = match entry.split_once(':') {
        Some((attribute, item)) => (attribute, Some(item.to_string())),
        None => (entry, None),
    };
    let attribute = Attribute::named(attribute)?;
    // Certificates of earlier versions have entries for what is amended by now.
    let is_fixed = attribute.remedy(item.as_deref()) == Remedy::Replace;
    is_fixed.then_some(FactKey { attribute, item })
}
