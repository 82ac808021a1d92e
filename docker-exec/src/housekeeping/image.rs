//! Which images go.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Choice, LabelFilter};

/// An image of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundImage {
    /// The engine's identifier.
    pub id: String,
    /// The image it was built on by the classic builder; none if the engine does not know one.
    pub parent: Option<String>,
    /// Its tags, as `repository:tag`.
    pub tags: BTreeSet<String>,
    /// The references by digest it has, as `repository@sha256:…`.
    pub digests: BTreeSet<String>,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// How large it is, with what it shares with others, in bytes.
    pub size: u64,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Whether a container was made of it, running or not.
    pub is_used: bool,
}

impl FoundImage {
    /// Returns its repositories: tags without their last part.
    fn repositories(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().filter_map(|tag| tag.rsplit_once(':')).map(|(repository, _)| repository)
    }

    /// Returns whether it can be one that dmap imports to make containers of that are never started: no bytes, no name,
    /// no parent.
    fn is_nothing(&self) -> bool {
        self.size == 0 && self.tags.is_empty() && self.parent.is_none()
    }
}

/// Which tags are old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldTags {
    /// Only those that begin so, as `team/app:nightly-`; empty for all.
    pub prefix: String,
    /// Not these: the part after the colon, like `latest`.
    pub keep: BTreeSet<String>,
    /// Not those of so many images of each repository, the newest first.
    pub newest: usize,
}

/// Which images go. One that a container was made of never does, and neither does one that an image is built on that
/// stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageRules {
    /// Whether images go all of whose tags are old. If none, and with an empty prefix, untagged ones go.
    pub old: Option<OldTags>,
    /// Only those with all of these labels.
    pub labels: Vec<LabelFilter>,
}

/// Why an image stays that would go otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SparedImage {
    /// A container was made of it.
    Used,
    /// An image is built on it that stays.
    BuiltOn,
}

impl ImageRules {
    /// Chooses, what is built on others before these.
    pub fn choose(&self, found: &[FoundImage]) -> Choice<FoundImage, SparedImage> {
        let newest = self.newest(found);
        let is_wanted = |image: &&FoundImage| {
            let is_old = if image.tags.is_empty() {
                self.takes_untagged() && !image.is_nothing()
            } else {
                !newest.contains(image.id.as_str()) && image.tags.iter().all(|tag| self.is_old(tag))
            };
            is_old && self.labels.iter().all(|label| label.fits(&image.labels))
        };
        let wanted: BTreeSet<&str> = found.iter().filter(is_wanted).map(|image| image.id.as_str()).collect();
        let stays = |image: &FoundImage| image.is_used || !wanted.contains(image.id.as_str());
        let needed = ancestors(found, stays);
        let mut choice = Choice { chosen: Vec::new(), spared: Vec::new() };
        for image in found.iter().filter(|image| wanted.contains(image.id.as_str())) {
            // An image in between has nothing of its own that somebody would miss.
            let is_between = image.tags.is_empty() && needed.contains(image.id.as_str());
            if image.is_used {
                choice.spared.push((image.clone(), SparedImage::Used));
            } else if !needed.contains(image.id.as_str()) {
                choice.chosen.push(image.clone());
            } else if !is_between {
                choice.spared.push((image.clone(), SparedImage::BuiltOn));
            }
        }
        choice.spared.sort_by(|(a, _), (b, _)| (&a.tags, &a.id).cmp(&(&b.tags, &b.id)));
        let depth = depths(found);
        let depth = |image: &FoundImage| depth.get(image.id.as_str()).copied().unwrap_or_default();
        choice.chosen.sort_by(|a, b| {
            let key = |image: &FoundImage| (Reverse(depth(image)), image.tags.clone(), image.id.clone());
            key(a).cmp(&key(b))
        });
        choice
    }

    fn takes_untagged(&self) -> bool {
        self.old.as_ref().is_none_or(|old| old.prefix.is_empty())
    }

    fn is_old(&self, tag: &str) -> bool {
        let Some(old) = &self.old else { return false };
        let name = tag.rsplit_once(':').map_or("latest", |(_, name)| name);
        tag.starts_with(&old.prefix) && !old.keep.contains(name)
    }

    /// Returns the images that are among the newest of one of their repositories.
    fn newest<'a>(&self, found: &'a [FoundImage]) -> BTreeSet<&'a str> {
        let keep = self.old.as_ref().map_or(0, |old| old.newest);
        let mut repositories: BTreeMap<&str, BTreeSet<(Reverse<i64>, &str)>> = BTreeMap::new();
        for image in found {
            for repository in image.repositories() {
                repositories
                    .entry(repository)
                    .or_default()
                    .insert((Reverse(image.created), image.id.as_str()));
            }
        }
        repositories
            .into_values()
            .flat_map(|images| images.into_iter().take(keep))
            .map(|(_, id)| id)
            .collect()
    }
}

/// Returns the images that those are built on which stay.
fn ancestors(found: &[FoundImage], stays: impl Fn(&FoundImage) -> bool) -> BTreeSet<&str> {
    let parents = parents(found);
    let mut needed = BTreeSet::new();
    for image in found.iter().filter(|image| stays(image)) {
        let mut next = parents.get(image.id.as_str());
        // Whoever is in it already has its own ancestors there too.
        while let Some(parent) = next.filter(|parent| needed.insert(**parent)) {
            next = parents.get(*parent);
        }
    }
    needed
}

/// Returns how many images each is built on.
fn depths(found: &[FoundImage]) -> BTreeMap<&str, usize> {
    let parents = parents(found);
    let depth = |image: &FoundImage| {
        let chain = std::iter::successors(parents.get(image.id.as_str()), |parent| parents.get(**parent));
        // A chain has no more links than there are images, whatever an engine says.
        chain.take(found.len()).count()
    };
    found.iter().map(|image| (image.id.as_str(), depth(image))).collect()
}

fn parents(found: &[FoundImage]) -> BTreeMap<&str, &str> {
    found.iter().filter_map(|image| Some((image.id.as_str(), image.parent.as_deref()?))).collect()
}

#[cfg(test)]
mod tests;
