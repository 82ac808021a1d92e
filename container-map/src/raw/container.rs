//! A container configuration as written (docker-map 2.3).

use alloc::vec::Vec;

use super::mount::{RawAttach, RawBind, RawUse, attaches, binds, uses};
use super::network::{RawEndpoint, RawExpose, RawLink, RawStart, endpoints, exposes, links, start};
use super::options::{
    RawCreateOptions, RawExec, RawHealthcheck, create_options, exec_commands, healthcheck, host_config,
    network_mode, user,
};
use super::place::{Problems, Text};
use super::read::{Fields, optional, texts};
use crate::yaml::Node;

/// The keys of a container configuration.
pub(crate) const CONTAINER: Fields = Fields {
    what: "a container configuration",
    keys: &[
        "abstract",
        "extends",
        "image",
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
        "persistent",
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
    pub(crate) persistent: Option<Text>,
    pub(crate) create_options: RawCreateOptions,
}

impl RawContainer {
    /// Returns whether other configurations can use it as a whole (docker-map 3.2, rule 3).
    pub(crate) fn shares_something(&self) -> bool {
        !(self.shares.is_empty() && self.binds.is_empty() && self.uses.is_empty())
    }
}

pub(crate) fn container(node: &Node, problems: &mut Problems) -> RawContainer {
    let mut raw = RawContainer::default();
    CONTAINER.read(node, problems, |field, node, problems| match field {
        "abstract" => raw.is_abstract = optional(node, "`true` or `false`", problems),
        "extends" => raw.extends = texts(node, "a list of configurations", problems),
        "image" => raw.image = optional(node, "an image", problems),
        "instances" => raw.instances = texts(node, "a list of instances", problems),
        "clients" => raw.clients = texts(node, "a list of clients", problems),
        "shares" => raw.shares = texts(node, "a list of paths", problems),
        "binds" => raw.binds = binds(node, problems),
        "attaches" => raw.attaches = attaches(node, problems),
        "uses" => raw.uses = uses(node, problems),
        "links" => raw.links = links(node, problems),
        "exposes" => raw.exposes = exposes(node, problems),
        "user" => raw.user = user(node, problems),
        "permissions" => raw.permissions = optional(node, "a mode like `u=rwX,g=rX,o=`", problems),
        "stop_timeout" => raw.stop_timeout = optional(node, "a number of seconds", problems),
        "stop_signal" => raw.stop_signal = optional(node, "a signal", problems),
        "start_delay" => raw.start_delay = optional(node, "a number of seconds", problems),
        "network_mode" => raw.network_mode = network_mode(node, problems),
        "networks" => raw.networks = endpoints(node, problems),
        "exec_commands" => raw.exec_commands = exec_commands(node, problems),
        "healthcheck" => raw.healthcheck = healthcheck(node, problems),
        "start" => raw.start = start(node, problems),
        "persistent" => raw.persistent = optional(node, "`true` or `false`", problems),
        "create_options" => raw.create_options = create_options(node, problems),
        "host_config" => host_config(node, problems),
        other => super::options::not_supported(node, other, problems),
    });
    raw
}
