//! What an image is built from, which docker-map does not have. The names are those of Compose.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ExtraHost;
use crate::image::ImageRef;
use crate::local::{ContextFile, LocalPath};
use crate::secret::SecretSource;

/// How the image of a configuration is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BuildConfig {
    /// The folder that is sent to the engine; without one, the Dockerfile alone is.
    // Invariant: there is one, or the Dockerfile is inline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<LocalPath>,
    /// The steps.
    pub dockerfile: DockerfileSource,
    /// The stage that is built; without one, the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Values for `ARG`s of the Dockerfile. The engine keeps them with the image, so they are no place for secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// Further names for the image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<ImageRef>,
    /// Labels of the image.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The platform it is for, where that is not the engine's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Whether images that it starts from are pulled although they are here.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub pull: bool,
    /// Whether all steps are run, also those whose result the engine still has.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub no_cache: bool,
    /// Files that steps can read (`RUN --mount=type=secret`), by identifier; they do not get into the image.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, SecretSource>,
    /// Agents with SSH keys that steps can talk to (`RUN --mount=type=ssh`), and their sockets on the machine that dmap runs on;
    /// one without a socket is that of `SSH_AUTH_SOCK`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ssh: BTreeMap<String, Option<LocalPath>>,
    /// Further names of hosts while it is built.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<ExtraHost>,
    /// The network of the steps: `default`, `none`, `host`, or the name of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

/// Where the steps of a build are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DockerfileSource {
    /// In a file of the context.
    File(ContextFile),
    /// In the map.
    Inline(String),
}
