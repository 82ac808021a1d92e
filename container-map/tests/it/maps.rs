//! Any number of valid maps: made from a list of throws, so that a failing one shrinks to a small one.

use container_map::{ContainerDraft, Draft, Mapping, SecretSource, Value};
use proptest::prelude::*;

/// Texts that YAML, shells and variables make something else of.
const TRICKY: &[&str] = &[
    "",
    " ",
    "~",
    "null",
    "Null",
    "true",
    "yes",
    "off",
    "N",
    "0755",
    "0o17",
    "1.10",
    "1e3",
    "1_000",
    "+1",
    "-0",
    "22:22",
    ".inf",
    "0x1F",
    "2001-12-14",
    "=",
    "<<",
    "-",
    "- a",
    "? a",
    "a: b",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!secret x",
    "%a",
    "@a",
    "`a",
    "{a: b}",
    "[a]",
    "'a'",
    "\"a\"",
    "a\\b",
    "a\nb",
    "a\n",
    "\n\n",
    " a",
    "a ",
    "\ta",
    "a\r\nb",
    "\u{7}",
    "\u{1b}[31m",
    "\u{85}",
    "\u{2028}",
    "\u{feff}a",
    "äöü€",
    "🦀",
    "$",
    "$$",
    "$$$",
    "${A}",
    "$${A}",
    "$A",
    "${A:-b}",
    "a$",
    "--- a",
    "...",
];
/// Names are kept as they are, whatever they look like.
const NAMES: [&str; 5] = ["web", "null", "on", "1", "0x1F"];
const INSTANCES: [&str; 3] = ["a", "2", "yes"];
const NETWORKS: [&str; 2] = ["front", "no"];

/// Returns maps that are valid, with every key now and then.
pub(crate) fn maps() -> impl Strategy<Value = Draft> {
    let text = prop_oneof![
        prop::sample::select(TRICKY).prop_map(str::to_owned),
        any::<String>().prop_filter("no process takes NUL", |text| !text.contains('\0')),
    ];
    (prop::collection::vec(any::<u8>(), 0..400), prop::collection::vec(text, 1..8))
        .prop_map(|(throws, texts)| map(&mut Dice { throws: throws.iter(), texts: &texts }))
}

/// What decides; when it is used up, everything is as simple as can be.
struct Dice<'a> {
    throws: std::slice::Iter<'a, u8>,
    texts: &'a [String],
}

impl Dice<'_> {
    fn throw(&mut self) -> usize {
        self.throws.next().copied().unwrap_or_default().into()
    }

    fn is_lucky(&mut self) -> bool {
        self.throw() % 3 == 1
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.throw() % values.len()]
    }

    fn text(&mut self) -> Value {
        let position = self.throw() % self.texts.len();
        self.texts[position].as_str().into()
    }

    /// Adds something now and then.
    fn may<T>(&mut self, to: T, add: impl FnOnce(T, &mut Self) -> T) -> T {
        if self.is_lucky() { add(to, self) } else { to }
    }
}

/// What later containers can refer to.
struct Made {
    name: &'static str,
    instances: Vec<&'static str>,
    attaches: bool,
    shares: bool,
    /// Whether legacy links lead to it.
    is_reachable: bool,
}

impl Made {
    fn target(&self, dice: &mut Dice<'_>) -> String {
        if self.instances.is_empty() {
            return self.name.to_owned();
        }
        format!("{}.{}", self.name, dice.one_of(&self.instances))
    }
}

fn map(dice: &mut Dice<'_>) -> Draft {
    let (with_owner, with_clients) = (dice.is_lucky(), dice.is_lucky());
    let mut draft = Draft::new("map");
    draft = dice.may(draft, |draft, _| draft.default_domain("example.com"));
    draft = dice.may(draft, |draft, _| draft.set_hostname(false));
    draft = dice.may(draft, |draft, _| draft.compare("image", "ignore").compare("env", "at-least"));
    draft = dice.may(draft, |draft, dice| draft.client(dice.one_of(&["one", "2"])));
    if with_owner {
        draft = draft.use_attached_parent_name(true);
    }
    for (position, name) in NETWORKS.into_iter().enumerate() {
        draft = draft.network(name, network(position, dice));
    }
    let mut made: Vec<Made> = Vec::new();
    let count = 1 + dice.throw() % NAMES.len();
    for (position, name) in (0..).zip(NAMES).take(count) {
        let container = Container { position, with_owner, with_clients, made: &made };
        let (next, new) = container.add(name, draft, dice);
        draft = next;
        made.push(new);
    }
    dice.may(draft, |draft, dice| {
        let members: Vec<String> = made.iter().map(|made| made.target(dice)).collect();
        draft.group("all", members)
    })
}

fn network(position: usize, dice: &mut Dice<'_>) -> Mapping {
    let subnet = Mapping::new().with("subnet", format!("10.{position}.0.0/16"));
    let subnet = dice.may(subnet, |subnet, _| {
        subnet.with("gateway", format!("10.{position}.0.1")).with("ip_range", format!("10.{position}.1.0/24"))
    });
    let mut options = Mapping::new().with("ipam", Mapping::new().with("config", [Value::from(subnet)]));
    options = dice.may(options, |options, _| options.with("enable_ipv6", false));
    options = dice.may(options, |options, _| options.with("attachable", true));
    options =
        dice.may(options, |options, dice| options.with("labels", Mapping::new().with("a", dice.text())));
    let mut network = Mapping::new().with("create_options", options);
    network = dice.may(network, |network, _| network.with("driver", "macvlan"));
    network = dice.may(network, |network, _| network.with("internal", true));
    dice.may(network, |network, dice| network.with("driver_options", Mapping::new().with("a", dice.text())))
}

/// A container that is being made.
struct Container<'a> {
    position: u16,
    with_owner: bool,
    /// All are for the same clients, or some could not reach others.
    with_clients: bool,
    made: &'a [Made],
}

impl Container<'_> {
    fn add(&self, name: &'static str, draft: Draft, dice: &mut Dice<'_>) -> (Draft, Made) {
        let instances: Vec<&'static str> = INSTANCES.into_iter().filter(|_| dice.is_lucky()).collect();
        let (attaches, shares) = (dice.is_lucky(), dice.is_lucky());
        let mut draft = draft;
        let (position, host, volume) =
            (self.position, format!("host{}", self.position), format!("own{}", self.position));
        if shares {
            let paths = Mapping::new().with("default", "/srv/default");
            let paths = instances
                .iter()
                .fold(paths, |paths, instance| paths.with(*instance, format!("/srv/{instance}")));
            let paths = if dice.is_lucky() { Value::from(paths) } else { "/srv/one".into() };
            draft = draft.host(&host, paths).volume(&host, format!("/{host}"));
        }
        if attaches {
            draft = dice.may(draft, |draft, dice| draft.volume(&volume, self::volume(position, dice)));
        }
        let mut is_reachable = false;
        let draft = draft.container(name, |container| {
            let container =
                instances.iter().fold(container, |container, instance| container.instances(*instance));
            let container =
                if shares { container.binds((host.as_str(), dice.one_of(&["ro", "rw"]))) } else { container };
            let container =
                if attaches { container.attaches((volume, format!("/own{position}"))) } else { container };
            let container =
                if self.with_clients { container.clients("one").clients("other") } else { container };
            let container = self.mounts(identity(container, dice), dice);
            let (container, reached) = self.place(container, instances.is_empty(), dice);
            is_reachable = reached;
            options(self.running(container, dice), dice)
        });
        (draft, Made { name, instances, attaches, shares, is_reachable })
    }

    fn mounts(&self, container: ContainerDraft, dice: &mut Dice<'_>) -> ContainerDraft {
        let position = self.position;
        let mut container =
            dice.may(container, |container, _| container.shares(format!("/shared{position}")));
        container = dice
            .may(container, |container, _| container.binds((format!("/bound{position}"), "/srv/a b", "ro")));
        container = dice.may(container, |container, dice| {
            let mode = dice.one_of(&["rslave", "ro,private", "rshared,true"]);
            container.binds((format!("/spread{position}"), "/srv", mode))
        });
        for (other, made) in self.made.iter().enumerate() {
            if made.attaches && dice.is_lucky() {
                let owner = if self.with_owner { format!("{}.", made.name) } else { String::new() };
                let path = format!("/used{position}/{other}");
                container = container.uses((format!("{owner}own{other}"), path, dice.one_of(&["ro", "rw"])));
            } else if made.shares && dice.is_lucky() {
                container = container.uses((made.target(dice), dice.one_of(&["ro", "rw"])));
            }
        }
        container
    }

    /// Adds what says where it is in the network: nothing, a mode, or networks. Returns whether legacy links lead there.
    fn place(
        &self,
        container: ContainerDraft,
        is_single: bool,
        dice: &mut Dice<'_>,
    ) -> (ContainerDraft, bool) {
        let position = self.position;
        let throw = dice.throw() % 6;
        let container = match throw {
            0 | 1 => container,
            2 => container.network_mode(dice.one_of(&["none", "bridge"])),
            3 => container.network_mode("host"),
            4 => container.network_mode("container:other"),
            _ => match self.made.first() {
                Some(made) => container.network_mode(made.target(dice)),
                None => container,
            },
        };
        let mut container = container.exposes(70 + position);
        if throw < 2 {
            container = self.endpoints(container, is_single, dice);
        }
        if throw < 2 && is_single {
            let (port, host_port) = (format!("{}/udp", 80 + position), 8000 + 10 * position);
            container = dice.may(container, |container, _| container.exposes((port, host_port)));
            container = dice.may(container, |container, dice| {
                container.exposes((
                    90 + position,
                    8001 + 10 * position,
                    "lan",
                    dice.one_of(&["true", "false"]),
                ))
            });
        }
        (container, throw < 2 || throw == 4)
    }

    fn endpoints(&self, container: ContainerDraft, is_single: bool, dice: &mut Dice<'_>) -> ContainerDraft {
        let mut container = container;
        for (number, name) in NETWORKS.into_iter().enumerate().filter(|_| dice.is_lucky()).collect::<Vec<_>>()
        {
            let mut endpoint = Mapping::new().with("network_name", name);
            endpoint = dice.may(endpoint, |endpoint, _| endpoint.with("aliases", ["b", "a"]));
            if is_single {
                let address = format!("10.{number}.0.{}", 10 + self.position);
                endpoint = dice.may(endpoint, |endpoint, _| endpoint.with("ipv4_address", address));
                endpoint = dice.may(endpoint, |endpoint, _| endpoint.with("link_local_ips", "169.254.1.1"));
            }
            endpoint = dice.may(endpoint, |endpoint, dice| {
                endpoint.with("driver_options", Mapping::new().with("speed", dice.text()))
            });
            if let Some(made) = self.made.last().filter(|_| dice.is_lucky()) {
                endpoint = endpoint.with("links", [Value::from((made.target(dice), "other"))]);
            }
            container = container.networks(endpoint);
        }
        container
    }

    fn running(&self, container: ContainerDraft, dice: &mut Dice<'_>) -> ContainerDraft {
        let mut container = container;
        for made in self.made {
            if made.is_reachable {
                container = dice.may(container, |container, dice| {
                    container.links(made.target(dice)).links((made.target(dice), "alias"))
                });
            }
            container = dice.may(container, |container, dice| {
                let policy = dice.one_of(&["restart", "recreate"]);
                let container = dice.may(container, |container, _| container.follow((made.name, policy)));
                container.start((made.target(dice), dice.one_of(&["started", "completed"])))
            });
        }
        container = dice.may(container, |container, dice| {
            let command = Value::from(["run".into(), dice.text()]);
            let exec =
                Mapping::new().with("cmd", command).with("policy", dice.one_of(&["restart", "initial"]));
            container.exec_commands(dice.may(exec, |exec, _| exec.with("user", "app")))
        });
        dice.may(container, |container, dice| container.healthcheck(healthcheck(dice)))
    }
}

fn identity(container: ContainerDraft, dice: &mut Dice<'_>) -> ContainerDraft {
    let images = ["app", "team/app:1.10", "registry.example.com:5000/app:on", "/plain"];
    let container = container.image(dice.one_of(&images));
    let container =
        dice.may(container, |container, dice| container.user(dice.one_of(&["app", "0", "1000:www"])));
    let modes = ["0750", "u=rwX,g=rX,o=", "755"];
    let container = dice.may(container, |container, dice| container.permissions(dice.one_of(&modes)));
    let times = ["0", "10", "1m30s", "0.5", "1500ms"];
    let container = dice.may(container, |container, dice| container.stop_timeout(dice.one_of(&times)));
    let container = dice.may(container, |container, dice| container.start_delay(dice.one_of(&times)));
    let signals = ["TERM", "SIGRTMIN+3", "9"];
    let container = dice.may(container, |container, dice| container.stop_signal(dice.one_of(&signals)));
    let container = dice.may(container, |container, dice| {
        let strategy = dice.one_of(&["stop-first", "start-first", "rolling"]);
        container.update(Mapping::new().with("strategy", strategy).with("batch", "3"))
    });
    let container = dice.may(container, |container, _| container.build(build()));
    let container = dice.may(container, |container, _| container.anonymous_volumes("renew"));
    let container = dice.may(container, |container, dice| {
        let modes = ["strict", "at-least", "ignore"];
        container.compare("label", dice.one_of(&modes)).compare("cap_add", dice.one_of(&modes))
    });
    dice.may(container, |container, _| container.persistent(true))
}

/// An image is built in one way only, so this is the same for all that have it.
fn build() -> Mapping {
    Mapping::new()
        .with("context", "../app")
        .with("dockerfile_inline", "FROM scratch\nRUN echo \"$$A\"\n")
        .with("target", "on")
        .with("args", Mapping::new().with("A", "1.10").with("B", ""))
        .with("labels", Mapping::new().with("team", "true"))
        .with("platform", "linux/arm64")
        .with("pull", true)
        .with("ssh", ["default", "own=../agent"])
        .with("extra_hosts", ["db:10.0.0.5"])
        .with("network", "none")
}

fn healthcheck(dice: &mut Dice<'_>) -> Mapping {
    let test = match dice.throw() % 4 {
        0 => Value::from("NONE"),
        1 => dice.text(),
        2 => ["CMD-SHELL".into(), dice.text()].into(),
        _ => ["CMD".into(), "check".into(), dice.text()].into(),
    };
    let check = Mapping::new().with("test", test);
    let check = dice.may(check, |check, _| check.with("interval", "1m30s").with("timeout", "500ms"));
    dice.may(check, |check, _| check.with("retries", 3).with("start_period", "2h"))
}

fn volume(position: u16, dice: &mut Dice<'_>) -> Mapping {
    let mut volume = Mapping::new();
    volume = dice.may(volume, |volume, _| volume.with("default_path", format!("/default{position}")));
    volume = dice.may(volume, |volume, _| volume.with("driver", "nfs"));
    volume =
        dice.may(volume, |volume, dice| volume.with("driver_options", Mapping::new().with("a", dice.text())));
    volume = dice.may(volume, |volume, dice| {
        volume.with("create_options", Mapping::new().with("labels", Mapping::new().with("b", dice.text())))
    });
    volume = dice.may(volume, |volume, _| volume.with("user", 1000));
    dice.may(volume, |volume, _| volume.with("permissions", "u=rwX,go="))
}

fn options(container: ContainerDraft, dice: &mut Dice<'_>) -> ContainerDraft {
    let mut container = container;
    for name in ["A", "on", "1", "A B"] {
        container = dice.may(container, |container, dice| container.environment(name, dice.text()));
    }
    container = dice.may(container, |container, _| container.environment("GONE", Value::NULL));
    container = dice.may(container, |container, dice| {
        let sources = [SecretSource::File("a b.txt".into()), SecretSource::Env("TOKEN".into())];
        container.environment("SECRET", sources[dice.throw() % 2].clone())
    });
    container = dice
        .may(container, |container, dice| container.create_option("command", ["run".into(), dice.text()]));
    container =
        dice.may(container, |container, _| container.create_option("entrypoint", Vec::<Value>::new()));
    container = dice.may(container, |container, dice| {
        container.create_option("labels", Mapping::new().with("a.b", dice.text()))
    });
    container = dice.may(container, |container, _| container.create_option("tty", true));
    container = dice.may(container, |container, _| container.host_option("mem_limit", "1.5g"));
    container = dice.may(container, |container, _| container.host_option("cpu_shares", 512));
    dice.may(container, |container, _| {
        let policy = Mapping::new().with("Name", "on-failure").with("MaximumRetryCount", 3);
        container.host_option("restart_policy", policy).host_option("cap_add", ["NET_ADMIN"])
    })
}
