//! How containers are compared with the engine's, where the usual way is not meant.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;

use super::HostOptions;
use super::options::words;

words! {
    "`strict`, `at-least` or `ignore`" =>
    /// How an attribute is compared.
    pub enum CompareMode {
        /// What the map does not set has to be as image and engine give it by themselves.
        Strict = "strict",
        /// The engine may have more than the map says: labels, variables, ports, mounts, aliases, networks.
        AtLeast = "at-least",
        /// A difference is never put right.
        Ignore = "ignore",
    }
}

/// The attributes that rules can name, besides the options of `host_config`; the second column says whether a container
/// can have several of it. The names are those that plans show.
const ATTRIBUTES: [(&str, bool); 23] = [
    ("command", false),
    ("domainname", false),
    ("entrypoint", false),
    ("env", true),
    ("healthcheck", false),
    ("hostname", false),
    ("image", false),
    ("label", true),
    ("link", true),
    ("mac-address", false),
    ("mount", true),
    ("network", true),
    ("network-mode", false),
    ("platform", false),
    ("port", true),
    ("propagation", false),
    ("stdin-open", false),
    ("stop-signal", false),
    ("stop-timeout", false),
    ("tty", false),
    ("user", false),
    ("volumes-from", true),
    ("working-dir", false),
];

/// The options that can have several values.
const OPTIONS_OF_SEVERAL: [&str; 18] = [
    "blkio_weight_device",
    "cap_add",
    "cap_drop",
    "device_cgroup_rules",
    "device_read_bps",
    "device_read_iops",
    "device_requests",
    "device_write_bps",
    "device_write_iops",
    "devices",
    "extra_hosts",
    "group_add",
    "log_config",
    "security_opt",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "ulimits",
];

/// How the attributes of a container are compared that are not compared as usual: by the attribute's name in plans, or the
/// option's in the map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompareRules(
    // Invariant: names are among `names()`, and those with `at-least` can have several values.
    BTreeMap<String, CompareMode>,
);

impl CompareRules {
    /// Returns the names that rules can have: attributes, then options.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ATTRIBUTES.into_iter().map(|(name, _)| name).chain(HostOptions::names().iter().copied())
    }

    /// Returns whether an attribute or option can have several values, so that there can be more than the map says.
    pub(crate) fn can_have_more(name: &str) -> bool {
        ATTRIBUTES.contains(&(name, true)) || OPTIONS_OF_SEVERAL.contains(&name)
    }

    /// Adds a rule whose name and mode were checked.
    pub(crate) fn set(&mut self, name: &str, mode: CompareMode) {
        self.0.insert(name.to_owned(), mode);
    }

    /// Returns these rules with others over them.
    #[must_use]
    pub(crate) fn with(mut self, over: &Self) -> Self {
        self.0.extend(over.0.iter().map(|(name, mode)| (name.clone(), *mode)));
        self
    }

    /// Returns the rule for an attribute or option; none for one that is compared as usual.
    pub fn mode(&self, name: &str) -> Option<CompareMode> {
        self.0.get(name).copied()
    }

    /// Returns all rules, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, CompareMode)> {
        self.0.iter().map(|(name, mode)| (name.as_str(), *mode))
    }

    /// Returns whether everything is compared as usual.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
