//! What the text of a map literally says, with the place of every value; nothing is resolved.
//!
//! The tree of the text is read here once. What has the wrong shape and what nobody knows is
//! reported and left out, so that the rest can still be checked.

mod build;
mod command;
mod compare;
mod container;
mod habit;
mod mount;
mod network;
mod options;
mod place;
mod read;
mod row;
mod secret;
mod update;
mod volume;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use build::{BUILD, RawBuild};
pub(crate) use command::{EXEC, HEALTHCHECK, Pairs, RawCommand, RawExec, RawHealthcheck};
pub(crate) use compare::RawRules;
pub(crate) use container::{CONTAINER, OVERRIDE, RawContainer};
pub(crate) use mount::{ATTACHES, BINDS, RawAttach, RawBind, RawUse, USES};
pub(crate) use network::{
    ENDPOINT, ENDPOINT_CELLS, EXPOSES, LINKS, NETWORK, NETWORK_OPTIONS, RawEndpoint, RawExpose, RawLink,
    RawNetwork, RawStart, START,
};
pub(crate) use options::{
    Name as OptionName, OptionValue, Options, RawOptions, Section, spellings, strings, words,
};
pub(crate) use place::{PathTag, Place, Problems, Text, closest};
pub(crate) use read::{Fields, entries, key, optional, wrong_type};
pub(crate) use row::RowForm;
pub(crate) use secret::{SECRET, SECRET_FIELDS, secret_source};
pub(crate) use update::{FOLLOW, RawFollow, RawUpdate, UPDATE};
pub(crate) use volume::{RawHostPaths, RawVolume, VOLUME, VOLUME_OPTIONS};

use self::compare::rules_of_map;
use self::container::container;
use self::network::network;
use self::read::texts;
use self::volume::{host_paths, volume};
use crate::client::RawClient;
use crate::error::ViolationKind;
use crate::yaml::{Entry, Node, Value};

/// The keys of a map that are not containers (docker-map 2.2).
pub(crate) const SECTIONS: &[&str] = &[
    "name",
    "include",
    "repository",
    "default_tag",
    "default_domain",
    "set_hostname",
    "use_attached_parent_name",
    "compare",
    "clients",
    "groups",
    "containers",
    "volumes",
    "host",
    "host_root",
    "networks",
];

/// What the text says about a map.
#[derive(Debug)]
pub(crate) struct RawMap {
    /// Where the map starts.
    pub(crate) place: Place,
    pub(crate) name: Option<Text>,
    /// Whether there is anything under `name`, if only something that is no text.
    pub(crate) has_name: bool,
    pub(crate) repository: Option<Text>,
    pub(crate) default_tag: Option<Text>,
    pub(crate) default_domain: Option<Text>,
    pub(crate) set_hostname: Option<Text>,
    pub(crate) use_attached_parent_name: Option<Text>,
    /// How containers are compared.
    pub(crate) compare: RawRules,
    /// Further files of the map.
    pub(crate) include: Vec<Text>,
    pub(crate) clients: Vec<Text>,
    /// The clients that are configured here.
    pub(crate) client_configs: Vec<(Text, RawClient)>,
    pub(crate) groups: Vec<(Text, Vec<Text>)>,
    pub(crate) containers: Vec<(Text, RawContainer)>,
    pub(crate) volumes: Vec<(Text, RawVolume)>,
    pub(crate) host: Vec<(Text, RawHostPaths)>,
    pub(crate) host_root: Option<Text>,
    pub(crate) networks: Vec<(Text, RawNetwork)>,
    /// The line of each configuration; a configuration can stand at the root or under `containers`.
    pub(crate) lines: BTreeMap<String, usize>,
}

impl RawMap {
    /// Lets relative build contexts start at a folder.
    pub(crate) fn builds_start_at(&mut self, folder: &str) {
        for (_, container) in &mut self.containers {
            container.build.iter_mut().for_each(|build| build.start_at(folder));
        }
    }
}

/// Returns whether a key of the map is one of its sections, not a configuration.
pub(crate) fn is_section(key: &str) -> bool {
    SECTIONS.contains(&key)
}

/// Returns whether an entry of the map is a configuration that could stand under `containers` as well.
pub(crate) fn is_configuration(entry: &Entry) -> bool {
    (!is_section(&entry.key) || is_container_after_all(entry)) && misread(entry).is_none()
}

/// Reads the tree of a text, and gives back its parts as soon as they are read: the tree of a large map is as large as what
/// is read from it.
pub(crate) fn read(root: Node, problems: &mut Problems) -> RawMap {
    let mut map = RawMap::new(Place::new(&root.span));
    match root.value {
        Value::Null => problems.here(&root.span, ViolationKind::Empty),
        Value::Text(_) | Value::List(_) => {
            wrong_type(&root, "a mapping of names to configurations", problems);
        }
        Value::Map(entries) => {
            let mut seen = BTreeMap::new();
            map.containers.reserve(entries.len());
            for entry in entries {
                map.root_entry(entry, &mut seen, problems);
            }
        }
    }
    map
}

impl RawMap {
    /// Lays another map of the same name over this one; its lists and configurations merge as inherited ones do.
    pub(crate) fn merge(&mut self, over: Self) {
        crate::inherit::overlay(self, over);
    }

    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            name: None,
            has_name: false,
            repository: None,
            default_tag: None,
            default_domain: None,
            set_hostname: None,
            use_attached_parent_name: None,
            compare: RawRules::new(),
            include: Vec::new(),
            clients: Vec::new(),
            client_configs: Vec::new(),
            groups: Vec::new(),
            containers: Vec::new(),
            volumes: Vec::new(),
            host: Vec::new(),
            host_root: None,
            networks: Vec::new(),
            lines: BTreeMap::new(),
        }
    }

    /// Reads an entry of the map; `seen` holds the sections so far, with their lines.
    fn root_entry(&mut self, entry: Entry, seen: &mut BTreeMap<String, usize>, problems: &mut Problems) {
        if is_section(&entry.key) && !is_container_after_all(&entry) {
            if let Some(first_line) = seen.get(&entry.key) {
                let kind = ViolationKind::DuplicateKey { key: entry.key.clone(), first_line: *first_line };
                return problems.here(&entry.span, kind);
            }
            seen.insert(entry.key.clone(), entry.span.line());
            return match entry.value.value {
                Value::Map(inner) if entry.key == "containers" && entry.value.tag().is_none() => {
                    self.containers.reserve(inner.len());
                    for entry in inner {
                        self.container(&entry, problems);
                    }
                }
                _ => self.section(&entry.key, &entry.value, problems),
            };
        }
        match misread(&entry) {
            None => self.container(&entry, problems),
            Some(Misread { suggestion }) => {
                let kind = ViolationKind::NotAContainer { key: entry.key.clone(), suggestion };
                problems.here(&entry.span, kind);
                // Read as what was meant, so that nothing in it is reported as missing.
                if let Some(section) = suggestion {
                    self.section(section, &entry.value, problems);
                }
            }
        }
    }

    fn section(&mut self, section: &str, node: &Node, problems: &mut Problems) {
        let boolean = "`true` or `false`";
        match section {
            "name" => {
                self.name = optional(node, "the name of the map", problems);
                self.has_name = !matches!(node.value, Value::Null);
            }
            "repository" => self.repository = optional(node, "an image repository", problems),
            "default_tag" => self.default_tag = optional(node, "an image tag", problems),
            "default_domain" => self.default_domain = optional(node, "a domain", problems),
            "set_hostname" => self.set_hostname = optional(node, boolean, problems),
            "use_attached_parent_name" => self.use_attached_parent_name = optional(node, boolean, problems),
            "host_root" => self.host_root = optional(node, "a path on the host", problems),
            "compare" => self.compare = rules_of_map(node, problems),
            "include" => self.include = texts(node, "a list of files", problems),
            "clients" => self.clients(node, problems),
            "groups" => entries(node, "a mapping of groups to their members", problems, |entry, problems| {
                let members = texts(&entry.value, "a list of containers", problems);
                self.groups.push((key(entry), members));
            }),
            "containers" => {
                entries(node, "a mapping of container configurations", problems, |entry, problems| {
                    self.container(entry, problems);
                });
            }
            "volumes" => entries(node, "a mapping of volume aliases", problems, |entry, problems| {
                let volume = volume(&entry.value, problems);
                self.volumes.push((key(entry), volume));
            }),
            "host" => entries(node, "a mapping of aliases to host paths", problems, |entry, problems| {
                self.host_entry(entry, problems);
            }),
            "networks" => entries(node, "a mapping of networks", problems, |entry, problems| {
                let network = network(&entry.value, problems);
                self.networks.push((key(entry), network));
            }),
            _ => {}
        }
    }

    /// Reads the names of clients, or a mapping of them to their configurations.
    fn clients(&mut self, node: &Node, problems: &mut Problems) {
        if let Value::Map(_) = node.value {
            self.client_configs = crate::client::read(node, problems);
            self.clients = self.client_configs.iter().map(|(name, _)| name.clone()).collect();
        } else {
            self.clients = texts(node, "a list of clients, or a mapping of clients", problems);
        }
    }

    fn container(&mut self, entry: &Entry, problems: &mut Problems) {
        if let Some(first_line) = self.lines.get(&entry.key) {
            let kind = ViolationKind::DuplicateKey { key: entry.key.clone(), first_line: *first_line };
            return problems.here(&entry.span, kind);
        }
        self.lines.insert(entry.key.clone(), entry.span.line());
        let container = container(&entry.value, problems);
        self.containers.push((key(entry), container));
    }

    fn host_entry(&mut self, entry: &Entry, problems: &mut Problems) {
        if entry.key == "root" {
            let root = optional(&entry.value, "a path on the host", problems);
            self.host_root = self.host_root.take().or(root);
            return;
        }
        let paths = host_paths(&entry.value, problems);
        self.host.extend(paths.map(|paths| (key(entry), paths)));
    }
}

/// docker-map knows neither `include` nor `compare`, so a container of that name stays one.
fn is_container_after_all(entry: &Entry) -> bool {
    match entry.key.as_str() {
        "include" => matches!(entry.value.value, Value::Map(_)),
        "compare" => matches!(entry.value.value, Value::Map(_) | Value::Null),
        _ => false,
    }
}

/// A key of the map that is neither a section nor a configuration.
struct Misread {
    /// The section that was meant.
    suggestion: Option<&'static str>,
}

/// Tells whether a key of the map that is not a section cannot be a configuration either.
///
/// A mapping with keys of a configuration only is one, however close its name is to a section: docker-map's maps load
/// as they are.
fn misread(entry: &Entry) -> Option<Misread> {
    let is_known = is_container_after_all(entry);
    let suggestion = match entry.key.as_str() {
        // What Compose calls them.
        "services" if matches!(entry.value.value, Value::Map(_)) => Some("containers"),
        key => closest(key, SECTIONS.iter().copied()).filter(|_| !is_known),
    };
    let is_container = match &entry.value.value {
        Value::Map(entries) => suggestion.is_none() || CONTAINER.has_all(entries),
        Value::Null => suggestion.is_none(),
        Value::Text(_) | Value::List(_) => false,
    };
    (!is_container).then_some(Misread { suggestion })
}
