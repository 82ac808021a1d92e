//! Images that the map builds: what they are built from, and whether what is here was built from that.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use container_map::ImageRef;
use container_map::config::BuildConfig;
use container_map::graph::{Cycle, Dag};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;

use crate::engine::{EngineId, EngineState, fingerprint_digest};
use crate::error::PlanError;
use crate::label;
use crate::reason::Reason;

/// The digest of a build context: of everything that is sent to the engine to build from. It is `sha256:` and 64
/// hexadecimal digits; who packs contexts knows how it is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct ContextDigest(String);

/// A text that is not a context digest.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a digest of the form `sha256:` and 64 lower-case hexadecimal digits")]
pub struct ContextDigestError(String);

impl ContextDigest {
    /// Returns the first digits, which are enough for people.
    pub fn short(&self) -> &str {
        let digits = self.0.strip_prefix("sha256:").unwrap_or(&self.0);
        digits.get(..12).unwrap_or(digits)
    }
}

impl FromStr for ContextDigest {
    type Err = ContextDigestError;

    fn from_str(text: &str) -> Result<Self, ContextDigestError> {
        let digits = text.strip_prefix("sha256:").unwrap_or_default();
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == 64 && digits.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ContextDigestError(text.to_owned()))
        }
    }
}

impl fmt::Display for ContextDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ContextDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// What a build context says, to those who do not look into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadContext {
    /// The digest of all that is in it.
    pub digest: ContextDigest,
    /// The images that its Dockerfile is based on, whoever makes them.
    pub bases: BTreeSet<ImageRef>,
}

impl From<ContextDigest> for ReadContext {
    /// Makes one that is based on nothing that could be built.
    fn from(digest: ContextDigest) -> Self {
        Self { digest, bases: BTreeSet::new() }
    }
}

/// The build contexts of a map's images, as far as they were read.
pub type Contexts = BTreeMap<ImageRef, ReadContext>;

/// An image that the map builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredBuild {
    /// How.
    pub build: BuildConfig,
    /// What is in its context, if that is known.
    pub context: Option<ContextDigest>,
    /// The images that it is based on, as far as the map builds them.
    pub bases: BTreeSet<ImageRef>,
    /// The other images that it is based on, if they are pulled before it is built.
    pub pulls: BTreeSet<ImageRef>,
    /// Why it is built, if it is.
    pub reason: Reason,
}

/// Returns the labels of an image that is built: the map's, and those that say what it was built from. `bases` are the
/// images of the map that it is built on, and which they are by then.
pub fn labels(
    build: &BuildConfig,
    context: &ContextDigest,
    bases: &BTreeMap<ImageRef, EngineId>,
) -> BTreeMap<String, String> {
    let mut labels = build.labels.clone();
    labels.insert(label::CONTEXT.to_owned(), context.to_string());
    labels.insert(label::RECIPE.to_owned(), recipe(build));
    if !bases.is_empty() {
        let bases: Vec<String> = bases.iter().map(|(image, id)| format!("{image}={id}")).collect();
        labels.insert(label::BASES.to_owned(), bases.join(","));
    }
    labels
}

/// Returns the builds of images, those of the images that others are based on before these.
///
/// # Errors
///
/// Images are based on each other.
pub(crate) fn in_order(builds: &BTreeMap<ImageRef, DesiredBuild>) -> Result<Vec<ImageRef>, PlanError> {
    let edges = builds.iter().map(|(image, wanted)| (image.clone(), wanted.bases.clone()));
    let dag = Dag::new(edges.collect()).map_err(|cycles| {
        let cycle = cycles.into_iter().next().map(|Cycle(images)| images);
        PlanError::BuiltInCircles { images: cycle.unwrap_or_default() }
    })?;
    Ok(dag.order().to_vec())
}

/// Returns why an image is not what a build would make; none if it is, as far as that is known.
pub(crate) fn outdated(image: &ImageRef, wanted: &DesiredBuild, engine: &EngineState) -> Option<Reason> {
    let DesiredBuild { build, context, bases, pulls: _, reason: _ } = wanted;
    let Some(id) = engine.tags.get(image) else {
        return Some(Reason::Absent);
    };
    let found = &engine.images.get(id)?.defaults.labels;
    let Some(built_from) = found.get(label::CONTEXT) else {
        return Some(Reason::BuiltElsewhere);
    };
    if context.as_ref().is_some_and(|context| context.0 != *built_from) {
        return Some(Reason::ContextChanged);
    }
    if found.get(label::RECIPE) != Some(&recipe(build)) {
        return Some(Reason::BuildChanged);
    }
    let noted = found.get(label::BASES).map(String::as_str).unwrap_or_default();
    let noted: BTreeSet<&str> = noted.split(',').collect();
    let is_another = |base: &&ImageRef| {
        let here = engine.tags.get(*base);
        here.is_some_and(|id| !noted.contains(format!("{base}={id}").as_str()))
    };
    bases.iter().find(is_another).map(|base| Reason::BaseChanged(base.clone().into()))
}

/// Returns a digest of what the map says about a build, as far as it has to do with what comes of it. Where the context is
/// says nothing about what is in it, and no secret or key is part of the image.
fn recipe(build: &BuildConfig) -> String {
    let BuildConfig {
        context: _,
        dockerfile,
        target,
        args,
        tags,
        labels,
        platform,
        pull: _,
        no_cache: _,
        secrets,
        ssh: _,
        extra_hosts,
        network,
    } = build;
    let secrets: Vec<&String> = secrets.keys().collect();
    fingerprint_digest(&((dockerfile, target, args, tags), (labels, platform, secrets, extra_hosts, network)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digests_are_digests() {
        let right = alloc::format!("sha256:{}", "0f".repeat(32));
        assert_eq!(
            right.parse::<ContextDigest>().map(|digest| digest.short().to_owned()),
            Ok("0f".repeat(6))
        );
        for wrong in ["", "sha256:", &right[7..], &right[..70], &right.to_uppercase()] {
            assert!(wrong.parse::<ContextDigest>().is_err(), "{wrong}");
        }
    }
}
