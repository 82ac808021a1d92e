//! `extends`: a configuration starts from others (docker-map 4.1).
//!
//! Bases are merged in the order they are named, then the configuration itself. A value replaces an inherited one; lists
//! grow by what is new; elements with a key replace inherited ones of the same key where they stand.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::ViolationKind;
use crate::graph::Dag;
use crate::raw::{Pairs, Problems, RawContainer, RawMap, RawNetwork, RawVolume, Text};

/// How many elements all configurations of a map can inherit together: far more than anybody writes, and few enough that
/// a chain of thousands of bases ends.
const MOST_INHERITED: usize = 4_000_000;

/// The configurations that others start from, with all that they inherit themselves.
#[derive(Debug)]
pub(crate) struct Inheritance {
    bases: BTreeMap<String, RawContainer>,
}

impl Inheritance {
    /// Follows `extends`; reports unknown bases and cycles.
    pub(crate) fn new(containers: &[(Text, RawContainer)], problems: &mut Problems) -> Self {
        let by_name: BTreeMap<&str, &RawContainer> =
            containers.iter().map(|(name, container)| (name.as_str(), container)).collect();
        let mut inheritance = Self { bases: BTreeMap::new() };
        if containers.iter().all(|(_, container)| container.extends.is_empty()) {
            return inheritance;
        }
        let edges = edges(containers, &by_name, problems);
        let extended: BTreeSet<&str> = edges.values().flatten().copied().collect();
        let mut inherited = 0_usize;
        for name in order(edges, containers, problems) {
            let Some(own) = by_name.get(name) else { continue };
            inherited += inheritance.bases_of(own).map(RawContainer::elements).sum::<usize>();
            if inherited > MOST_INHERITED {
                if let Some(base) = own.extends.first() {
                    let most = MOST_INHERITED;
                    problems.report(&base.place, ViolationKind::TooMuchInherited { most });
                }
                // Nobody inherits anything then: what has few bases would still be as large as all of it together.
                inheritance.bases.clear();
                break;
            }
            if extended.contains(name) {
                let merged = inheritance.merged(own).into_owned();
                inheritance.bases.insert(name.to_string(), merged);
            }
        }
        inheritance
    }

    /// Returns a configuration with all it inherits.
    pub(crate) fn merged<'a>(&self, own: &'a RawContainer) -> Cow<'a, RawContainer> {
        let mut bases = self.bases_of(own);
        let Some(first) = bases.next() else {
            return Cow::Borrowed(own);
        };
        let mut result = first.clone();
        result.extends.clear();
        result.is_abstract = None;
        for base in bases {
            merge(&mut result, base);
        }
        merge(&mut result, own);
        Cow::Owned(result)
    }

    fn bases_of(&self, own: &RawContainer) -> impl Iterator<Item = &RawContainer> {
        own.extends.iter().filter_map(|base| self.bases.get(base.as_str()))
    }
}

type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn edges<'a>(
    containers: &'a [(Text, RawContainer)],
    by_name: &BTreeMap<&'a str, &RawContainer>,
    problems: &mut Problems,
) -> Edges<'a> {
    let mut edges = Edges::new();
    for (name, container) in containers {
        let bases = edges.entry(name.as_str()).or_default();
        for base in &container.extends {
            if by_name.contains_key(base.as_str()) {
                bases.insert(base.as_str());
                continue;
            }
            let suggestion = problems.closest(base.as_str(), by_name.keys().copied());
            let kind =
                ViolationKind::UnknownBase { name: base.value.clone(), by: name.value.clone(), suggestion };
            problems.report(&base.place, kind);
        }
    }
    edges
}

/// Returns the names, bases first; reports cycles and leaves them out.
fn order<'a>(
    mut edges: Edges<'a>,
    containers: &'a [(Text, RawContainer)],
    problems: &mut Problems,
) -> Vec<&'a str> {
    loop {
        let cycles = match Dag::new(edges.clone()) {
            Ok(dag) => return dag.order().to_vec(),
            Err(cycles) => cycles,
        };
        for cycle in cycles {
            let place = containers.iter().find(|(name, _)| Some(&name.as_str()) == cycle.0.first());
            if let Some((name, container)) = place {
                let next = |base: &&Text| Some(&base.as_str()) == cycle.0.get(1);
                let place = container.extends.iter().find(next).map_or(&name.place, |base| &base.place);
                let path = cycle.0.iter().map(ToString::to_string).collect();
                problems.report(place, ViolationKind::ExtendsCycle { path });
            }
            for name in cycle.0 {
                edges.remove(name);
            }
        }
        let known: BTreeSet<&str> = edges.keys().copied().collect();
        for bases in edges.values_mut() {
            bases.retain(|base| known.contains(base));
        }
    }
}

/// Merges a configuration into an inherited one (docker-map 4.1); what it sets to nothing or replaces is inherited no more.
pub(crate) fn merge(target: &mut RawContainer, source: &RawContainer) {
    for key in &source.cleared {
        target.clear(key);
    }
    replace(&mut target.image, source.image.as_ref());
    match (&mut target.build, &source.build) {
        (Some(build), Some(over)) => build.merge(over),
        (build, over) => replace(build, over.as_ref()),
    }
    append(&mut target.instances, &source.instances);
    append(&mut target.clients, &source.clients);
    append(&mut target.shares, &source.shares);
    keyed(&mut target.binds, &source.binds, |bind| bind.target.as_str());
    keyed(&mut target.attaches, &source.attaches, |attach| attach.name.as_str());
    keyed(&mut target.uses, &source.uses, |used| used.name.as_str());
    append(&mut target.links, &source.links);
    keyed(&mut target.exposes, &source.exposes, |expose| expose.port.as_str());
    replace(&mut target.user, source.user.as_ref());
    replace(&mut target.permissions, source.permissions.as_ref());
    replace(&mut target.stop_timeout, source.stop_timeout.as_ref());
    replace(&mut target.stop_signal, source.stop_signal.as_ref());
    replace(&mut target.start_delay, source.start_delay.as_ref());
    replace(&mut target.network_mode, source.network_mode.as_ref());
    keyed(&mut target.networks, &source.networks, |endpoint| endpoint.network.as_str());
    append(&mut target.exec_commands, &source.exec_commands);
    replace(&mut target.healthcheck, source.healthcheck.as_ref());
    keyed(&mut target.start, &source.start, |start| start.container.as_str());
    keyed(&mut target.follow, &source.follow, |follow| follow.container.as_str());
    replace(&mut target.update, source.update.as_ref());
    replace(&mut target.anonymous_volumes, source.anonymous_volumes.as_ref());
    replace(&mut target.persistent, source.persistent.as_ref());
    join(&mut target.compare, source.compare.clone(), |mode, over| *mode = over);
    // One level deep: an environment replaces an inherited one.
    target.options.merge(&source.options);
}

/// Lays a map over another one of the same name (docker-map 4.2): configurations, volumes and networks of both are
/// merged, host paths replaced per alias, single values replaced.
pub(crate) fn overlay(map: &mut RawMap, over: RawMap) {
    let RawMap {
        place: _,
        name: _,
        has_name: _,
        lines: _,
        include: _,
        repository,
        default_tag,
        default_domain,
        set_hostname,
        use_attached_parent_name,
        compare,
        clients,
        client_configs,
        groups,
        containers,
        volumes,
        host,
        host_root,
        networks,
    } = over;
    replace(&mut map.repository, repository.as_ref());
    replace(&mut map.default_tag, default_tag.as_ref());
    replace(&mut map.default_domain, default_domain.as_ref());
    replace(&mut map.set_hostname, set_hostname.as_ref());
    replace(&mut map.use_attached_parent_name, use_attached_parent_name.as_ref());
    replace(&mut map.host_root, host_root.as_ref());
    join(&mut map.compare, compare, |mode, over| *mode = over);
    append(&mut map.clients, &clients);
    // Where both configure a client, they say the same, or that was reported.
    join(&mut map.client_configs, client_configs, |_, _| {});
    join(&mut map.groups, groups, |members, over| *members = over);
    join(&mut map.host, host, |paths, over| *paths = over);
    join(&mut map.volumes, volumes, volume);
    join(&mut map.networks, networks, network);
    join(&mut map.containers, containers, |container, over| {
        merge(container, &over);
        replace(&mut container.is_abstract, over.is_abstract.as_ref());
        if !over.extends.is_empty() {
            container.extends.clone_from(&over.extends);
        }
        container.cleared.extend(&over.cleared);
    });
}

fn volume(target: &mut RawVolume, over: RawVolume) {
    let RawVolume { default_path, driver, driver_options, labels, user, permissions } = over;
    replace(&mut target.default_path, default_path.as_ref());
    replace(&mut target.driver, driver.as_ref());
    pairs(&mut target.driver_options, driver_options);
    replace(&mut target.labels, labels.as_ref());
    replace(&mut target.user, user.as_ref());
    replace(&mut target.permissions, permissions.as_ref());
}

fn network(target: &mut RawNetwork, over: RawNetwork) {
    let RawNetwork { driver, driver_options, internal, labels, enable_ipv6, attachable, ipam } = over;
    replace(&mut target.driver, driver.as_ref());
    pairs(&mut target.driver_options, driver_options);
    replace(&mut target.internal, internal.as_ref());
    replace(&mut target.labels, labels.as_ref());
    replace(&mut target.enable_ipv6, enable_ipv6.as_ref());
    replace(&mut target.attachable, attachable.as_ref());
    replace(&mut target.ipam, ipam.as_ref());
}

/// Merges names with values: those of both get the second one's.
pub(crate) fn pairs(target: &mut Pairs, source: Pairs) {
    join(target, source, |value, over| *value = over);
}

/// Merges named things: those of both with `merge`, the others are added.
pub(crate) fn join<T>(target: &mut Vec<(Text, T)>, source: Vec<(Text, T)>, merge: impl Fn(&mut T, T)) {
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    for (position, (name, _)) in target.iter().enumerate() {
        positions.entry(name.value.clone()).or_insert(position);
    }
    for (name, value) in source {
        match positions.get(name.as_str()).and_then(|position| target.get_mut(*position)) {
            Some((_, existing)) => merge(existing, value),
            None => target.push((name, value)),
        }
    }
}

pub(crate) fn replace<T: Clone>(target: &mut Option<T>, source: Option<&T>) {
    if let Some(source) = source {
        *target = Some(source.clone());
    }
}

pub(crate) fn append<T: Clone + PartialEq>(target: &mut Vec<T>, source: &[T]) {
    for element in source {
        if !target.contains(element) {
            target.push(element.clone());
        }
    }
}

/// Several elements of one key (a port published twice) replace the inherited ones together.
fn keyed<T: Clone>(target: &mut Vec<T>, source: &[T], key: impl Fn(&T) -> &str) {
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    let mut result = Vec::with_capacity(target.len() + source.len());
    for inherited in target.iter() {
        let name = key(inherited);
        let mut replacing = source.iter().filter(|element| key(element) == name).peekable();
        match replacing.peek().map(|first| key(first)) {
            None => result.push(inherited.clone()),
            Some(name) if placed.insert(name) => result.extend(replacing.cloned()),
            Some(_) => {}
        }
    }
    result.extend(source.iter().filter(|element| !placed.contains(key(element))).cloned());
    *target = result;
}
