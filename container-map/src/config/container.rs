//! The configuration of a container.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use super::{
    AnonymousVolumes, Attach, Bind, BuildConfig, CompareRules, CreateOptions, Endpoint, ExecCommand, Exposed,
    Follow, Healthcheck, HostOptions, StartAfter, Update, Use,
};
use crate::image::ImageRef;
use crate::mode::Mode;
use crate::name::{ClientName, ConfigName, InstanceName};
use crate::path::ContainerPath;
use crate::signal::Signal;
use crate::user::User;

/// One kind of container of a map; several instances share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerConfig {
    /// The image, with the map's repository and default tag filled in.
    pub image: ImageRef,
    /// How the image is built; none for one that others make.
    pub build: Option<BuildConfig>,
    /// The instances; empty for the single unnamed one.
    pub instances: Vec<InstanceName>,
    /// The clients it runs on; empty for the clients of the map.
    pub clients: Vec<ClientName>,
    /// Paths with an anonymous volume.
    pub shares: Vec<ContainerPath>,
    /// Host directories mounted into it.
    pub binds: Vec<Bind>,
    /// Volumes it owns and prepares.
    pub attaches: Vec<Attach>,
    /// Volumes of other configurations it mounts.
    pub uses: Vec<Use>,
    /// Legacy links to other containers.
    pub links: Vec<Link>,
    /// Ports it exposes, and where they are published.
    pub exposes: Vec<Exposed>,
    /// Working user, and owner of its attached volumes.
    pub user: Option<User>,
    /// Access mode of its attached volumes.
    pub permissions: Option<Mode>,
    /// How long the engine waits after the stop signal before it kills.
    pub stop_timeout: Option<Duration>,
    /// The signal that stops it.
    pub stop_signal: Option<Signal>,
    /// Pause after a successful start.
    pub start_delay: Option<Duration>,
    /// The network namespace, if not the default one.
    pub network_mode: Option<NetworkMode>,
    /// The networks it joins, in order; the first is joined at creation.
    pub networks: Vec<Endpoint>,
    /// Commands run inside after a start.
    pub exec_commands: Vec<ExecCommand>,
    /// How the engine finds out whether it works.
    pub healthcheck: Option<Healthcheck>,
    /// Containers that come first, and how far they have to be.
    pub start: Vec<StartAfter>,
    /// What it does when a container it depends on changes.
    pub follow: Vec<Follow>,
    /// How its containers are replaced.
    pub update: Update,
    /// What becomes of its anonymous volumes then.
    pub anonymous_volumes: AnonymousVolumes,
    /// Holds data or runs once: not restarted after a successful exit, not replaced for a new image alone.
    pub persistent: bool,
    /// How it is compared with what the engine has, where neither as usual nor as the map says for all.
    pub compare: CompareRules,
    /// Further arguments of the engine's container create operation.
    pub create_options: CreateOptions,
    /// Further arguments of its host configuration; in one place for all that have the same.
    pub host_config: Arc<HostOptions>,
}

impl ContainerConfig {
    /// Returns a configuration that sets nothing but the image.
    pub fn new(image: ImageRef) -> Self {
        Self {
            image,
            build: None,
            instances: Vec::new(),
            clients: Vec::new(),
            shares: Vec::new(),
            binds: Vec::new(),
            attaches: Vec::new(),
            uses: Vec::new(),
            links: Vec::new(),
            exposes: Vec::new(),
            user: None,
            permissions: None,
            stop_timeout: None,
            stop_signal: None,
            start_delay: None,
            network_mode: None,
            networks: Vec::new(),
            exec_commands: Vec::new(),
            healthcheck: None,
            start: Vec::new(),
            follow: Vec::new(),
            update: Update::default(),
            anonymous_volumes: AnonymousVolumes::default(),
            persistent: false,
            compare: CompareRules::default(),
            create_options: CreateOptions::default(),
            host_config: Arc::default(),
        }
    }
}

/// A legacy link: the target's address under an alias in the container's hosts file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The configuration linked to.
    pub config: ConfigName,
    /// Its instance.
    pub instance: Option<InstanceName>,
    /// The name it gets; docker-map's default is the target as written, with `-` for `_` and `.`.
    pub alias: String,
}

/// Where a container's network namespace comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkMode {
    /// The default bridge, said explicitly.
    Bridge,
    /// The host's namespace.
    Host,
    /// Loopback only.
    None,
    /// The namespace of another container of the map.
    Container {
        /// Its configuration.
        config: ConfigName,
        /// Its instance.
        instance: Option<InstanceName>,
    },
    /// The namespace of a container dmap does not manage, by its name in the engine.
    Foreign(String),
}
