//! Genes as the text of a map.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::model::{Gene, Genome, is_job};

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
const VOLUMES: [&str; 4] = ["/run/app", "/var/log/app", "/var/lib/store", "/srv/data"];
/// Where a file system in memory is; an image declares a volume there.
const MEMORY: &str = VOLUMES[2];
/// `job` ends at once, `work` after a while; `remote` has to be pulled first, and `made` to be built, and so
/// does `based`, on `made`.
const IMAGES: [&str; 8] = ["server", "store", "tool", "job", "remote", "work", "made", "based"];
/// How the last two are built.
const BUILD: &str = "{dockerfile_inline: FROM scratch, args: {A: b}}";

/// Returns the text of the map `site`.
pub(crate) fn text(genome: &Genome) -> String {
    let mut writer = Writer::new(genome);
    let mut text = String::from("name: site\ncontainers:\n");
    for (index, name) in NAMES.iter().enumerate().take(genome.genes.len()) {
        let config = writer.config(index);
        writeln!(text, "  {name}: {{{}}}", config.join(", ")).unwrap();
    }
    text.push_str("volumes:\n");
    for (index, path) in VOLUMES.iter().enumerate() {
        writeln!(text, "  v{index}: {path}").unwrap();
    }
    if !genome.networks.is_empty() {
        text.push_str("networks:\n");
    }
    for (index, internal) in genome.networks.iter().enumerate() {
        let ipam = format!("{{ipam: {{pools: [{{subnet: 10.1.{index}.0/24}}]}}}}");
        writeln!(text, "  n{index}: {{internal: {internal}, create_options: {ipam}}}").unwrap();
    }
    text
}

/// Where a configuration's network namespace comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Default,
    Bridge,
    Host,
    None,
    Container(usize),
    Networks,
}

/// What is used of an earlier configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Used {
    Volume(usize),
    Container(usize),
}

struct Writer<'a> {
    genome: &'a Genome,
    /// The owner of each volume.
    owners: [Option<usize>; 4],
    /// Host ports and addresses that are given away: a map that wants one twice cannot be satisfied.
    published: BTreeSet<u8>,
}

impl<'a> Writer<'a> {
    fn new(genome: &'a Genome) -> Self {
        let owner = |volume: usize| genome.genes.iter().position(|gene| gene.attaches & (1 << volume) != 0);
        Self { genome, owners: [owner(0), owner(1), owner(2), owner(3)], published: BTreeSet::new() }
    }

    fn gene(&self, index: usize) -> &'a Gene {
        &self.genome.genes[index]
    }

    /// Returns how another configuration refers to one of a configuration's containers.
    fn instance(&self, index: usize, pick: u8) -> String {
        let name = NAMES[index];
        if !self.gene(index).has_instances {
            return name.to_owned();
        }
        format!("{name}.{}", if pick.is_multiple_of(2) { "x" } else { "y" })
    }

    fn mode(&self, index: usize) -> Mode {
        let gene = self.gene(index);
        match gene.mode {
            2 => Mode::Bridge,
            3 => Mode::Host,
            4 => Mode::None,
            5 | 6 => self
                .running(index, gene.links.first().copied().unwrap_or(0))
                .map_or(Mode::Default, Mode::Container),
            7.. if !self.genome.networks.is_empty() => Mode::Networks,
            _ => Mode::Default,
        }
    }

    /// Returns an earlier configuration whose containers keep running.
    fn running(&self, index: usize, pick: u8) -> Option<usize> {
        let earlier: Vec<usize> = (0..index).filter(|other| !is_job(self.gene(*other).image)).collect();
        earlier.get(usize::from(pick) % earlier.len().max(1)).copied()
    }

    fn config(&mut self, index: usize) -> Vec<String> {
        let gene = self.gene(index);
        let mut fields = vec![format!("image: {}", IMAGES[usize::from(gene.image)])];
        let mut field =
            |name: &str, value: Option<String>| fields.extend(value.map(|value| format!("{name}: {value}")));
        field("build", (gene.image >= 6).then(|| BUILD.to_owned()));
        field("instances", gene.has_instances.then(|| "[x, y]".to_owned()));
        field("shares", gene.shares.then(|| "[/share]".to_owned()));
        field("binds", gene.binds.then(|| format!("[[/etc/app, [/srv/{}, ro]]]", NAMES[index])));
        // A job that is not persistent, and whose end nobody waits for, would be wanted to run again and again.
        let must_persist = is_job(gene.image) && !self.is_waited_for(index);
        field("persistent", (gene.is_persistent || must_persist).then(|| "true".to_owned()));
        // Instances that take turns wait for each other's health, and a job has none for long.
        let takes_turns = is_job(gene.image) && (1..=3).contains(&gene.update);
        let check = ["'true'", "{test: 'true', interval: 5s, retries: 2}"][usize::from(gene.options % 2)];
        field("healthcheck", (gene.has_health && !takes_turns).then(|| check.to_owned()));
        let starts = self.starts(index);
        let within = ["", ", 30s", ", 10m"][index % 3];
        let starts = starts.iter().map(|(other, word)| format!("[{}, {word}{within}]", NAMES[*other]));
        field("start", list(&starts.collect::<Vec<_>>()));
        field("attaches", list(&self.attaches(index)));
        field("uses", list(&self.uses(index)));
        let mode = self.mode(index);
        field("links", list(&self.links(index, mode)));
        let network_mode = match mode {
            Mode::Default | Mode::Networks => None,
            Mode::Bridge => Some("bridge".to_owned()),
            Mode::Host => Some("host".to_owned()),
            Mode::None => Some("none".to_owned()),
            Mode::Container(owner) => Some(self.instance(owner, 0)),
        };
        field("network_mode", network_mode);
        field("follow", list(&self.follows(index, mode)));
        let updates =
            ["start-first", "rolling", "{strategy: start-first, batch: 1}", "{batch: 2}", "start-first"];
        field("update", updates.get(usize::from(gene.update)).map(|text| (*text).to_owned()));
        field("anonymous_volumes", gene.renews.then(|| "renew".to_owned()));
        let networks = if mode == Mode::Networks { self.networks(index) } else { Vec::new() };
        field("networks", list(&networks));
        field("exposes", list(&self.ports(index, mode)));
        field("create_options", options(gene, !matches!(mode, Mode::Host | Mode::Container(_))));
        field("host_config", host_options(gene, !self.own_mounts(index).contains(MEMORY)));
        field("user", ["", "2000", "app", "1500:1600"].get(usize::from(gene.user)).and_then(quoted));
        let permissions = ["", "u=rwX,g=rX,o=", "0750", "a+rX,g-w"];
        field("permissions", permissions.get(usize::from(gene.permissions)).and_then(quoted));
        // Nothing can be run in what ends by itself.
        let commands = [
            "",
            "warm up",
            "[[warm up, app, initial]]",
            "[warm up, [seed, root, initial]]",
            "[seed, warm up]",
        ];
        let commands = commands.get(usize::from(gene.commands)).filter(|text| !text.is_empty());
        field("exec_commands", commands.filter(|_| !is_job(gene.image)).map(|text| (*text).to_owned()));
        field("stop_timeout", (gene.stop == 1).then(|| "7".to_owned()));
        field("stop_signal", (gene.stop == 2).then(|| "SIGINT".to_owned()));
        fields
    }

    /// Returns the configurations that one waits for, and how far they have to be.
    fn starts(&self, index: usize) -> Vec<(usize, &'static str)> {
        let mut seen = BTreeSet::new();
        let picked = self.gene(index).starts.iter().filter(|_| index > 0).map(|(pick, far)| {
            let other = usize::from(*pick) % index;
            let gene = self.gene(other);
            let word = match far {
                0 => "started",
                _ if is_job(gene.image) => "completed",
                1 if gene.has_health => "healthy",
                _ => "started",
            };
            (other, word)
        });
        picked.filter(|(other, _)| seen.insert(*other)).collect()
    }

    /// Returns what a configuration does when those it depends on change; what the engine binds cannot be left.
    fn follows(&self, index: usize, mode: Mode) -> Vec<String> {
        let gene = self.gene(index);
        let mut needed: BTreeMap<usize, bool> = BTreeMap::new();
        let mut need = |other: usize, is_bound: bool| *needed.entry(other).or_default() |= is_bound;
        self.starts(index).iter().for_each(|(other, _)| need(*other, false));
        for (target, _) in self.seen(index) {
            match target {
                Used::Volume(volume) => need(self.owners[volume].unwrap_or(index), false),
                Used::Container(other) => need(other, true),
            }
        }
        self.link_targets(index, mode).iter().for_each(|(other, _)| need(*other, mode != Mode::Networks));
        if let Mode::Container(owner) = mode {
            need(owner, true);
        }
        let policies = needed.iter().filter(|(other, _)| **other != index).zip(gene.follows);
        let policies = policies.filter_map(|((other, is_bound), policy)| {
            let word = match policy {
                1 => "restart",
                2 => "recreate",
                3 if !is_bound => "leave",
                _ => return None,
            };
            Some(format!("[{}, {word}]", NAMES[*other]))
        });
        policies.collect()
    }

    /// Returns whether another configuration waits for the end of one.
    fn is_waited_for(&self, index: usize) -> bool {
        let mut others = index + 1..self.genome.genes.len();
        others.any(|other| self.starts(other).contains(&(index, "completed")))
    }

    fn attaches(&self, index: usize) -> Vec<String> {
        let own = self.owners.iter().enumerate().filter(|(_, owner)| **owner == Some(index));
        own.map(|(volume, _)| format!("v{volume}")).collect()
    }

    fn uses(&self, index: usize) -> Vec<String> {
        self.seen(index)
            .into_iter()
            .map(|(target, read_only)| {
                let name = match target {
                    Used::Volume(volume) => format!("v{volume}"),
                    Used::Container(other) => self.instance(other, 1),
                };
                format!("[{name}, {}]", if read_only { "ro" } else { "rw" })
            })
            .collect()
    }

    /// Returns what a configuration uses.
    fn seen(&self, index: usize) -> Vec<(Used, bool)> {
        let own = self.own_mounts(index);
        // A mount that hides one that comes with another container is a mistake in a map.
        let is_seen = |target: &Used| match target {
            Used::Volume(_) => true,
            Used::Container(other) => self.own_mounts(*other).is_disjoint(&own),
        };
        self.picked(index).into_iter().filter(|(target, _)| is_seen(target)).collect()
    }

    /// Returns what a configuration wants to use of the earlier ones.
    fn picked(&self, index: usize) -> Vec<(Used, bool)> {
        let volumes =
            self.owners.iter().enumerate().filter(|(_, owner)| owner.is_some_and(|owner| owner < index));
        let mut targets: Vec<Used> = volumes.map(|(volume, _)| Used::Volume(volume)).collect();
        let lends = |other: &usize| self.gene(*other).shares || self.gene(*other).binds;
        targets.extend((0..index).filter(lends).map(Used::Container));
        let mut seen = BTreeSet::new();
        let picked = self.gene(index).uses.iter().filter_map(|(pick, read_only)| {
            let target = *targets.get(usize::from(*pick) % targets.len().max(1))?;
            Some((target, *read_only)).filter(|_| seen.insert(target))
        });
        picked.collect()
    }

    /// Returns the paths at which a configuration mounts something by itself.
    fn own_mounts(&self, index: usize) -> BTreeSet<&'static str> {
        let gene = self.gene(index);
        let attached = self.owners.iter().enumerate().filter(|(_, owner)| **owner == Some(index));
        let used = self.picked(index).into_iter().filter_map(|(target, _)| match target {
            Used::Volume(volume) => Some(volume),
            Used::Container(_) => None,
        });
        let volumes = attached.map(|(volume, _)| volume).chain(used).map(|volume| VOLUMES[volume]);
        let fixed = [(gene.shares, "/share"), (gene.binds, "/etc/app")];
        fixed.into_iter().filter(|(is_there, _)| *is_there).map(|(_, path)| path).chain(volumes).collect()
    }

    /// A legacy link needs its target in the default bridge too.
    fn links(&self, index: usize, mode: Mode) -> Vec<String> {
        self.link_targets(index, mode).into_iter().map(|(_, name)| name).collect()
    }

    fn link_targets(&self, index: usize, mode: Mode) -> Vec<(usize, String)> {
        let on_bridge = |mode| matches!(mode, Mode::Default | Mode::Bridge);
        if !on_bridge(mode) && mode != Mode::Networks {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let picked = self.gene(index).links.iter().filter_map(|pick| {
            let target = self.running(index, *pick)?;
            (mode == Mode::Networks || on_bridge(self.mode(target)))
                .then(|| (target, self.instance(target, *pick)))
        });
        picked.filter(|(_, name)| seen.insert(name.clone())).collect()
    }

    fn networks(&mut self, index: usize) -> Vec<String> {
        let gene = self.gene(index);
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for (pick, alias, address) in &gene.networks {
            let network = usize::from(*pick) % self.genome.networks.len();
            if !seen.insert(network) {
                continue;
            }
            let alias = if *alias { format!("[al{index}]") } else { "[]".to_owned() };
            let host = 10 + pick % 4;
            let is_free = *address
                && !gene.has_instances
                && self.published.insert(100 + u8::try_from(network).unwrap() * 20 + host);
            found.push(if is_free {
                format!("[n{network}, {alias}, [], 10.1.{network}.{host}]")
            } else {
                format!("[n{network}, {alias}]")
            });
        }
        found
    }

    fn ports(&mut self, index: usize, mode: Mode) -> Vec<String> {
        let gene = self.gene(index);
        let has_own_network = !matches!(mode, Mode::Host | Mode::Container(_));
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for (port, host) in &gene.ports {
            if !seen.insert(port) {
                continue;
            }
            let port = ["80", "443", "53/udp"][usize::from(*port)];
            let may = *host > 0 && !gene.has_instances && has_own_network;
            let is_published = may && self.published.insert(*host);
            found.push(if is_published { format!("['{port}', 80{host:02}]") } else { format!("'{port}'") });
        }
        found
    }
}

fn quoted(text: &&str) -> Option<String> {
    (!text.is_empty()).then(|| format!("'{text}'"))
}

fn list(items: &[String]) -> Option<String> {
    (!items.is_empty()).then(|| format!("[{}]", items.join(", ")))
}

fn options(gene: &Gene, has_own_network: bool) -> Option<String> {
    let mut options: Vec<&str> = Vec::new();
    options.extend(match gene.environment {
        1 => Some("environment: {A: hidden-one}"),
        2 => Some("environment: {A: hidden-two, B: ''}"),
        3 => Some("environment: {LANG: null, A: hidden-one}"),
        4 => Some("environment: {A: !secret {env: TOKEN}}"),
        _ => None,
    });
    options.extend(match gene.words {
        1 => Some("command: run --fast"),
        2 => Some("entrypoint: [/own]"),
        3 => Some("command: [run], entrypoint: /own -x"),
        _ => None,
    });
    options.extend(match gene.options {
        1 => Some("working_dir: /srv, labels: {team: shop}"),
        2 => Some("tty: true, labels: {team: shop, vendor: me}"),
        3 if has_own_network => Some("hostname: other"),
        4 => Some("labels: {a: '1', b: '2'}, domainname: example.org"),
        5 => Some("labels: {a: '1'}, stdin_open: true"),
        _ => None,
    });
    (!options.is_empty()).then(|| format!("{{{}}}", options.join(", ")))
}

/// What is started again whenever it ends is no job.
fn host_options(gene: &Gene, has_room: bool) -> Option<String> {
    let options = match gene.host {
        1 => "mem_limit: 64m, cap_add: [NET_ADMIN]",
        2 => "mem_limit: 32m, init: true",
        3 if !is_job(gene.image) => "restart_policy: always",
        4 => "restart_policy: 'on-failure:3'",
        6 => "mem_limit: 64m, memswap_limit: -1, cpu_shares: 512, pids_limit: 100, ulimits: {nofile: 1024}",
        7 => {
            "mem_limit: 128m, nano_cpus: 500000000, cpuset_cpus: '0', privileged: true, \
             log_config: {type: json-file, config: {max-file: '2'}}"
        }
        5 if has_room => return Some(format!("{{tmpfs: {{{MEMORY}: size=1m}}}}")),
        _ => return None,
    };
    Some(format!("{{{options}}}"))
}
