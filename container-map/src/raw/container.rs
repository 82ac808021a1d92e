//! A container configuration as written (docker-map 2.3).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::build::{RawBuild, build};
use super::command::{RawExec, RawHealthcheck, exec_commands, healthcheck, network_mode, user};
use super::compare::{RawRules, rules};
use super::habit::elsewhere;
use super::mount::{RawAttach, RawBind, RawUse, attaches, binds, uses};
use super::network::{RawEndpoint, RawExpose, RawLink, RawStart, endpoints, exposes, links, start};
use super::options::{RawOptions, Section};
use super::place::{Problems, Text};
use super::read::{Fields, optional, texts};
use super::update::{RawFollow, RawUpdate, follow, update};
use crate::yaml::{Node, Value};

/// The keys of a container configuration.
pub(crate) const CONTAINER: Fields = Fields {
    what: "a container configuration",
    keys: &[
        "abstract",
        "extends",
        "image",
        "build",
        "instances",
        "clients",
        "shares",
        "binds",
        "attaches",
        "uses",
        "links",
        "exposes",
        "user",
        "permissions",
        "stop_timeout",
        "stop_signal",
        "start_delay",
        "network_mode",
        "networks",
        "exec_commands",
        "healthcheck",
        "start",
        "follow",
        "update",
        "anonymous_volumes",
        "persistent",
        "compare",
        "create_options",
        "host_config",
    ],
};

/// What the text says about one kind of container.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RawContainer {
    pub(crate) is_abstract: Option<Text>,
    pub(crate) extends: Vec<Text>,
    pub(crate) image: Option<Text>,
    pub(crate) build: Option<RawBuild>,
    pub(crate) instances: Vec<Text>,
    pub(crate) clients: Vec<Text>,
    pub(crate) shares: Vec<Text>,
    pub(crate) binds: Vec<RawBind>,
    pub(crate) attaches: Vec<RawAttach>,
    pub(crate) uses: Vec<RawUse>,
    pub(crate) links: Vec<RawLink>,
    pub(crate) exposes: Vec<RawExpose>,
    pub(crate) user: Option<Text>,
    pub(crate) permissions: Option<Text>,
    pub(crate) stop_timeout: Option<Text>,
    pub(crate) stop_signal: Option<Text>,
    pub(crate) start_delay: Option<Text>,
    pub(crate) network_mode: Option<Text>,
    pub(crate) networks: Vec<RawEndpoint>,
    pub(crate) exec_commands: Vec<RawExec>,
    pub(crate) healthcheck: Option<RawHealthcheck>,
    pub(crate) start: Vec<RawStart>,
    pub(crate) follow: Vec<RawFollow>,
    pub(crate) update: Option<RawUpdate>,
    pub(crate) anonymous_volumes: Option<Text>,
    pub(crate) persistent: Option<Text>,
    pub(crate) compare: RawRules,
    pub(crate) options: RawOptions,
    /// The keys that are there without a value, or with one that replaces: what is inherited for them does not count.
    pub(crate) cleared: BTreeSet<&'static str>,
}

/// The tag of a value that stands instead of all that is inherited for its key, where it would be merged otherwise.
pub(crate) const OVERRIDE: &str = "!override";

impl RawContainer {
    /// Returns whether other configurations can use it as a whole (docker-map 3.2, rule 3).
    pub(crate) fn shares_something(&self) -> bool {
        !(self.shares.is_empty() && self.binds.is_empty() && self.uses.is_empty()) || self.options.mounts()
    }

    /// Returns how many elements its lists have, to bound what is inherited.
    pub(crate) fn elements(&self) -> usize {
        let texts = self.instances.len() + self.clients.len() + self.shares.len();
        let mounts = self.binds.len() + self.attaches.len() + self.uses.len();
        let network = self.links.len() + self.exposes.len() + self.networks.len();
        let order = self.start.len() + self.follow.len();
        1 + texts
            + self.build.as_ref().map_or(0, RawBuild::elements)
            + mounts
            + network
            + order
            + self.compare.len()
            + self.exec_commands.len()
            + self.options.elements()
    }

    pub(super) fn set(&mut self, field: &str, node: &Node, problems: &mut Problems) {
        match field {
            "abstract" => self.is_abstract = optional(node, "`true` or `false`", problems),
            "extends" => self.extends = texts(node, "a list of configurations", problems),
            "image" => self.image = optional(node, "an image", problems),
            "build" => self.build = build(node, problems),
            "instances" => self.instances = texts(node, "a list of instances", problems),
            "clients" => self.clients = texts(node, "a list of clients", problems),
            "shares" => self.shares = texts(node, "a list of paths", problems),
            "binds" => self.binds = binds(node, problems),
            "attaches" => self.attaches = attaches(node, problems),
            "uses" => self.uses = uses(node, problems),
            "links" => self.links = links(node, problems),
            "exposes" => self.exposes = exposes(node, problems),
            "user" => self.user = user(node, problems),
            "permissions" => self.permissions = optional(node, "a mode like `u=rwX,g=rX,o=`", problems),
            "stop_timeout" => self.stop_timeout = optional(node, "a number of seconds", problems),
            "stop_signal" => self.stop_signal = optional(node, "a signal", problems),
            "start_delay" => self.start_delay = optional(node, "a number of seconds", problems),
            "network_mode" => self.network_mode = network_mode(node, problems),
            "networks" => self.networks = endpoints(node, problems),
            "exec_commands" => self.exec_commands = exec_commands(node, problems),
            "healthcheck" => self.healthcheck = healthcheck(node, problems),
            "start" => self.start = start(node, problems),
            "follow" => self.follow = follow(node, problems),
            "update" => self.update = update(node, problems),
            "anonymous_volumes" => self.anonymous_volumes = optional(node, "`keep` or `renew`", problems),
            "persistent" => self.persistent = optional(node, "`true` or `false`", problems),
            "compare" => self.compare = rules(node, problems),
            "create_options" => self.options.read(Section::Create, node, problems),
            "host_config" => self.options.read(Section::Host, node, problems),
            _ => {}
        }
    }

    /// Forgets what is inherited for a key.
    pub(crate) fn clear(&mut self, key: &str) {
        let empty = Self::default();
        match key {
            "abstract" => self.is_abstract = empty.is_abstract,
            "extends" => self.extends = empty.extends,
            "image" => self.image = empty.image,
            "build" => self.build = empty.build,
            "instances" => self.instances = empty.instances,
            "clients" => self.clients = empty.clients,
            "shares" => self.shares = empty.shares,
            "binds" => self.binds = empty.binds,
            "attaches" => self.attaches = empty.attaches,
            "uses" => self.uses = empty.uses,
            "links" => self.links = empty.links,
            "exposes" => self.exposes = empty.exposes,
            "user" => self.user = empty.user,
            "permissions" => self.permissions = empty.permissions,
            "stop_timeout" => self.stop_timeout = empty.stop_timeout,
            "stop_signal" => self.stop_signal = empty.stop_signal,
            "start_delay" => self.start_delay = empty.start_delay,
            "network_mode" => self.network_mode = empty.network_mode,
            "networks" => self.networks = empty.networks,
            "exec_commands" => self.exec_commands = empty.exec_commands,
            "healthcheck" => self.healthcheck = empty.healthcheck,
            "start" => self.start = empty.start,
            "follow" => self.follow = empty.follow,
            "update" => self.update = empty.update,
            "anonymous_volumes" => self.anonymous_volumes = empty.anonymous_volumes,
            "persistent" => self.persistent = empty.persistent,
            "compare" => self.compare = empty.compare,
            "create_options" => self.options.clear(Section::Create),
            "host_config" => self.options.clear(Section::Host),
            _ => {}
        }
    }
}

pub(crate) fn container(node: &Node, problems: &mut Problems) -> RawContainer {
    let mut raw = RawContainer::default();
    CONTAINER.read_unless(node, problems, elsewhere, |field, node, problems| {
        if node.tag() == Some(OVERRIDE) {
            raw.cleared.insert(field);
            let mut untagged = node.clone();
            untagged.clear_tag();
            return raw.set(field, &untagged, problems);
        }
        // An empty `network_mode` and `healthcheck` say something: no network, no check.
        if matches!(node.value, Value::Null) && !matches!(field, "network_mode" | "healthcheck") {
            raw.cleared.insert(field);
        }
        raw.set(field, node, problems);
    });
    raw
}
