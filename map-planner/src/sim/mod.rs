//! A strict model of a Docker engine in memory: the judge of everything the planner promises.
//!
//! [`SimEngine`] answers the two questions an executor asks of an engine, [`observe`](SimEngine::observe) and
//! [`apply`](SimEngine::apply), and refuses what an engine refuses. It is deterministic: identifiers are counted, and
//! the clock counts what is made and started.
//!
//! # What is modelled
//!
//! - Names become objects when a container is created: the namespace owner, legacy links and the mounts of
//!   volumes-from stay those objects, whatever is renamed or made anew under the name later. A link is reported under
//!   its target's present name; with the target gone it vanishes from the report, and the container cannot start.
//! - Creating a volume whose name is taken answers with the volume that is there. A volume is in use by every container
//!   that mounts it, started or not. A named volume that a container needs is made without labels, and stays when
//!   the creation then fails.
//! - While a volume is empty, every creation of a container that mounts it copies the image's directory into it, owner
//!   and mode included, unless the mount says otherwise.
//! - Fixed addresses take a network that was made with a subnet. Ports and addresses are taken at start. A container that has run keeps the identifiers of its networks, and cannot
//!   start when one of them is gone. It needs a running namespace owner and running link targets; a guest is cut off
//!   once the owner of its namespace has started again.
//! - Time passes only while somebody waits: then health checks pass, and jobs end. A start makes a check begin anew.
//! - Images hand down labels, environment, command, entrypoint, user, ports and volumes. Anonymous volumes outlive
//!   their container. Networks can share a name after a race, and then cannot be named any more.
//!
//! # Where it is stricter than an engine
//!
//! A container cannot be created in a network that does not exist, and what is asked for twice is told apart
//! ([`Applied::AlreadyDone`]), so that a plan that only works by luck is found out.

mod apply;
mod container;
mod containers;
mod create;
mod damage;
mod error;
mod exec;
mod host;
mod image;
mod mount;
mod network;
mod observe;
mod prepare;
mod run;
mod view;
mod volume;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use container_map::{ImageRef, PresetNetwork, Secret, SecretSource};
use sha2::{Digest, Sha256};

pub use apply::Applied;
pub use damage::Damage;
pub use error::SimError;
pub use image::{SimDirectory, SimFile, SimImage, SimProcess};
pub use view::SimView;
pub use volume::SimVolume;

use self::container::SimContainer;
use self::containers::Containers;
use crate::engine::{EngineId, ObservedIpam, ObservedNetwork, Record};

/// An engine in memory.
#[derive(Debug, Clone)]
pub struct SimEngine {
    /// All images, tagged or not.
    images: BTreeMap<EngineId, SimImage>,
    tags: BTreeMap<ImageRef, EngineId>,
    /// What can be pulled.
    registry: BTreeMap<ImageRef, SimImage>,
    /// What builds make.
    recipes: BTreeMap<ImageRef, SimImage>,
    containers: Containers,
    /// By identifier, because names are not unique.
    networks: BTreeMap<EngineId, ObservedNetwork>,
    volumes: BTreeMap<String, SimVolume>,
    /// What is put in the place of secrets; an executor does this for a real engine.
    secrets: BTreeMap<SecretSource, Secret>,
    /// What dmap noted about earlier runs; an executor keeps it on a real engine.
    record: Option<Record>,
    /// How many identifiers were handed out.
    issued: u64,
    /// How many containers were made or started: the time.
    clock: u64,
}

impl Default for SimEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl SimEngine {
    /// Returns an engine with nothing but the networks every engine has.
    pub fn new() -> Self {
        let preset = |preset: PresetNetwork| {
            let name = preset.as_str();
            let driver = if preset == PresetNetwork::None { "null" } else { name };
            let id = EngineId::new(format!("preset-{name}"));
            let network = ObservedNetwork {
                id: id.clone(),
                name: name.to_owned(),
                driver: driver.to_owned(),
                options: BTreeMap::new(),
                internal: false,
                enable_ipv6: false,
                attachable: false,
                ipam: ObservedIpam::default(),
                labels: BTreeMap::new(),
            };
            (id, network)
        };
        Self {
            images: BTreeMap::new(),
            tags: BTreeMap::new(),
            registry: BTreeMap::new(),
            recipes: BTreeMap::new(),
            containers: Containers::default(),
            networks: PresetNetwork::ALL.into_iter().map(preset).collect(),
            volumes: BTreeMap::new(),
            secrets: BTreeMap::new(),
            record: None,
            issued: 0,
            clock: 0,
        }
    }

    /// Gives an image a tag, and takes the tag from the image that had it; returns the image's identifier.
    pub fn tag(&mut self, image: ImageRef, content: SimImage) -> EngineId {
        let id = self.image_id(content);
        self.tags.insert(image, id.clone());
        id
    }

    /// Says what a secret holds.
    pub fn tell(&mut self, source: SecretSource, secret: Secret) {
        self.secrets.insert(source, secret);
    }

    /// Makes an image one that can be pulled.
    pub fn publish(&mut self, image: ImageRef, content: SimImage) {
        self.registry.insert(image, content);
    }

    /// Says what a build of an image makes, besides what it is told to put there; without, it fails.
    pub fn provide(&mut self, image: ImageRef, content: SimImage) {
        self.recipes.insert(image, content);
    }

    /// Takes in an image without a tag; its identifier is a digest of what is in it, so equal images are one.
    pub fn image_id(&mut self, content: SimImage) -> EngineId {
        let digest = Sha256::digest(format!("{content:?}"));
        let name = digest.iter().fold(String::from("sha256:"), |name, byte| name + &format!("{byte:02x}"));
        let id = EngineId::new(name);
        self.images.insert(id.clone(), content);
        id
    }

    /// Returns a new identifier of 64 hexadecimal digits; the first tells what it is for.
    fn issue(&mut self, kind: char) -> String {
        self.issued += 1;
        format!("{kind}{:07x}{:056}", self.issued, 0)
    }
}
