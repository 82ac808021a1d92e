//! `build` as written: what an image is built from, with the names of Compose.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::command::{Pairs, pairs};
use super::habit::elsewhere_in_build;
use super::place::{Place, Placed, Problems, Text};
use super::read::{Fields, entries, key, optional, texts, wrong_type};
use super::secret::{SECRET, secret_source};
use crate::inherit::{append, join, pairs as merge_pairs, replace};
use crate::local::is_remote;
use crate::secret::SecretSource;
use crate::variables::join as join_path;
use crate::yaml::{Node, Value};

pub(crate) const BUILD: Fields = Fields {
    what: "a build",
    keys: &[
        "context",
        "dockerfile",
        "dockerfile_inline",
        "target",
        "args",
        "tags",
        "labels",
        "platform",
        "pull",
        "no_cache",
        "secrets",
        "ssh",
        "extra_hosts",
        "network",
    ],
};

/// What the text says about how an image is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawBuild {
    pub(crate) place: Place,
    pub(crate) context: Option<Text>,
    pub(crate) dockerfile: Option<Text>,
    pub(crate) dockerfile_inline: Option<Text>,
    pub(crate) target: Option<Text>,
    pub(crate) args: Pairs,
    pub(crate) tags: Vec<Text>,
    pub(crate) labels: Pairs,
    pub(crate) platform: Option<Text>,
    pub(crate) pull: Option<Text>,
    pub(crate) no_cache: Option<Text>,
    pub(crate) secrets: Vec<(Text, SecretSource)>,
    pub(crate) ssh: Pairs,
    pub(crate) extra_hosts: Vec<Text>,
    pub(crate) network: Option<Text>,
}

impl RawBuild {
    /// Returns a build about which nothing is said.
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            context: None,
            dockerfile: None,
            dockerfile_inline: None,
            target: None,
            args: Pairs::new(),
            tags: Vec::new(),
            labels: Pairs::new(),
            platform: None,
            pull: None,
            no_cache: None,
            secrets: Vec::new(),
            ssh: Pairs::new(),
            extra_hosts: Vec::new(),
            network: None,
        }
    }

    /// Returns how many elements its lists have.
    pub(crate) fn elements(&self) -> usize {
        1 + self.args.len()
            + self.tags.len()
            + self.labels.len()
            + self.secrets.len()
            + self.ssh.len()
            + self.extra_hosts.len()
    }

    /// Lays what is said over what is inherited. One Dockerfile stands for the other.
    pub(crate) fn merge(&mut self, over: &Self) {
        self.place.clone_from(&over.place);
        if over.dockerfile.is_some() || over.dockerfile_inline.is_some() {
            self.dockerfile.clone_from(&over.dockerfile);
            self.dockerfile_inline.clone_from(&over.dockerfile_inline);
        }
        replace(&mut self.context, over.context.as_ref());
        replace(&mut self.target, over.target.as_ref());
        merge_pairs(&mut self.args, over.args.clone());
        append(&mut self.tags, &over.tags);
        merge_pairs(&mut self.labels, over.labels.clone());
        replace(&mut self.platform, over.platform.as_ref());
        replace(&mut self.pull, over.pull.as_ref());
        replace(&mut self.no_cache, over.no_cache.as_ref());
        join(&mut self.secrets, over.secrets.clone(), |source, over| *source = over);
        merge_pairs(&mut self.ssh, over.ssh.clone());
        append(&mut self.extra_hosts, &over.extra_hosts);
        replace(&mut self.network, over.network.as_ref());
    }

    /// Lets a relative context, and relative sockets of agents, start at a folder: that of the file that names them.
    pub(crate) fn start_at(&mut self, folder: &str) {
        let context = self.context.iter_mut().filter(|text| !is_remote(&text.value));
        let sockets = self.ssh.iter_mut().filter_map(|(_, socket)| socket.as_mut());
        for text in context.chain(sockets) {
            if !text.value.is_empty() && !text.value.starts_with('~') {
                text.value = join_path(folder, &text.value);
            }
        }
    }

    fn set(&mut self, field: &str, node: &Node, problems: &mut Problems) {
        match field {
            "context" => self.context = optional(node, "a folder", problems),
            "dockerfile" => self.dockerfile = optional(node, "a file of the context", problems),
            "dockerfile_inline" => self.dockerfile_inline = steps(node, problems),
            "target" => self.target = optional(node, "the name of a stage", problems),
            "args" => self.args = pairs(node, problems),
            "tags" => self.tags = texts(node, "a list of images", problems),
            "labels" => self.labels = pairs(node, problems),
            "platform" => self.platform = optional(node, "a platform like `linux/arm64`", problems),
            "pull" => self.pull = optional(node, "`true` or `false`", problems),
            "no_cache" => self.no_cache = optional(node, "`true` or `false`", problems),
            "secrets" => self.secrets = secrets(node, problems),
            "ssh" => self.ssh = pairs(node, problems),
            "extra_hosts" => self.extra_hosts = hosts(node, problems),
            _ => self.network = optional(node, "the name of a network", problems),
        }
    }
}

/// Reads a folder alone, or what there is to say about a build.
pub(super) fn build(node: &Node, problems: &mut Problems) -> Option<RawBuild> {
    let mut build = RawBuild::new(Place::new(&node.span));
    match &node.value {
        Value::Null => return None,
        Value::Map(_) => BUILD.read_unless(node, problems, elsewhere_in_build, |field, node, problems| {
            build.set(field, node, problems);
        }),
        Value::Text(_) | Value::List(_) => {
            build.context = optional(node, "a folder, or a mapping of what a build says", problems);
            build.context.as_ref()?;
        }
    }
    Some(build)
}

/// Reads a Dockerfile: its text, or its lines.
fn steps(node: &Node, problems: &mut Problems) -> Option<Text> {
    let Value::List(_) = node.value else {
        return optional(node, "the text of a Dockerfile, or its lines", problems);
    };
    let lines = texts(node, "the lines of a Dockerfile", problems);
    let mut value = String::new();
    for line in &lines {
        value.push_str(line.as_str());
        value.push('\n');
    }
    lines.first().map(|first| Placed { value, place: first.place.clone() })
}

fn secrets(node: &Node, problems: &mut Problems) -> Vec<(Text, SecretSource)> {
    let mut found = Vec::new();
    entries(node, "a mapping of identifiers to secrets", problems, |entry, problems| {
        if entry.value.tag() == Some(SECRET) {
            found.extend(secret_source(&entry.value, problems).map(|source| (key(entry), source)));
        } else {
            wrong_type(&entry.value, "`!secret {file: path}` or `!secret {env: NAME}`", problems);
        }
    });
    found
}

/// Reads hosts: a list of `name:address`, or a mapping.
fn hosts(node: &Node, problems: &mut Problems) -> Vec<Text> {
    let Value::Map(_) = node.value else {
        return texts(node, "a list of hosts", problems);
    };
    let mut found = Vec::new();
    entries(node, "a mapping of hosts to addresses", problems, |entry, problems| {
        for address in texts(&entry.value, "an address", problems) {
            let value = format!("{}:{}", entry.key, address.as_str());
            found.push(Placed { value, place: address.place });
        }
    });
    found
}
