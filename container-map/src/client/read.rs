//! Client configurations as written (docker-map 2.8), in a file of their own or under `clients` of a map.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::str::FromStr;

use super::{ClientConfig, Login, Password};
use crate::error::ViolationKind;
use crate::name::{ClientName, InterfaceName};
use crate::raw::{Fields, Problems, SECRET, Text, entries, key, optional, secret_source, wrong_type};
use crate::secret::Secret;
use crate::validate::{name, plain, seconds};
use crate::yaml::{Node, Value};

/// What docker-map calls the client that has no name.
const DEFAULT: &str = "__default__";

/// Reads the name of a client, by either of the names that the client without one has.
pub(crate) fn client_name(text: &Text, problems: &mut Problems) -> Option<ClientName> {
    match text.as_str() {
        DEFAULT => Some(ClientName::default()),
        _ => name(text, "the name of a client", problems),
    }
}

pub(crate) const CLIENT: Fields = Fields {
    what: "a client",
    keys: &[
        "base_url",
        "version",
        "timeout",
        "tls",
        "interfaces",
        "interfaces_ipv6",
        "auth_configs",
        "features",
        "domainname",
        "stop_timeout",
        "wait_timeout",
    ],
};
pub(crate) const LOGIN: Fields = Fields { what: "a login", keys: &["username", "password", "email"] };

/// A client as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RawClient {
    pub(crate) base_url: Option<Text>,
    pub(crate) timeout: Option<Text>,
    pub(crate) interfaces: Vec<(Text, Text)>,
    pub(crate) interfaces_ipv6: Vec<(Text, Text)>,
    pub(crate) auth_configs: BTreeMap<String, Login>,
    pub(crate) domainname: Option<Text>,
    pub(crate) stop_timeout: Option<Text>,
    pub(crate) wait_timeout: Option<Text>,
}

/// All clients of a project as written.
#[derive(Debug, Default)]
pub(crate) struct RawClients(Vec<(Text, RawClient)>);

/// Reads a mapping of names to clients.
pub(crate) fn read(node: &Node, problems: &mut Problems) -> Vec<(Text, RawClient)> {
    let mut found = Vec::new();
    entries(node, "a mapping of clients", problems, |entry, problems| {
        let client = client(&entry.value, problems);
        found.push((key(entry), client));
    });
    found
}

fn client(node: &Node, problems: &mut Problems) -> RawClient {
    let mut raw = RawClient::default();
    CLIENT.read(node, problems, |field, node, problems| match field {
        "base_url" => raw.base_url = optional(node, "the address of an engine", problems),
        // The API version is agreed on with each engine; a fixed one could only be wrong.
        "version" => drop(optional(node, "a version of the API", problems)),
        "timeout" => raw.timeout = optional(node, "a number of seconds", problems),
        "interfaces" => raw.interfaces = addresses(node, problems),
        "interfaces_ipv6" => raw.interfaces_ipv6 = addresses(node, problems),
        "auth_configs" => raw.auth_configs = logins(node, problems),
        "domainname" => raw.domainname = optional(node, "a domain", problems),
        "stop_timeout" => raw.stop_timeout = optional(node, "a number of seconds", problems),
        "wait_timeout" => raw.wait_timeout = optional(node, "a number of seconds", problems),
        "tls" => {
            let why = "dmap speaks to local sockets and plain TCP; for another host, forward its socket with `ssh -L`";
            problems.here(&node.span, ViolationKind::NotKept { what: "tls", why });
        }
        _ => {
            let why = "what an engine can do is asked of the engine itself; leave it out";
            problems.here(&node.span, ViolationKind::NotKept { what: "features", why });
        }
    });
    raw
}

fn addresses(node: &Node, problems: &mut Problems) -> Vec<(Text, Text)> {
    let mut found = Vec::new();
    entries(node, "a mapping of interfaces to addresses", problems, |entry, problems| {
        let address = optional(&entry.value, "an address", problems);
        found.extend(address.map(|address| (key(entry), address)));
    });
    found
}

fn logins(node: &Node, problems: &mut Problems) -> BTreeMap<String, Login> {
    let mut found = BTreeMap::new();
    entries(node, "a mapping of registries to logins", problems, |entry, problems| {
        let (mut username, mut password) = (None, None);
        LOGIN.read(&entry.value, problems, |field, node, problems| match field {
            "username" => username = optional(node, "the name of a user", problems),
            "password" => password = self::password(node, problems),
            // Registries have stopped asking for it.
            _ => drop(optional(node, "an address of mail", problems)),
        });
        match (username, password) {
            (Some(username), Some(password)) => {
                found.insert(entry.key.clone(), Login { username: username.value, password });
            }
            _ => wrong_type(&entry.value, "a mapping with `username` and `password`", problems),
        }
    });
    found
}

fn password(node: &Node, problems: &mut Problems) -> Option<Password> {
    if node.tag() == Some(SECRET) {
        return secret_source(node, problems).map(Password::Source);
    }
    match &node.value {
        Value::Text(text) => Some(Password::Given(Secret::new(text.as_str()))),
        // What is there instead may be a password in a wrong form, so it is not shown.
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

impl RawClients {
    /// Adds clients; reports those that are there already and say something else.
    pub(crate) fn extend(&mut self, clients: &[(Text, RawClient)], problems: &mut Problems) {
        for (name, client) in clients {
            match self.0.iter().find(|(known, _)| known == name) {
                Some((_, known)) if known == client => {}
                Some(_) => {
                    problems.report(&name.place, ViolationKind::Repeated { name: name.value.clone() });
                }
                None => self.0.push((name.clone(), client.clone())),
            }
        }
    }

    /// Returns the clients with the default one; reports what is wrong with them.
    pub(crate) fn check(&self, problems: &mut Problems) -> BTreeMap<ClientName, ClientConfig> {
        let mut found = BTreeMap::from([(ClientName::default(), ClientConfig::default())]);
        for (text, raw) in &self.0 {
            let client = client_name(text, problems);
            let config = raw.check(problems);
            found.extend(client.map(|name| (name.clone(), ClientConfig { name, ..config })));
        }
        found
    }
}

impl RawClient {
    fn check(&self, problems: &mut Problems) -> ClientConfig {
        let mut time = |text: &Option<Text>| text.as_ref().and_then(|text| seconds(text, problems));
        let (timeout, stop_timeout, wait_timeout) =
            (time(&self.timeout), time(&self.stop_timeout), time(&self.wait_timeout));
        ClientConfig {
            name: ClientName::default(),
            base_url: self.base_url.as_ref().map(|url| url.value.clone()),
            timeout,
            interfaces: interfaces(&self.interfaces, "an IPv4 address", problems),
            interfaces_ipv6: interfaces(&self.interfaces_ipv6, "an IPv6 address", problems),
            auth_configs: self.auth_configs.clone(),
            domainname: self.domainname.as_ref().map(|domain| domain.value.clone()),
            stop_timeout,
            wait_timeout,
        }
    }
}

fn interfaces<A: FromStr>(
    raw: &[(Text, Text)],
    what: &'static str,
    problems: &mut Problems,
) -> BTreeMap<InterfaceName, A> {
    raw.iter()
        .filter_map(|(alias, address)| {
            let address = plain(address, what, problems);
            name(alias, "the alias of an interface", problems).zip(address)
        })
        .collect()
}
