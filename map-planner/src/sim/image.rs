//! Images, and the files containers and volumes get from them.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::config::BuildConfig;
use container_map::{ImageRef, Port};

use super::{SimEngine, SimError};
use crate::build::{ContextDigest, labels};
use crate::engine::{Accounts, EngineId, NumericOwner};
use crate::spec::HealthcheckSpec;

/// An image: what containers made from it inherit, and what they do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SimImage {
    /// Environment.
    pub environment: BTreeMap<String, String>,
    /// The command's words.
    pub command: Vec<String>,
    /// The entrypoint's words.
    pub entrypoint: Vec<String>,
    /// Working user.
    pub user: String,
    /// Where commands start.
    pub working_dir: String,
    /// The signal that stops its containers; empty for the engine's default.
    pub stop_signal: String,
    /// Exposed ports.
    pub exposed: BTreeSet<Port>,
    /// Paths that get an anonymous volume where nothing else is mounted.
    pub volumes: BTreeSet<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Directories, by path; an empty volume mounted there is filled from it.
    pub directories: BTreeMap<String, SimDirectory>,
    /// Users and groups.
    pub accounts: Accounts,
    /// Health check.
    pub healthcheck: Option<HealthcheckSpec>,
    /// What a container does when it is started.
    pub process: SimProcess,
    /// Paths at which a started container leaves a file.
    pub writes: BTreeSet<String>,
}

/// What a container does when it is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimProcess {
    /// It runs until it is stopped, and then ends with this exit code.
    Runs {
        /// The exit code.
        stopped: i64,
    },
    /// It ends at once with this exit code.
    Exits(i64),
    /// It runs, and ends with this exit code while somebody waits for its end.
    Works(i64),
}

impl Default for SimProcess {
    /// Ends as a process does that a termination signal ends.
    fn default() -> Self {
        Self::Runs { stopped: 143 }
    }
}

/// A directory with the files in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimDirectory {
    /// Owner.
    pub owner: NumericOwner,
    /// Permission bits.
    pub mode: u32,
    /// What is in it, by name.
    pub files: BTreeMap<String, SimFile>,
}

impl SimDirectory {
    /// Returns an empty directory.
    pub fn empty(uid: u32, gid: u32, mode: u32) -> Self {
        Self { owner: NumericOwner { uid, gid }, mode, files: BTreeMap::new() }
    }

    /// Adds a file.
    #[must_use]
    pub fn with(mut self, name: &str, file: SimFile) -> Self {
        self.files.insert(name.into(), file);
        self
    }
}

/// A file or directory within a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimFile {
    /// Owner.
    pub owner: NumericOwner,
    /// Permission bits.
    pub mode: u32,
    /// Whether it is a directory, which `X` in a mode depends on.
    pub is_directory: bool,
}

impl SimFile {
    /// Returns a file that is no directory.
    pub fn plain(uid: u32, gid: u32, mode: u32) -> Self {
        Self { owner: NumericOwner { uid, gid }, mode, is_directory: false }
    }
}

impl SimEngine {
    /// Returns the image behind a tag.
    pub(super) fn image(&self, image: &ImageRef) -> Result<(&EngineId, &SimImage), SimError> {
        let id = self.tags.get(image);
        let found = id.and_then(|id| self.images.get(id).map(|image| (id, image)));
        found.ok_or_else(|| SimError::not_found("image", image.to_string()))
    }

    /// Pulls an image.
    ///
    /// # Errors
    ///
    /// The registry does not have it.
    pub fn pull(&mut self, image: &ImageRef) -> Result<(), SimError> {
        let content = self.registry.get(image).cloned();
        let content =
            content.ok_or_else(|| SimError::not_found("image in the registry", image.to_string()))?;
        self.tag(image.clone(), content);
        Ok(())
    }

    /// Builds an image: what is said to be made, with the labels of the build. The same build makes the same image.
    ///
    /// # Errors
    ///
    /// The build fails, or an image is missing that it is based on.
    pub fn build(
        &mut self,
        image: &ImageRef,
        build: &BuildConfig,
        context: &ContextDigest,
        bases: &BTreeSet<ImageRef>,
    ) -> Result<(), SimError> {
        let recipe = self.recipes.get(image).cloned();
        let mut made = recipe.ok_or_else(|| SimError::not_found("Dockerfile of", image.to_string()))?;
        let found = bases.iter().map(|base| Ok((base.clone(), self.image(base)?.0.clone())));
        made.labels.extend(labels(build, context, &found.collect::<Result<_, SimError>>()?));
        for tag in build.tags.iter().chain([image]) {
            self.tag(tag.clone(), made.clone());
        }
        Ok(())
    }

    /// Takes a tag away, by force; the image goes with its last tag unless a container runs it.
    ///
    /// # Errors
    ///
    /// There is no such tag.
    pub fn remove_tag(&mut self, image: &ImageRef) -> Result<(), SimError> {
        let id = self.image(image)?.0.clone();
        self.tags.remove(image);
        let is_run = |container: &super::SimContainer| container.is_up() && container.facts.image == id;
        if !self.tags.values().any(|tagged| *tagged == id) && !self.containers.values().any(is_run) {
            self.images.remove(&id);
        }
        Ok(())
    }
}
