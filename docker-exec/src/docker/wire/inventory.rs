//! Containers and images as housekeeping looks at them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::nullable;
use crate::housekeeping::{FoundContainer, FoundImage};

/// What the engine writes for what has no name.
const NAMELESS: &str = "<none>";

/// One entry of
/// [`ContainerList`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerList).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListedContainer {
    id: String,
    #[serde(default, deserialize_with = "nullable")]
    names: BTreeSet<String>,
    #[serde(default, deserialize_with = "nullable")]
    image: String,
    #[serde(default, rename = "ImageID", deserialize_with = "nullable")]
    image_id: String,
    #[serde(default, deserialize_with = "nullable")]
    state: String,
    #[serde(default, deserialize_with = "nullable")]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    size_rw: Option<i64>,
}

impl ListedContainer {
    /// Returns the identifier of the image it was made of.
    pub(crate) fn image_id(&self) -> &str {
        &self.image_id
    }

    /// Returns what was found.
    pub(crate) fn found(self) -> FoundContainer {
        let names = self.names.iter().map(|name| name.strip_prefix('/').unwrap_or(name).to_owned());
        let (aliases, own): (BTreeSet<String>, BTreeSet<String>) = names.partition(|name| name.contains('/'));
        FoundContainer {
            name: own.into_iter().next().unwrap_or_else(|| self.id.clone()),
            id: self.id,
            aliases,
            image: self.image,
            image_id: self.image_id,
            state: self.state,
            labels: self.labels,
            size: size(self.size_rw),
        }
    }
}

/// One entry of
/// [`ImageList`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageList).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListedImage {
    id: String,
    #[serde(default, deserialize_with = "nullable")]
    parent_id: String,
    #[serde(default, deserialize_with = "nullable")]
    repo_tags: BTreeSet<String>,
    #[serde(default, deserialize_with = "nullable")]
    repo_digests: BTreeSet<String>,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    size: Option<i64>,
    #[serde(default, deserialize_with = "nullable")]
    labels: BTreeMap<String, String>,
}

impl ListedImage {
    /// Returns what was found, given the images that containers were made of.
    pub(crate) fn found(self, used: &BTreeSet<String>) -> FoundImage {
        let named = |names: BTreeSet<String>| names.into_iter().filter(|name| !name.starts_with(NAMELESS));
        FoundImage {
            is_used: used.contains(&self.id),
            parent: Some(self.parent_id).filter(|parent| !parent.is_empty() && *parent != self.id),
            id: self.id,
            tags: named(self.repo_tags).collect(),
            digests: named(self.repo_digests).collect(),
            created: self.created,
            size: size(self.size),
            labels: self.labels,
        }
    }
}

/// Reads a size; the engine writes -1 for one it has not looked at.
fn size(size: Option<i64>) -> u64 {
    size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_20_10() {
        let list = include_str!("../../../testdata/list-20.10.json");
        let list: Vec<ListedContainer> = serde_json::from_str(list).unwrap();
        for found in list.into_iter().map(ListedContainer::found) {
            assert!(found.image_id.starts_with("sha256:") && !found.name.starts_with('/'), "{found:?}");
        }
    }

    #[test]
    fn what_has_no_name_has_none() {
        let listed = |text| -> FoundImage {
            let listed: ListedImage = serde_json::from_str(text).unwrap();
            listed.found(&BTreeSet::from(["sha256:2".to_owned()]))
        };
        let dangling = listed(
            r#"{"Id":"sha256:1","ParentId":"","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"],
                "Created":7,"Size":-1,"Labels":null}"#,
        );
        assert!(dangling.tags.is_empty() && dangling.digests.is_empty() && dangling.parent.is_none());
        assert_eq!((dangling.created, dangling.size, dangling.is_used), (7, 0, false));
        // docker-map failed at a list of tags that is null.
        let pulled = listed(
            r#"{"Id":"sha256:2","ParentId":"sha256:1","RepoTags":null,"RepoDigests":["app@sha256:3"],"Size":5}"#,
        );
        assert_eq!((pulled.tags.len(), pulled.digests.len(), pulled.size), (0, 1, 5));
        assert_eq!((pulled.parent.as_deref(), pulled.is_used), (Some("sha256:1"), true));
    }

    #[test]
    fn names_that_links_gave_are_told_apart() {
        let text = r#"{"Id":"1","Names":["/web/db","/db"],"State":"exited","SizeRw":12}"#;
        let found = serde_json::from_str::<ListedContainer>(text).unwrap().found();
        assert_eq!((found.name.as_str(), found.size), ("db", 12));
        assert_eq!(found.aliases, BTreeSet::from(["web/db".to_owned()]));
    }
}
