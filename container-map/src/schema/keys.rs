//! What each key of a map holds and means.

use alloc::vec::Vec;

use super::Shape;
use super::forms;
use super::options::options;
use crate::client::LOGIN;
use crate::config::{CompareMode, CompareRules, Ipam, Propagation, Word};
use crate::raw::{
    ATTACHES, BINDS, BUILD, EXPOSES, FOLLOW, Fields, LINKS, NETWORK_OPTIONS, OptionValue, SECRET_FIELDS,
    START, Section, UPDATE, USES, VOLUME_OPTIONS,
};

/// What is known about a key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) about: &'static str,
    pub(super) shape: Shape,
}

fn key(about: &'static str, shape: Shape) -> Key {
    Key { about, shape }
}

/// Returns the form of a mapping with the keys of one of the reader's tables.
pub(super) fn object(fields: Fields, of: fn(&str) -> Option<Key>) -> Shape {
    let keys = fields.keys.iter().filter_map(|name| of(name).map(|key| (*name, key.shape.about(key.about))));
    Shape::Object { keys: keys.collect(), required: 0 }
}

const TIME: Shape =
    Shape::Pattern { pattern: r"^[0-9.]+( *[a-zµμ]+ *[0-9.]+)*( *[a-zµμ]+ *)?$", example: "1m30s" };
const MODE: Shape = Shape::Pattern {
    pattern: r"^((0o)?[0-7]{1,5}|[ugoa]*[-+=][-+=,ugoarwxXst]*)$",
    example: "u=rwX,g=rX,o=",
};
const PORT: Shape = Shape::Pattern { pattern: r"^[0-9]{1,5}(/[A-Za-z]+)?$", example: "53/udp" };
const SIGNAL: Shape = Shape::Pattern { pattern: r"^[A-Za-z0-9+-]+$", example: "SIGTERM" };
const ACCESS: Shape = Shape::Text;

/// Returns what a key of the map holds.
pub(super) fn section(name: &str) -> Option<Key> {
    let each = |definition| Shape::Defined(definition).mapping().or_null();
    Some(match name {
        "name" => key("The map's name: the first part of the name of every object it makes.", Shape::Text),
        "include" => {
            // docker-map knows no such section, so a mapping is a container of that name.
            let about = "Further files of the map; paths start at the folder of this file.";
            key(about, forms::texts().or(Shape::Defined("container")))
        }
        "repository" => key("The repository of images whose names have no slash.", Shape::Text.or_null()),
        "default_tag" => {
            key("The tag of images that name none; without it, `latest`.", Shape::Text.or_null())
        }
        "default_domain" => key("The domain name of new containers.", Shape::Text.or_null()),
        "set_hostname" => {
            key("Whether containers get a host name made from their own; they do.", Shape::Boolean.or_null())
        }
        "use_attached_parent_name" => {
            key("Whether volumes carry their owner's name; they do not.", Shape::Boolean.or_null())
        }
        "clients" => key(
            "The clients that the map is for, or their configurations.",
            forms::texts().or(each("client")),
        ),
        "groups" => key(
            "Named sets of configurations and instances, for commands.",
            forms::texts().or_null().mapping().or_null(),
        ),
        "containers" => key("The container configurations.", each("container")),
        "volumes" => key("Aliases of volumes, and where they are mounted.", each("volume")),
        "host" => key(
            "The paths of aliases on the host, and their common `root`.",
            Shape::Text.or(Shape::Text.mapping()).or_null().mapping().or_null(),
        ),
        "compare" => key(
            "How attributes and options are compared with the engine's; a mapping is a configuration of this name.",
            rules().list().or(Shape::Defined("container").or_null()),
        ),
        "host_root" => key("Where relative paths on the host start.", Shape::Text.or_null()),
        "networks" => key("The networks of the map.", each("network")),
        _ => return None,
    })
}

fn rules() -> Shape {
    let modes = || Shape::Word(CompareMode::WORDS);
    Shape::Object { keys: CompareRules::names().map(|name| (name, modes())).collect(), required: 0 }
}

/// Returns what a key of a container configuration holds.
pub(super) fn container(name: &str) -> Option<Key> {
    identity(name).or_else(|| mounts(name)).or_else(|| networking(name)).or_else(|| running(name))
}

fn identity(name: &str) -> Option<Key> {
    let texts = || forms::texts().or_null();
    Some(match name {
        "abstract" => key("Whether it is only there to be extended.", Shape::Boolean.or_null()),
        "extends" => key("The configurations it starts from, in order.", texts()),
        "image" => {
            key("The image; without one, the configuration's name is its image.", Shape::Text.or_null())
        }
        "build" => key(
            "What its image is built from: a folder of this machine, or more than that.",
            Shape::Text.or(object(BUILD, build)).or_null(),
        ),
        "instances" => key("Its instances: one container for each, instead of a single one.", texts()),
        "clients" => key("The clients it runs on, instead of the clients of the map.", texts()),
        "user" => key("Its working user, and the owner of its attached volumes.", forms::user().or_null()),
        "permissions" => key("The access mode of its attached volumes, as for `chmod`.", MODE.or_null()),
        "persistent" => key(
            "Whether it holds data or runs once: not started again after it ended well.",
            Shape::Boolean.or_null(),
        ),
        "compare" => key(
            "How attributes and options are compared with the engine's, where not as usual.",
            rules().or_null(),
        ),
        "create_options" => {
            key("Further arguments of the engine's create operation.", options(Section::Create))
        }
        "host_config" => key("Further arguments of its host configuration.", options(Section::Host)),
        _ => return None,
    })
}

fn mounts(name: &str) -> Option<Key> {
    Some(match name {
        "shares" => key("Paths with an anonymous volume.", forms::texts().or_null()),
        "binds" => key(
            "Directories of the host: an alias, or a path with a path on the host.",
            forms::rows(BINDS, &object(BINDS.fields, bind)),
        ),
        "attaches" => {
            key("Volumes it owns and prepares.", forms::rows(ATTACHES, &object(ATTACHES.fields, attach)))
        }
        "uses" => key(
            "Volumes of other configurations, or all volumes of another one.",
            forms::rows(USES, &object(USES.fields, used)),
        ),
        _ => return None,
    })
}

fn networking(name: &str) -> Option<Key> {
    Some(match name {
        "links" => key("Legacy links to other containers.", Shape::Defined("links")),
        "exposes" => key(
            "Ports it exposes, and where they are published.",
            forms::rows(EXPOSES, &object(EXPOSES.fields, expose)),
        ),
        "network_mode" => key(
            "Where its network comes from: `bridge`, `host`, `none`, another configuration, or `container:name`.",
            Shape::Text.or(Shape::Cells(Vec::from([Shape::Text, Shape::Text.or_null()]))).or_null(),
        ),
        "networks" => key("The networks it joins; the first is joined at creation.", forms::endpoints()),
        _ => return None,
    })
}

fn running(name: &str) -> Option<Key> {
    Some(match name {
        "stop_timeout" => key(
            "How long the engine waits after the stop signal before it kills, in seconds.",
            TIME.or_null(),
        ),
        "stop_signal" => key("The signal that stops it.", SIGNAL.or_null()),
        "start_delay" => key("The pause after a successful start, in seconds.", TIME.or_null()),
        "exec_commands" => key("Commands that are run inside after a start.", forms::exec_commands()),
        "healthcheck" => key("How the engine finds out whether it works.", forms::healthcheck()),
        "start" => key(
            "Containers that come first, and how far they have to be.",
            forms::rows(START, &object(START.fields, start)),
        ),
        "follow" => key(
            "What it does when a container it depends on changes.",
            forms::rows(FOLLOW, &object(FOLLOW.fields, follow)),
        ),
        "update" => key(
            "How its containers are replaced: a strategy, perhaps with a batch of instances.",
            Shape::Word(STRATEGIES).or(object(UPDATE, update)).or_null(),
        ),
        "anonymous_volumes" => key(
            "What becomes of its anonymous volumes when it is replaced.",
            Shape::Word(&["keep", "renew"]).or_null(),
        ),
        _ => return None,
    })
}

fn readonly() -> Key {
    key("Whether it can only be read: `ro`, `rw`, true or false.", ACCESS.or_null())
}

pub(super) fn bind(name: &str) -> Option<Key> {
    Some(match name {
        "name" => key("The alias.", Shape::Text),
        "path" => key("The path in the container.", Shape::Text),
        "host_path" => key("The path on the host.", Shape::Text),
        "readonly" => key(
            "Whether it can only be read: `ro`, `rw`, true or false; or with the propagation, as `ro,rslave`.",
            ACCESS.or_null(),
        ),
        "propagation" => key(
            "Whether what is mounted below later is seen on the other side; without it, `rprivate`.",
            Shape::Word(Propagation::WORDS).or_null(),
        ),
        _ => return None,
    })
}

pub(super) fn attach(name: &str) -> Option<Key> {
    Some(match name {
        "name" => key("The alias.", Shape::Text),
        "path" => key("Where it is mounted; without it, where the alias says.", Shape::Text.or_null()),
        "readonly" => key("Its owner can always write to it.", Shape::Boolean.or(Shape::Word(&["rw"]))),
        _ => return None,
    })
}

pub(super) fn used(name: &str) -> Option<Key> {
    Some(match name {
        "name" => key("The alias of an attached volume, or a configuration or instance.", Shape::Text),
        "path" => {
            key("Where the volume is mounted; without it, where the alias says.", Shape::Text.or_null())
        }
        "readonly" => readonly(),
        _ => return None,
    })
}

pub(super) fn link(name: &str) -> Option<Key> {
    Some(match name {
        "container" => key("The configuration or instance.", Shape::Text),
        "alias" => key("The name it is reached by.", Shape::Text.or_null()),
        _ => return None,
    })
}

pub(super) fn start(name: &str) -> Option<Key> {
    Some(match name {
        "container" => key("The configuration or instance.", Shape::Text),
        "condition" => {
            key("How far it has to be.", Shape::Word(&["started", "healthy", "completed"]).or_null())
        }
        "within" => key("How long that is waited for at most.", TIME.or_null()),
        _ => return None,
    })
}

pub(super) fn follow(name: &str) -> Option<Key> {
    Some(match name {
        "container" => key("The configuration or instance it depends on.", Shape::Text),
        "policy" => key("What it does.", Shape::Word(&["restart", "recreate", "leave"])),
        _ => return None,
    })
}

const STRATEGIES: &[&str] = &["stop-first", "start-first", "rolling"];

pub(super) fn update(name: &str) -> Option<Key> {
    Some(match name {
        "strategy" => key("Which of the two runs first.", Shape::Word(STRATEGIES).or_null()),
        "batch" => {
            key("How many instances are replaced at a time; all, without it.", Shape::Integer.or_null())
        }
        _ => return None,
    })
}

pub(super) fn build(name: &str) -> Option<Key> {
    Some(match name {
        "context" => key(
            "The folder that is sent to the engine; a relative one starts at the folder of this file.",
            Shape::Text.or_null(),
        ),
        "dockerfile" => key("The Dockerfile, from the top of the context.", Shape::Text.or_null()),
        "dockerfile_inline" => key(
            "The text of the Dockerfile, or its lines; without a context, it is all that is sent.",
            forms::texts().or_null(),
        ),
        "target" => key("The stage that is built; without one, the last.", Shape::Text.or_null()),
        "args" => key("Values for `ARG`s. The engine shows them to everybody who has the image.", pairs()),
        "tags" => key("Further names for the image.", forms::texts().or_null()),
        "labels" => key("Labels of the image, besides those of dmap.", pairs()),
        "platform" => key("The platform it is for, like `linux/arm64`.", Shape::Text.or_null()),
        "pull" => key("Whether what it starts from is pulled although it is here.", Shape::Boolean.or_null()),
        "no_cache" => key("Whether steps are run whose result is there.", Shape::Boolean.or_null()),
        "secrets" => key(
            "What steps can read with `RUN --mount=type=secret`, by identifier.",
            Shape::Defined("secret").mapping().or_null(),
        ),
        "ssh" => key(
            "Agents with SSH keys that steps can talk to with `RUN --mount=type=ssh`, and their sockets; one without a socket \
             is that of SSH_AUTH_SOCK. The usual one is `default`.",
            pairs(),
        ),
        "extra_hosts" => key("Further names of hosts while it is built.", hosts()),
        "network" => key(
            "The network of the steps: `default`, `none`, `host`, or the name of one.",
            Shape::Text.or_null(),
        ),
        _ => return None,
    })
}

fn hosts() -> Shape {
    forms::texts().or(forms::texts().mapping()).or_null()
}

pub(super) fn expose(name: &str) -> Option<Key> {
    Some(match name {
        "exposed_port" => key("The port in the container.", PORT),
        "host_port" => key("The port on the host.", PORT.or_null()),
        "interface" => {
            key("The interface, by its alias in the client's configuration.", Shape::Text.or_null())
        }
        "ipv6" => key("Whether the alias is one of an IPv6 address.", Shape::Boolean.or_null()),
        _ => return None,
    })
}

pub(super) fn endpoint(name: &str) -> Option<Key> {
    Some(match name {
        "network_name" => key("The network.", Shape::Text),
        "aliases" => key("Further names of the container in this network.", forms::texts().or_null()),
        "links" => key("Links to other containers within this network.", Shape::Defined("links")),
        "ipv4_address" => key("A fixed IPv4 address.", Shape::Text.or_null()),
        "ipv6_address" => key("A fixed IPv6 address.", Shape::Text.or_null()),
        "link_local_ips" => key("Link-local addresses.", forms::texts().or_null()),
        "driver_options" => key("Options of the network's driver for this place.", pairs()),
        _ => return None,
    })
}

/// Returns the form of links, which have the same elements wherever they are.
pub(super) fn links() -> Shape {
    forms::rows(LINKS, &object(LINKS.fields, link))
}

pub(super) fn exec(name: &str) -> Option<Key> {
    Some(match name {
        "cmd" => key("The command line, or its words.", forms::texts()),
        "user" => key("As whom it is run; without it, as the container's user.", forms::user().or_null()),
        "policy" => key(
            "Whether it is run after every start or only after the first.",
            Shape::Word(&["restart", "initial"]).or_null(),
        ),
        _ => return None,
    })
}

pub(super) fn healthcheck(name: &str) -> Option<Key> {
    Some(match name {
        "test" => {
            key("A line for the image's shell, the words of a command, or `NONE`.", forms::texts().or_null())
        }
        "interval" => key("The time between two tests.", TIME.or_null()),
        "timeout" => key("The time after which a test has failed.", TIME.or_null()),
        "retries" => key("How many failures in a row make it unhealthy.", Shape::Integer.or_null()),
        "start_period" => key("The time in which failures do not count.", TIME.or_null()),
        _ => return None,
    })
}

fn pairs() -> Shape {
    Shape::Text.or_null().mapping().or(Shape::Text.list()).or_null()
}

pub(super) fn volume(name: &str) -> Option<Key> {
    Some(match name {
        "default_path" => {
            key("Where it is mounted unless a configuration says otherwise.", Shape::Text.or_null())
        }
        "driver" => key("The volume driver; without it, `local`.", Shape::Text.or_null()),
        "driver_options" => key("Options of the driver.", pairs()),
        "create_options" => key(
            "Further arguments of the engine's create operation.",
            object(VOLUME_OPTIONS, volume_option).or_null(),
        ),
        "user" => {
            key("The owner of its files, instead of the configuration's user.", forms::user().or_null())
        }
        "permissions" => key("Their access mode, instead of the configuration's.", MODE.or_null()),
        _ => return None,
    })
}

pub(super) fn network(name: &str) -> Option<Key> {
    Some(match name {
        "driver" => key("The network driver; without it, `bridge`.", Shape::Text.or_null()),
        "driver_options" => key("Options of the driver.", pairs()),
        "internal" => key("Whether it has no way out.", Shape::Boolean.or_null()),
        "create_options" => key(
            "Further arguments of the engine's create operation.",
            object(NETWORK_OPTIONS, network_option).or_null(),
        ),
        _ => return None,
    })
}

pub(super) fn network_option(name: &str) -> Option<Key> {
    Some(match name {
        "labels" => key("Labels, besides those of dmap.", pairs()),
        "enable_ipv6" => key("Whether it has IPv6 addresses.", Shape::Boolean.or_null()),
        "attachable" => key("Whether any container can join it, in a swarm.", Shape::Boolean.or_null()),
        "ipam" => key("How it gives out addresses.", Ipam::shape().or_null()),
        "driver" => key("The network driver; better under `driver`.", Shape::Text.or_null()),
        "options" => key("Options of the driver; better under `driver_options`.", pairs()),
        "internal" => key("Whether it has no way out; better under `internal`.", Shape::Boolean.or_null()),
        "scope" => key("Networks of a map belong to one engine.", Shape::Word(&["", "local"]).or_null()),
        "ingress" => key("Networks of a map are not those of a swarm.", Shape::Boolean.or_null()),
        "check_duplicate" => key("There is never a second network of a name.", Shape::Boolean.or_null()),
        _ => return None,
    })
}

pub(super) fn volume_option(name: &str) -> Option<Key> {
    Some(match name {
        "labels" => key("Labels, besides those of dmap.", pairs()),
        "driver" => key("The volume driver; better under `driver`.", Shape::Text.or_null()),
        "driver_opts" => key("Options of the driver; better under `driver_options`.", pairs()),
        _ => return None,
    })
}

pub(super) fn client(name: &str) -> Option<Key> {
    let addresses = || Shape::Text.or_null().mapping().or_null();
    Some(match name {
        "base_url" => key("Where the engine answers.", Shape::Text.or_null()),
        "version" => key("Not needed: the version is agreed on with the engine.", Shape::Text.or_null()),
        "timeout" => key("How long one request may take, in seconds.", TIME.or_null()),
        "tls" | "features" => key("Not kept.", Shape::Null),
        "interfaces" => key("Aliases of interfaces, and their IPv4 addresses.", addresses()),
        "interfaces_ipv6" => key("Aliases of interfaces, and their IPv6 addresses.", addresses()),
        "auth_configs" => key(
            "How to log in to registries, by the registry's name.",
            object(LOGIN, login).mapping().or_null(),
        ),
        "domainname" => {
            key("The domain name of new containers, instead of the map's.", Shape::Text.or_null())
        }
        "stop_timeout" => key("`stop_timeout` of containers that have none, in seconds.", TIME.or_null()),
        "wait_timeout" => {
            key("How long to wait for containers that have to end, in seconds.", TIME.or_null())
        }
        _ => return None,
    })
}

pub(super) fn login(name: &str) -> Option<Key> {
    Some(match name {
        "username" => key("The user.", Shape::Text),
        "password" => key(
            "The password, or `!secret` with where it is read from.",
            Shape::Text.or(Shape::Defined("secret")),
        ),
        "email" => key("Not needed any more.", Shape::Text.or_null()),
        _ => return None,
    })
}

/// Returns the form of where a secret is read from.
pub(super) fn secret() -> Shape {
    object(SECRET_FIELDS, secret_source)
}

pub(super) fn secret_source(name: &str) -> Option<Key> {
    Some(match name {
        "file" => key("The file that holds the value.", Shape::Text),
        "env" => key("The variable of dmap's environment that holds the value.", Shape::Text),
        _ => return None,
    })
}
