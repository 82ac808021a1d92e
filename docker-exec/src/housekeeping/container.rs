//! Which containers go.

use std::collections::{BTreeMap, BTreeSet};

use container_map::{MapName, ResourceKey};
use map_planner::label::{self, Helper, Keepsake};
use map_planner::{ContainerRef, Slot};

use super::{Choice, LabelFilter, NamePattern};

/// A container of an engine, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundContainer {
    /// The engine's identifier.
    pub id: String,
    /// Its own name; the identifier if it has none.
    pub name: String,
    /// The names that links gave it, as `other/alias`.
    pub aliases: BTreeSet<String>,
    /// The image as it was named at creation.
    pub image: String,
    /// The identifier of the image.
    pub image_id: String,
    /// The engine's word for its state: `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    pub state: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// What it has written beside its volumes, in bytes; 0 if the engine does not say.
    pub size: u64,
}

/// Whose a container is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Belonging {
    /// Not dmap's.
    Foreign,
    /// A container of a map, under its own name.
    Map(MapName),
    /// What a run of dmap works with or left: a successor, a predecessor, a helper. The next run goes on from there.
    Run(MapName),
    /// The record of what was done for a map.
    Record(MapName),
    /// The lease of who works on a map.
    Lease(MapName),
}

impl Belonging {
    /// Returns the map that a container is of.
    pub fn map(&self) -> Option<&MapName> {
        match self {
            Self::Foreign => None,
            Self::Map(map) | Self::Run(map) | Self::Record(map) | Self::Lease(map) => Some(map),
        }
    }
}

impl FoundContainer {
    /// Returns whose it is. As everywhere, a label counts only with the name that belongs to it.
    pub fn belonging(&self) -> Belonging {
        if let Some(keepsake) = Keepsake::of(&self.name, &self.labels) {
            let map = self.name.split_once('.').and_then(|(_, map)| map.parse().ok());
            return match (keepsake, map) {
                (_, None) => Belonging::Foreign,
                (Keepsake::Lease, Some(map)) => Belonging::Lease(map),
                (Keepsake::Record, Some(map)) => Belonging::Record(map),
            };
        }
        if let Some(helper) = Helper::of(&self.name, &self.labels) {
            return match helper {
                Helper::Carrier(volume) | Helper::Look(volume) => Belonging::Run(volume.map),
                Helper::Run(container) => Belonging::Run(container.map),
            };
        }
        let key = self.labels.get(label::KEY).and_then(|key| key.parse().ok());
        let Some(ResourceKey::Container(key)) = key.filter(|_| label::is_ours(&self.name, &self.labels))
        else {
            return Belonging::Foreign;
        };
        let is_current = ContainerRef::new(&key, Slot::Current).docker_name() == self.name;
        if is_current { Belonging::Map(key.map) } else { Belonging::Run(key.map) }
    }

    /// Returns whether it was never started.
    pub fn is_new(&self) -> bool {
        matches!(self.state.as_str(), "created" | "")
    }

    /// Returns whether it ran and runs no more.
    pub fn is_stopped(&self) -> bool {
        matches!(self.state.as_str(), "exited" | "dead")
    }

    fn has_name(&self, patterns: &[NamePattern]) -> bool {
        let mut names = self.aliases.iter().chain([&self.name]);
        names.any(|name| patterns.iter().any(|pattern| pattern.fits(name)))
    }
}

/// How far rules reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Containers that ran and run no more (`exited` and `dead`).
    Stopped,
    /// These, and those that were never started (`created`).
    Idle,
    /// All of them.
    All,
}

/// Which containers go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerRules {
    /// In which states they are.
    pub reach: Reach,
    /// Whether those of maps go too. With [`Reach::All`] also what dmap's runs left; never what is of a map that somebody
    /// works on.
    pub of_maps: bool,
    /// Only those of these maps; empty for all containers. Implies `of_maps`.
    pub maps: BTreeSet<MapName>,
    /// Only those with one of these names; empty for all.
    pub names: Vec<NamePattern>,
    /// Only those with all of these labels.
    pub labels: Vec<LabelFilter>,
    /// None with one of these names, of their own or by a link.
    pub exclude: Vec<NamePattern>,
}

/// Why a container stays that the names, labels and maps of rules are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spared {
    /// Its name was excluded.
    Excluded,
    /// It was never started.
    NeverStarted,
    /// It is a container of a map.
    OfMap,
    /// Runs of dmap need it.
    Needed,
    /// Somebody works on its map.
    Leased,
}

impl ContainerRules {
    /// Returns rules for stopped containers that are of no map.
    pub fn stopped() -> Self {
        Self {
            reach: Reach::Stopped,
            of_maps: false,
            maps: BTreeSet::new(),
            names: Vec::new(),
            labels: Vec::new(),
            exclude: Vec::new(),
        }
    }

    /// Returns rules for all containers, of maps or not.
    pub fn all() -> Self {
        Self { reach: Reach::All, of_maps: true, ..Self::stopped() }
    }

    /// Chooses, by name.
    pub fn choose(&self, found: &[FoundContainer]) -> Choice<FoundContainer, Spared> {
        let lease = |container: &FoundContainer| match container.belonging() {
            Belonging::Lease(map) => Some(map),
            Belonging::Foreign | Belonging::Map(_) | Belonging::Run(_) | Belonging::Record(_) => None,
        };
        let leased: BTreeSet<MapName> = found.iter().filter_map(lease).collect();
        let mut choice = Choice { chosen: Vec::new(), spared: Vec::new() };
        for container in found.iter().filter(|container| self.is_about(container)) {
            match self.spares(container, &leased) {
                None => choice.chosen.push(container.clone()),
                Some(why) => choice.spared.push((container.clone(), why)),
            }
        }
        choice.chosen.sort_by(|a, b| a.name.cmp(&b.name));
        choice.spared.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        choice
    }

    /// Returns whether a container is in the states, and has the names, labels and maps that are asked for.
    fn is_about(&self, container: &FoundContainer) -> bool {
        let is_reached = match self.reach {
            Reach::Stopped | Reach::Idle => container.is_stopped() || container.is_new(),
            Reach::All => true,
        };
        is_reached
            && (self.names.is_empty() || container.has_name(&self.names))
            && self.labels.iter().all(|label| label.fits(&container.labels))
            && (self.maps.is_empty()
                || container.belonging().map().is_some_and(|map| self.maps.contains(map)))
    }

    fn spares(&self, container: &FoundContainer, leased: &BTreeSet<MapName>) -> Option<Spared> {
        let belonging = container.belonging();
        if container.has_name(&self.exclude) {
            return Some(Spared::Excluded);
        }
        if belonging.map().is_some_and(|map| leased.contains(map)) {
            return Some(Spared::Leased);
        }
        let takes_maps = self.of_maps || !self.maps.is_empty();
        match (belonging, self.reach) {
            (Belonging::Foreign, _) => {}
            (Belonging::Map(_), _) | (Belonging::Run(_) | Belonging::Record(_), Reach::All) if takes_maps => {
            }
            (Belonging::Map(_), _) => return Some(Spared::OfMap),
            // Only a map's lease makes it leased, so none is here; a lease is never removed from under its holder.
            (Belonging::Run(_) | Belonging::Record(_) | Belonging::Lease(_), _) => {
                return Some(Spared::Needed);
            }
        }
        (container.is_new() && self.reach == Reach::Stopped).then_some(Spared::NeverStarted)
    }
}

#[cfg(test)]
mod tests;
