//! Which configurations of a map need which others, and why: what `dmap graph` draws.
//!
//! All containers of a configuration need the same, so a configuration is one node, however many instances it has.

mod dot;
mod mermaid;
mod needs;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use container_map::{ConfigName, ContainerKey, ContainerMap, InstanceName, MapName, Selection};

use self::needs::{Part, needs};

pub(crate) use self::dot::dot;
pub(crate) use self::mermaid::mermaid;
pub(crate) use self::tree::tree;

/// From how many instances on their number is shown and not their names.
const MANY: usize = 6;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Containers.
    Containers,
    /// Containers, the volumes they mount and the networks they join.
    All,
}

/// What is drawn of a map.
#[derive(Debug)]
pub(crate) struct Graph {
    map: MapName,
    // Invariant: what a node needs is a position of this list, and no node needs itself, not even through others.
    nodes: Vec<Node>,
}

/// A configuration, a volume or a network.
#[derive(Debug)]
struct Node {
    kind: Kind,
    /// Its name in the map, with its instances.
    label: String,
    /// What it needs, with the reasons.
    needs: BTreeMap<usize, BTreeSet<String>>,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Container,
    Volume,
    Network,
}

impl Graph {
    /// Finds what a selection of a map needs.
    pub(crate) fn new(map: &ContainerMap, selection: &Selection, detail: Detail) -> Self {
        let reached = reached(map, selection);
        let mut graph = Self { map: map.name().clone(), nodes: Vec::new() };
        let mut positions = BTreeMap::new();
        let here = || map.containers().iter().filter(|(name, _)| reached.contains_key(*name));
        for (name, _) in here() {
            positions.insert(Part::Container(name.clone()), graph.nodes.len());
            graph.nodes.push(Node::new(Kind::Container, labelled(name, &reached[name])));
        }
        for (position, (name, config)) in here().enumerate() {
            for need in needs(map, name, config) {
                if detail == Detail::Containers && need.part.kind() != Kind::Container {
                    continue;
                }
                let why = need.words();
                let to = *positions.entry(need.part).or_insert_with_key(|part| {
                    graph.nodes.push(Node::new(part.kind(), part.to_string()));
                    graph.nodes.len() - 1
                });
                graph.nodes[position].needs.entry(to).or_default().insert(why);
            }
        }
        graph
    }

    /// Returns the nodes that no other one needs.
    fn roots(&self) -> Vec<usize> {
        let needed: BTreeSet<usize> = self.nodes.iter().flat_map(|node| node.needs.keys().copied()).collect();
        (0..self.nodes.len()).filter(|node| !needed.contains(node)).collect()
    }
}

impl Node {
    fn new(kind: Kind, label: String) -> Self {
        Self { kind, label, needs: BTreeMap::new() }
    }
}

/// Returns reasons as one text.
fn words(why: &BTreeSet<String>) -> String {
    why.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Returns the containers of a selection and those they need, by configuration.
fn reached(map: &ContainerMap, selection: &Selection) -> BTreeMap<ConfigName, BTreeSet<ContainerKey>> {
    let mut found: BTreeMap<ConfigName, BTreeSet<ContainerKey>> = BTreeMap::new();
    let mut next: Vec<ContainerKey> = match selection {
        Selection::Whole => map.keys().collect(),
        Selection::Some(keys) => keys.iter().cloned().collect(),
    };
    while let Some(key) = next.pop() {
        let name = key.config.clone();
        let is_new = !found.contains_key(&name);
        found.entry(name.clone()).or_default().insert(key);
        // What one instance needs, all need.
        if let Some(config) = map.containers().get(&name).filter(|_| is_new) {
            next.extend(needs(map, &name, config).iter().flat_map(|need| need.containers(map)));
        }
    }
    found
}

/// Returns a configuration's name with the instances that are drawn.
fn labelled(name: &ConfigName, keys: &BTreeSet<ContainerKey>) -> String {
    let instances: Vec<&str> =
        keys.iter().filter_map(|key| key.instance.as_ref()).map(InstanceName::as_str).collect();
    match instances.len() {
        0 => name.to_string(),
        many if many >= MANY => format!("{name} [{many} instances]"),
        _ => format!("{name} [{}]", instances.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use container_map::Project;

    use super::*;

    /// Returns the drawings of a map of all kinds of needs.
    pub(super) fn example(targets: &[&str], detail: Detail) -> Graph {
        let project = Project::from(ContainerMap::load(MAP).unwrap());
        let targets: Vec<String> = targets.iter().map(|target| (*target).to_owned()).collect();
        let selected = project.select(&targets).unwrap();
        let map = project.maps().next().unwrap();
        Graph::new(map, &selected[map.name()], detail)
    }

    const MAP: &str = "
name: site
web:
  instances: [blue, green]
  uses: socket
  links: cache
  networks: [front, {back: {links: db}}]
app:
  attaches: socket
  start: {db: healthy}
  networks: back
worker: {network_mode: app, uses: db, start: {migrate: completed}}
migrate: {links: db}
cache: {}
db: {attaches: data, shares: /tmp}
many: {instances: [a, b, c, d, e, f], links: web.blue}
volumes: {socket: /run/app, data: /var/lib/db}
networks: {front: , back: }
";

    #[test]
    fn a_selection_has_what_it_needs_and_nothing_else() {
        let labels = |targets: &[&str]| -> Vec<String> {
            let graph = example(targets, Detail::Containers);
            graph.nodes.into_iter().map(|node| node.label).collect()
        };
        assert_eq!(labels(&["migrate"]), ["migrate", "db"]);
        assert_eq!(labels(&["web.green"]), ["web [green]", "app", "cache", "db"]);
        assert_eq!(labels(&["many.a"]), ["web [blue]", "app", "cache", "db", "many [a]"]);
        let all = ["web [blue, green]", "app", "worker", "migrate", "cache", "db", "many [6 instances]"];
        assert_eq!(labels(&[]), all);
    }

    #[test]
    fn what_is_drawn_is_what_the_map_depends_on() {
        let map = ContainerMap::load(MAP).unwrap();
        let graph = Graph::new(&map, &Selection::Whole, Detail::Containers);
        for (name, node) in map.containers().keys().zip(&graph.nodes) {
            let key = &map.instances(name)[0];
            let wanted: BTreeSet<String> =
                map.dependencies(key).iter().map(|key| key.config.to_string()).collect();
            let name_of = |at: &usize| graph.nodes[*at].label.split(' ').next().unwrap().to_owned();
            let drawn: BTreeSet<String> = node.needs.keys().map(name_of).collect();
            assert_eq!(drawn, wanted, "{name}");
        }
    }
}
