//! Raw configurations as trees: the one place that knows under which key something is written.

use alloc::format;

use crate::client::{Login, Password, RawClient};
use crate::raw::{
    Pairs, RawAttach, RawBind, RawBuild, RawCommand, RawContainer, RawEndpoint, RawExec, RawExpose,
    RawFollow, RawHealthcheck, RawHostPaths, RawLink, RawMap, RawNetwork, RawStart, RawUpdate, RawUse,
    RawVolume, Section, Text,
};
use crate::value::{Mapping, Tree, Value};

/// The largest number that every reader of JSON keeps.
const LARGEST: i64 = 1 << 53;

/// Returns a text, with the tag it has as long as it is not expanded.
fn text(text: &Text) -> Value {
    tagged(text, Value::text(text.as_str()))
}

/// Returns a text as a number or truth value if it is written like one.
fn plain(text: &Text) -> Value {
    tagged(text, plain_value(text.as_str()))
}

fn plain_value(text: &str) -> Value {
    let number = text.parse::<i64>().ok().filter(|number| number.abs() <= LARGEST);
    match number.filter(|number| format!("{number}") == text) {
        Some(number) => Value(Tree::Integer(number)),
        None if text == "true" => true.into(),
        None if text == "false" => false.into(),
        None => Value::text(text),
    }
}

fn tagged(text: &Text, value: Value) -> Value {
    match text.place.tag {
        Some(tag) => Value::tagged(tag.as_str(), value),
        None => value,
    }
}

fn texts(texts: &[Text]) -> Value {
    Value::list(texts.iter().map(text))
}

impl Mapping {
    /// Adds what is set.
    fn option(mut self, key: &'static str, value: Option<Value>) -> Self {
        if let Some(value) = value {
            self.set(key, value);
        }
        self
    }

    fn text(self, key: &'static str, value: Option<&Text>) -> Self {
        self.option(key, value.map(text))
    }

    /// Adds a number, a truth value, or what is there instead.
    fn plain(self, key: &'static str, value: Option<&Text>) -> Self {
        self.option(key, value.map(plain))
    }

    /// Adds a list, unless it is empty.
    fn list<T>(self, key: &'static str, items: &[T], value: impl Fn(&T) -> Value) -> Self {
        self.option(key, (!items.is_empty()).then(|| Value::list(items.iter().map(value))))
    }

    /// Adds a mapping, unless it is empty.
    fn mapping(self, key: &'static str, mapping: Self) -> Self {
        self.option(key, (!mapping.0.is_empty()).then(|| mapping.into()))
    }
}

fn pairs(pairs: &Pairs) -> Mapping {
    let value = |value: &Option<Text>| value.as_ref().map_or(Value::NULL, text);
    Mapping(pairs.iter().map(|(name, text)| (name.value.clone().into(), value(text))).collect())
}

/// Writes what a map says besides its named things.
pub(super) fn head(raw: &RawMap) -> Mapping {
    let groups = raw.groups.iter().map(|(name, members)| (name.value.clone().into(), texts(members)));
    let groups = Mapping(groups.collect());
    Mapping::new()
        .text("name", raw.name.as_ref())
        .list("include", &raw.include, text)
        .text("repository", raw.repository.as_ref())
        .text("default_tag", raw.default_tag.as_ref())
        .text("default_domain", raw.default_domain.as_ref())
        .plain("set_hostname", raw.set_hostname.as_ref())
        .plain("use_attached_parent_name", raw.use_attached_parent_name.as_ref())
        .text("host_root", raw.host_root.as_ref())
        .list("compare", &raw.compare, |rule| rules(core::slice::from_ref(rule)).into())
        .option("clients", clients(raw))
        .mapping("groups", groups)
}

/// Writes the names of clients, or what is said of them.
fn clients(raw: &RawMap) -> Option<Value> {
    if raw.client_configs.is_empty() {
        return (!raw.clients.is_empty()).then(|| texts(&raw.clients));
    }
    let config = |name: &Text| raw.client_configs.iter().find(|(known, _)| known == name);
    let value = |name: &Text| config(name).map_or(Value::NULL, |(_, client)| self::client(client));
    Some(Mapping(raw.clients.iter().map(|name| (name.value.clone().into(), value(name))).collect()).into())
}

fn client(client: &RawClient) -> Value {
    let addresses = |addresses: &[(Text, Text)]| {
        Mapping(
            addresses.iter().map(|(alias, address)| (alias.value.clone().into(), text(address))).collect(),
        )
    };
    let logins =
        client.auth_configs.iter().map(|(registry, login)| (registry.clone().into(), self::login(login)));
    Mapping::new()
        .text("base_url", client.base_url.as_ref())
        .plain("timeout", client.timeout.as_ref())
        .mapping("interfaces", addresses(&client.interfaces))
        .mapping("interfaces_ipv6", addresses(&client.interfaces_ipv6))
        .mapping("auth_configs", Mapping(logins.collect()))
        .text("domainname", client.domainname.as_ref())
        .plain("stop_timeout", client.stop_timeout.as_ref())
        .plain("wait_timeout", client.wait_timeout.as_ref())
        .into()
}

/// A password that stands in the file is not shown.
fn login(login: &Login) -> Value {
    let password = match &login.password {
        Password::Given(_) => Value::NULL,
        Password::Source(source) => source.clone().into(),
    };
    Mapping::new().with("username", login.username.as_str()).with("password", password).into()
}

/// Writes a configuration as written.
pub(super) fn raw_container(raw: &RawContainer) -> Value {
    container(raw, options(raw, Section::Create), options(raw, Section::Host))
}

/// Returns the options of a section, single values as what they are written like.
fn options(raw: &RawContainer, section: Section) -> Mapping {
    let Mapping(options) = raw.options.written(section);
    let plain = |value: Value| match value.0 {
        Tree::Text(written) => plain_value(&written),
        other => Value(other),
    };
    Mapping(options.into_iter().map(|(name, value)| (name, plain(value))).collect())
}

/// Writes a configuration with its options.
pub(super) fn container(raw: &RawContainer, create: Mapping, host: Mapping) -> Value {
    let mapping = Mapping::new()
        .plain("abstract", raw.is_abstract.as_ref())
        .list("extends", &raw.extends, text)
        .text("image", raw.image.as_ref())
        .option("build", raw.build.as_ref().map(build))
        .list("instances", &raw.instances, text)
        .list("clients", &raw.clients, text)
        .list("shares", &raw.shares, text)
        .list("binds", &raw.binds, bind)
        .list("attaches", &raw.attaches, attach)
        .list("uses", &raw.uses, used)
        .list("links", &raw.links, link)
        .list("exposes", &raw.exposes, expose)
        .plain("user", raw.user.as_ref())
        .text("permissions", raw.permissions.as_ref())
        .plain("stop_timeout", raw.stop_timeout.as_ref())
        .text("stop_signal", raw.stop_signal.as_ref())
        .plain("start_delay", raw.start_delay.as_ref())
        .text("network_mode", raw.network_mode.as_ref())
        .list("networks", &raw.networks, endpoint)
        .list("exec_commands", &raw.exec_commands, exec)
        .option("healthcheck", raw.healthcheck.as_ref().map(healthcheck))
        .list("start", &raw.start, start)
        .list("follow", &raw.follow, follow)
        .option("update", raw.update.as_ref().map(update))
        .text("anonymous_volumes", raw.anonymous_volumes.as_ref())
        .plain("persistent", raw.persistent.as_ref())
        .mapping("compare", rules(&raw.compare))
        .mapping("create_options", create)
        .mapping("host_config", host);
    raw.cleared.iter().fold(mapping, |mapping, key| overriding(mapping, key)).into()
}

/// Says that what is inherited for a key does not count.
fn overriding(mut mapping: Mapping, key: &'static str) -> Mapping {
    // A key that is not there gets null; other single values replace whatever is inherited.
    let value = mapping.entry(key);
    if matches!(value.0, Tree::List(_) | Tree::Map(_)) {
        *value = Value::instead(core::mem::take(value));
    }
    mapping
}

fn rules(rules: &[(Text, Text)]) -> Mapping {
    Mapping(rules.iter().map(|(name, mode)| (name.value.clone().into(), text(mode))).collect())
}

fn bind(bind: &RawBind) -> Value {
    let mapping = match &bind.host_path {
        Some(_) => Mapping::new().text("path", Some(&bind.target)),
        None => Mapping::new().text("name", Some(&bind.target)),
    };
    mapping
        .text("host_path", bind.host_path.as_ref())
        .plain("readonly", bind.access.as_ref())
        .text("propagation", bind.propagation.as_ref())
        .into()
}

fn attach(attach: &RawAttach) -> Value {
    Mapping::new().text("name", Some(&attach.name)).text("path", attach.path.as_ref()).into()
}

fn used(used: &RawUse) -> Value {
    let mapping = Mapping::new().text("name", Some(&used.name)).text("path", used.path.as_ref());
    mapping.plain("readonly", used.access.as_ref()).into()
}

fn link(link: &RawLink) -> Value {
    Mapping::new().text("container", Some(&link.container)).text("alias", link.alias.as_ref()).into()
}

fn start(start: &RawStart) -> Value {
    Mapping::new()
        .text("container", Some(&start.container))
        .text("condition", start.condition.as_ref())
        .text("within", start.within.as_ref())
        .into()
}

fn follow(follow: &RawFollow) -> Value {
    Mapping::new().text("container", Some(&follow.container)).text("policy", Some(&follow.policy)).into()
}

fn update(update: &RawUpdate) -> Value {
    Mapping::new().text("strategy", update.strategy.as_ref()).plain("batch", update.batch.as_ref()).into()
}

fn build(build: &RawBuild) -> Value {
    let secrets =
        build.secrets.iter().map(|(name, source)| (name.value.clone().into(), source.clone().into()));
    Mapping::new()
        .text("context", build.context.as_ref())
        .text("dockerfile", build.dockerfile.as_ref())
        .text("dockerfile_inline", build.dockerfile_inline.as_ref())
        .text("target", build.target.as_ref())
        .mapping("args", pairs(&build.args))
        .list("tags", &build.tags, text)
        .mapping("labels", pairs(&build.labels))
        .text("platform", build.platform.as_ref())
        .plain("pull", build.pull.as_ref())
        .plain("no_cache", build.no_cache.as_ref())
        .mapping("secrets", Mapping(secrets.collect()))
        .mapping("ssh", pairs(&build.ssh))
        .list("extra_hosts", &build.extra_hosts, text)
        .text("network", build.network.as_ref())
        .into()
}

fn expose(expose: &RawExpose) -> Value {
    Mapping::new()
        .plain("exposed_port", Some(&expose.port))
        .plain("host_port", expose.host_port.as_ref())
        .text("interface", expose.interface.as_ref())
        .plain("ipv6", expose.ipv6.as_ref())
        .into()
}

fn endpoint(endpoint: &RawEndpoint) -> Value {
    Mapping::new()
        .text("network_name", Some(&endpoint.network))
        .list("aliases", &endpoint.aliases, text)
        .list("links", &endpoint.links, link)
        .text("ipv4_address", endpoint.ipv4_address.as_ref())
        .text("ipv6_address", endpoint.ipv6_address.as_ref())
        .list("link_local_ips", &endpoint.link_local_ips, text)
        .mapping("driver_options", pairs(&endpoint.driver_options))
        .into()
}

fn command(command: &RawCommand) -> Value {
    match command {
        RawCommand::Line(line) => text(line),
        RawCommand::Words(words) => texts(words),
    }
}

fn exec(exec: &RawExec) -> Value {
    Mapping::new()
        .option("cmd", Some(command(&exec.command)))
        .plain("user", exec.user.as_ref())
        .text("policy", exec.policy.as_ref())
        .into()
}

fn healthcheck(check: &RawHealthcheck) -> Value {
    Mapping::new()
        .option("test", Some(check.test.as_ref().map_or_else(|| Value::text("NONE"), command)))
        .text("interval", check.interval.as_ref())
        .text("timeout", check.timeout.as_ref())
        .plain("retries", check.retries.as_ref())
        .text("start_period", check.start_period.as_ref())
        .into()
}

pub(super) fn volume(raw: &RawVolume) -> Value {
    let options = Mapping::new().option("labels", raw.labels.as_ref().map(|labels| pairs(labels).into()));
    Mapping::new()
        .text("default_path", raw.default_path.as_ref())
        .text("driver", raw.driver.as_ref())
        .mapping("driver_options", pairs(&raw.driver_options))
        .mapping("create_options", options)
        .plain("user", raw.user.as_ref())
        .text("permissions", raw.permissions.as_ref())
        .into()
}

pub(super) fn host_paths(raw: &RawHostPaths) -> Value {
    match raw {
        RawHostPaths::One(path) => text(path),
        RawHostPaths::PerInstance(paths) => {
            let paths = paths.iter().map(|(instance, path)| (instance.value.clone().into(), text(path)));
            Mapping(paths.collect()).into()
        }
    }
}

pub(super) fn network(raw: &RawNetwork) -> Value {
    let options = Mapping::new()
        .option("labels", raw.labels.as_ref().map(|labels| pairs(labels).into()))
        .plain("enable_ipv6", raw.enable_ipv6.as_ref())
        .plain("attachable", raw.attachable.as_ref())
        .option("ipam", raw.ipam.clone().map(Value::from));
    Mapping::new()
        .text("driver", raw.driver.as_ref())
        .mapping("driver_options", pairs(&raw.driver_options))
        .plain("internal", raw.internal.as_ref())
        .mapping("create_options", options)
        .into()
}
