//! Genes as the text of a map.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::model::{Gene, Genome, JOB};

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
const VOLUMES: [&str; 4] = ["/run/app", "/var/log/app", "/var/lib/store", "/srv/data"];
/// `job` ends at once; `remote` has to be pulled first.
const IMAGES: [&str; 5] = ["server", "store", "tool", "job", "remote"];

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
        writeln!(text, "  n{index}: {{internal: {internal}}}").unwrap();
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
        let earlier: Vec<usize> = (0..index).filter(|other| self.gene(*other).image != JOB).collect();
        earlier.get(usize::from(pick) % earlier.len().max(1)).copied()
    }

    fn config(&mut self, index: usize) -> Vec<String> {
        let gene = self.gene(index);
        let mut fields = vec![format!("image: {}", IMAGES[usize::from(gene.image)])];
        let mut field =
            |name: &str, value: Option<String>| fields.extend(value.map(|value| format!("{name}: {value}")));
        field("instances", gene.has_instances.then(|| "[x, y]".to_owned()));
        field("shares", gene.shares.then(|| "[/share]".to_owned()));
        field("binds", gene.binds.then(|| format!("[[/etc/app, [/srv/{}, ro]]]", NAMES[index])));
        // A job that is not persistent would be wanted to run again and again.
        field("persistent", (gene.is_persistent || gene.image == JOB).then(|| "true".to_owned()));
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
        let networks = if mode == Mode::Networks { self.networks(index) } else { Vec::new() };
        field("networks", list(&networks));
        field("exposes", list(&self.ports(index)));
        field("create_options", options(gene));
        field("user", ["", "2000", "app", "1500:1600"].get(usize::from(gene.user)).and_then(quoted));
        let permissions = ["", "u=rwX,g=rX,o=", "0750", "a+rX,g-w"];
        field("permissions", permissions.get(usize::from(gene.permissions)).and_then(quoted));
        field("stop_timeout", (gene.stop == 1).then(|| "7".to_owned()));
        field("stop_signal", (gene.stop == 2).then(|| "SIGINT".to_owned()));
        fields
    }

    fn attaches(&self, index: usize) -> Vec<String> {
        let own = self.owners.iter().enumerate().filter(|(_, owner)| **owner == Some(index));
        own.map(|(volume, _)| format!("v{volume}")).collect()
    }

    fn uses(&self, index: usize) -> Vec<String> {
        let volumes =
            self.owners.iter().enumerate().filter(|(_, owner)| owner.is_some_and(|owner| owner < index));
        let mut targets: Vec<String> = volumes.map(|(volume, _)| format!("v{volume}")).collect();
        for other in (0..index).filter(|other| self.gene(*other).shares || self.gene(*other).binds) {
            targets.push(self.instance(other, 1));
        }
        let mut seen = BTreeSet::new();
        let picked = self.gene(index).uses.iter().filter_map(|(pick, read_only)| {
            let target = targets.get(usize::from(*pick) % targets.len().max(1))?;
            Some((target, read_only)).filter(|_| seen.insert(target.clone()))
        });
        picked
            .map(|(target, read_only)| format!("[{target}, {}]", if *read_only { "ro" } else { "rw" }))
            .collect()
    }

    /// A legacy link needs its target in the default bridge too.
    fn links(&self, index: usize, mode: Mode) -> Vec<String> {
        let on_bridge = |mode| matches!(mode, Mode::Default | Mode::Bridge);
        if !on_bridge(mode) && mode != Mode::Networks {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let picked = self.gene(index).links.iter().filter_map(|pick| {
            let target = self.running(index, *pick)?;
            (mode == Mode::Networks || on_bridge(self.mode(target))).then(|| self.instance(target, *pick))
        });
        picked.filter(|target| seen.insert(target.clone())).collect()
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

    fn ports(&mut self, index: usize) -> Vec<String> {
        let gene = self.gene(index);
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for (port, host) in &gene.ports {
            if !seen.insert(port) {
                continue;
            }
            let port = ["80", "443", "53/udp"][usize::from(*port)];
            let is_published = *host > 0 && !gene.has_instances && self.published.insert(*host);
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

fn options(gene: &Gene) -> Option<String> {
    let mut options: Vec<&str> = Vec::new();
    options.extend(match gene.environment {
        1 => Some("environment: {A: hidden-one}"),
        2 => Some("environment: {A: hidden-two, B: ''}"),
        3 => Some("environment: {LANG: null, A: hidden-one}"),
        _ => None,
    });
    options.extend(match gene.words {
        1 => Some("command: run --fast"),
        2 => Some("entrypoint: [/own]"),
        3 => Some("command: [run], entrypoint: /own -x"),
        _ => None,
    });
    (!options.is_empty()).then(|| format!("{{{}}}", options.join(", ")))
}
