//! From what the text says to a map that holds together, or to all reasons why it does not (docker-map 3.2).
//!
//! What is wrong is reported and left out; the rest is still checked, so that one slip does not hide the next.

mod address;
mod build;
mod compare;
mod container;
mod exec;
mod hosting;
mod mount;
mod network;
mod options;
mod scope;
mod update;
mod value;
mod whole;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use indexmap::IndexMap;

use self::address::Fixed;
use self::options::labels;
use self::scope::Scope;
pub(crate) use self::value::{bad_value, boolean, name, plain, seconds, unknown_word, value};
use self::whole::Published;
use crate::client::{ClientConfig, client_name};
use crate::config::{HostConfig, HostOptions, HostPaths, Ipam, NetworkConfig, VolumeConfig};
use crate::error::{ValueError, ViolationKind};
use crate::image::ImageRef;
use crate::key::PresetNetwork;
use crate::map::{ContainerMap, GroupMember};
use crate::mode::Mode;
use crate::name::{ClientName, ConfigName, MapName};
use crate::path::{ContainerPath, HostPath};
use crate::raw::{
    OptionValue, Place, Problems, RawContainer, RawHostPaths, RawMap, RawNetwork, RawVolume, Text, strings,
};

/// What a map is checked against besides itself.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// The map's name, if the text gives none.
    pub(crate) name: Option<MapName>,
    /// The clients that are configured.
    pub(crate) clients: BTreeMap<ClientName, ClientConfig>,
    /// Whether there can be no clients besides them.
    pub(crate) closed: bool,
}

/// Checks a map as read, given the problems of reading it; the map is without what is wrong.
pub(crate) fn validate(
    mut raw: RawMap,
    surroundings: &Surroundings,
    mut problems: Problems,
) -> (ContainerMap, Problems) {
    let with_parent_name = raw.use_attached_parent_name.as_ref();
    let with_parent_name = with_parent_name.and_then(|text| boolean(text, &mut problems)).unwrap_or(false);
    let containers = core::mem::take(&mut raw.containers);
    let has_containers = !containers.is_empty();
    let scope = Scope::new(&raw, &containers, with_parent_name, &mut problems);
    let mut checker = Checker {
        raw: &raw,
        scope: &scope,
        surroundings,
        name: map_name(&raw, has_containers, surroundings.name.clone(), &mut problems),
        problems,
        root: None,
        repository: None,
        default_tag: None,
        clients: Vec::new(),
        references: BTreeMap::new(),
        builds: BTreeMap::new(),
        published: Vec::new(),
        fixed: Vec::new(),
        mounted: Vec::new(),
        links: Vec::new(),
        modes: BTreeMap::new(),
        host_options: Arc::default(),
    };
    let map = checker.map(containers, with_parent_name);
    checker.whole(&map);
    (map, checker.problems)
}

/// Returns the map's name, or any name if there is none, to look for further problems.
fn map_name(raw: &RawMap, has_containers: bool, given: Option<MapName>, problems: &mut Problems) -> MapName {
    let found = match (&raw.name, given) {
        (Some(text), _) => name(text, "the name of the map", problems),
        (None, Some(name)) => Some(name),
        (None, None) => {
            // A text without any map lacks more than a name, and that was reported.
            if !raw.has_name && (problems.is_empty() || has_containers) {
                problems.report(&raw.place, ViolationKind::MissingName);
            }
            None
        }
    };
    found.unwrap_or_else(|| "map".parse().expect("because `map` is a name"))
}

/// The check of one map: its names, the problems so far, and what is collected for the checks of the map as a whole.
struct Checker<'a> {
    raw: &'a RawMap,
    scope: &'a Scope<'a>,
    surroundings: &'a Surroundings,
    name: MapName,
    problems: Problems,
    root: Option<HostPath>,
    /// The map's image repository, unless it is none.
    repository: Option<&'a str>,
    default_tag: Option<&'a str>,
    /// The clients of the map.
    clients: Vec<ClientName>,
    /// Where a configuration refers to others.
    references: BTreeMap<ConfigName, BTreeMap<ConfigName, Place>>,
    /// Where configurations say how their image is built.
    builds: BTreeMap<ConfigName, Place>,
    published: Vec<Published>,
    fixed: Vec<Fixed>,
    /// What containers link to outside of networks, and where they say so.
    links: Vec<(ConfigName, Vec<(ConfigName, Place)>)>,
    /// What containers mount that use others as a whole.
    mounted: Vec<(ConfigName, Vec<(ContainerPath, Place)>)>,
    /// Modes, and whether they are reached: finding out takes a while, and most configurations have the same one.
    modes: BTreeMap<String, bool>,
    /// The last host options: most configurations have none, or those of a base.
    host_options: Arc<HostOptions>,
}

impl Checker<'_> {
    /// Returns the map without what is wrong.
    fn map(&mut self, containers: Vec<(Text, RawContainer)>, use_attached_parent_name: bool) -> ContainerMap {
        let raw = self.raw;
        self.root =
            raw.host_root.as_ref().and_then(|text| value(text, "an absolute path", &mut self.problems));
        self.check_repository();
        self.clients = self.client_names(&raw.clients);
        let set_hostname = raw.set_hostname.as_ref();
        ContainerMap {
            name: self.name.clone(),
            clients: self.clients.clone(),
            groups: self.groups(),
            default_domain: raw.default_domain.as_ref().map(|domain| domain.value.clone()),
            set_hostname: set_hostname.and_then(|text| boolean(text, &mut self.problems)).unwrap_or(true),
            use_attached_parent_name,
            compare: compare::rules(&raw.compare, &mut self.problems),
            containers: self.containers(containers),
            volumes: self.volumes(),
            host: self.host(),
            networks: self.networks(),
        }
    }

    /// A bad repository or tag is reported once, and not for every image.
    fn check_repository(&mut self) {
        let raw = self.raw;
        let try_with = |repository, tag| ImageRef::resolve("image", repository, tag);
        if let Some(tag) = &raw.default_tag {
            match try_with(None, Some(tag.as_str())) {
                Ok(_) => self.default_tag = Some(tag.as_str()),
                Err(source) => bad_value(tag, "an image tag", ValueError::Image(source), &mut self.problems),
            }
        }
        if let Some(text) = &raw.repository {
            match try_with(Some(text.as_str()), None) {
                Ok(_) => self.repository = Some(text.as_str()),
                Err(source) => {
                    bad_value(text, "an image repository", ValueError::Image(source), &mut self.problems);
                }
            }
        }
    }

    /// Reads an access mode; one that goes on changing what it is applied to would never be reached.
    fn mode(&mut self, text: &Text) -> Option<Mode> {
        let mode: Mode = value(text, "an access mode", &mut self.problems)?;
        let is_reached = match self.modes.get(text.as_str()) {
            Some(known) => *known,
            None => *self.modes.entry(text.value.clone()).or_insert(mode.is_idempotent()),
        };
        if is_reached {
            return Some(mode);
        }
        self.problems.report(&text.place, ViolationKind::RestlessMode { mode: text.value.clone() });
        None
    }

    /// Reads the names of clients, which are known and listed once.
    fn client_names(&mut self, texts: &[Text]) -> Vec<ClientName> {
        value::repeated(texts, &mut self.problems);
        let mut clients = Vec::with_capacity(texts.len());
        for text in texts {
            if let Some(client) = client_name(text, &mut self.problems) {
                self.known_client(&client, text);
                clients.push(client);
            }
        }
        clients
    }

    fn groups(&mut self) -> IndexMap<crate::name::GroupName, Vec<GroupMember>> {
        let mut groups = IndexMap::new();
        for (text, members) in &self.raw.groups {
            if self.scope.configs.contains_key(text.as_str()) {
                let (first, second) = ("a group", "a container configuration");
                let kind = ViolationKind::Ambiguous { name: text.value.clone(), first, second };
                self.problems.report(&text.place, kind);
            }
            let by = alloc::format!("in group `{}`", text.as_str());
            let member = |member: &Text| self.scope.target(member, &by, &mut self.problems);
            let members = members.iter().filter_map(member);
            let members = members.map(|(config, instance)| GroupMember { config, instance }).collect();
            if let Some(name) = name(text, "the name of a group", &mut self.problems) {
                groups.insert(name, members);
            }
        }
        groups
    }

    fn volumes(&mut self) -> IndexMap<crate::name::VolumeName, VolumeConfig> {
        let mut volumes = IndexMap::new();
        for (text, raw) in &self.raw.volumes {
            let volume = self.volume(raw);
            volumes
                .extend(name(text, "the alias of a volume", &mut self.problems).map(|name| (name, volume)));
        }
        volumes
    }

    fn volume(&mut self, raw: &RawVolume) -> VolumeConfig {
        let permissions = raw.permissions.as_ref().and_then(|text| self.mode(text));
        let problems = &mut self.problems;
        let default = VolumeConfig::default();
        VolumeConfig {
            default_path: raw
                .default_path
                .as_ref()
                .and_then(|path| value(path, "a path in the container", problems)),
            driver: raw.driver.as_ref().map_or(default.driver, |driver| driver.value.clone()),
            driver_options: strings(&raw.driver_options, problems),
            labels: labels(raw.labels.as_deref(), problems),
            user: raw.user.as_ref().and_then(|user| value::user(user, problems)),
            permissions,
        }
    }

    fn host(&mut self) -> HostConfig {
        let mut host = HostConfig::default();
        for (text, raw) in &self.raw.host {
            let paths = match raw {
                RawHostPaths::One(path) => self.host_path(path).map(HostPaths::One),
                RawHostPaths::PerInstance(paths) => Some(HostPaths::PerInstance(
                    paths
                        .iter()
                        .filter_map(|(instance, path)| {
                            let path = self.host_path(path);
                            Some((name(instance, "the name of an instance", &mut self.problems)?, path?))
                        })
                        .collect(),
                )),
            };
            let alias = name(text, "the alias of a host path", &mut self.problems);
            host.paths.extend(alias.zip(paths));
        }
        host
    }

    /// Reads a path on the host, under the root if it is relative.
    fn host_path(&mut self, text: &Text) -> Option<HostPath> {
        if self.root.is_none() && self.raw.host_root.is_some() && !text.as_str().starts_with('/') {
            // The root is bad, which was reported.
            return None;
        }
        HostPath::resolve(text.as_str(), self.root.as_ref())
            .map_err(|source| {
                bad_value(text, "a path on the host", ValueError::Path(source), &mut self.problems);
            })
            .ok()
    }

    fn networks(&mut self) -> IndexMap<crate::name::NetworkName, NetworkConfig> {
        let mut networks = IndexMap::new();
        for (text, raw) in &self.raw.networks {
            if PresetNetwork::ALL.iter().any(|preset| preset.as_str() == text.as_str()) {
                let (first, second) = ("a network of the map", "a network that every engine has");
                let kind = ViolationKind::Ambiguous { name: text.value.clone(), first, second };
                self.problems.report(&text.place, kind);
            }
            let network = self.network(raw);
            // What is no name was reported when the names were collected.
            let name = self.scope.networks.get(text.as_str()).cloned().flatten();
            networks.extend(name.map(|name| (name, network)));
        }
        networks
    }

    fn network(&mut self, raw: &RawNetwork) -> NetworkConfig {
        let default = NetworkConfig::default();
        let problems = &mut self.problems;
        NetworkConfig {
            driver: raw.driver.as_ref().map_or(default.driver, |driver| driver.value.clone()),
            driver_options: strings(&raw.driver_options, problems),
            internal: raw.internal.as_ref().and_then(|text| boolean(text, problems)).unwrap_or(false),
            labels: labels(raw.labels.as_deref(), problems),
            enable_ipv6: raw.enable_ipv6.as_ref().and_then(|text| boolean(text, problems)),
            attachable: raw.attachable.as_ref().and_then(|text| boolean(text, problems)),
            ipam: raw.ipam.as_ref().and_then(|node| Ipam::read(node, problems)),
        }
    }
}
