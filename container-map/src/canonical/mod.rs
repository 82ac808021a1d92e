//! The canonical form: a map written out in full, so that whoever reads it needs to know one notation only.
//!
//! Configurations stand under `containers`, every element of a list names its fields, and nothing is there that was not
//! set. Both a checked map and what the files literally say are written through the same raw form, so each key has one
//! home here.

mod raise;
mod write;
mod yaml;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use self::yaml::{Dollars, Style, Styled};
use crate::config::OptionTable;
use crate::map::ContainerMap;
use crate::raw::RawMap;
use crate::value::{Mapping, Value};

/// A map in its canonical form, to be printed.
///
/// `Display` writes YAML, and any serializer of serde another notation. Where a notation has no tags, a secret is a
/// mapping of `secret` to its source, and what stands instead of all that is inherited one of `override`.
///
/// ```
/// let text = "{name: site, web: {image: nginx, exposes: {80: 8080}}}";
/// let map = container_map::load(text, container_map::LoadOptions::default())?;
/// assert_eq!(map.document().to_string(), "\
/// name: site
/// containers:
///   web:
///     image: nginx:latest
///     exposes:
///     - exposed_port: 80
///       host_port: 8080
/// ");
/// # Ok::<(), container_map::LoadError>(())
/// ```
pub struct Document<'a> {
    head: Mapping,
    sections: Vec<(&'static str, Section<'a>)>,
    dollars: Dollars,
}

/// Named values, each made when it is written: those of a large map together would be larger than the map.
struct Section<'a> {
    names: Vec<&'a str>,
    value: Box<dyn Fn(usize) -> Value + 'a>,
}

impl ContainerMap {
    /// Returns the map in its canonical form, with all that its configurations inherit.
    ///
    /// What is written is read as an equal map.
    pub fn document(&self) -> Document<'_> {
        let containers = self.containers.iter().map(|(name, config)| (name.as_str(), config));
        let volumes = self.volumes.iter().map(|(name, volume)| (name.as_str(), volume));
        let host = self.host.paths.iter().map(|(alias, paths)| (alias.as_str(), paths));
        let networks = self.networks.iter().map(|(name, network)| (name.as_str(), network));
        Document::new(write::head(&raise::head(self)), Dollars::Doubled)
            .with("containers", containers, |config| {
                let (create, host) = (config.create_options.write(), config.host_config.write());
                write::container(&raise::container(config, self), create, host)
            })
            .with("volumes", volumes, |volume| write::volume(&raise::volume(volume)))
            .with("host", host, |paths| write::host_paths(&raise::host_paths(paths)))
            .with("networks", networks, |network| write::network(&raise::network(network)))
    }
}

/// Returns what the files of a map say, in long form: nothing is inherited, and variables are as they were written.
pub(crate) fn raw_document(raw: &RawMap) -> Document<'_> {
    let containers = raw.containers.iter().map(|(name, container)| (name.as_str(), container));
    let volumes = raw.volumes.iter().map(|(name, volume)| (name.as_str(), volume));
    let host = raw.host.iter().map(|(alias, paths)| (alias.as_str(), paths));
    let networks = raw.networks.iter().map(|(name, network)| (name.as_str(), network));
    Document::new(write::head(raw), Dollars::AsTheyAre)
        .with("containers", containers, write::raw_container)
        .with("volumes", volumes, write::volume)
        .with("host", host, write::host_paths)
        .with("networks", networks, write::network)
}

impl<'a> Document<'a> {
    fn new(head: Mapping, dollars: Dollars) -> Self {
        Self { head, sections: Vec::new(), dollars }
    }

    /// Adds a section, unless it is empty.
    fn with<T: 'a>(
        mut self,
        key: &'static str,
        things: impl Iterator<Item = (&'a str, &'a T)>,
        value: impl Fn(&T) -> Value + 'a,
    ) -> Self {
        let (names, things): (Vec<_>, Vec<_>) = things.unzip();
        if !names.is_empty() {
            let value = Box::new(move |position: usize| value(things[position]));
            self.sections.push((key, Section { names, value }));
        }
        self
    }

    /// Returns the whole document as one mapping.
    pub(crate) fn into_mapping(self) -> Mapping {
        let mut mapping = self.head;
        for (key, section) in self.sections {
            let entries = section.names.iter().enumerate();
            let entries =
                entries.map(|(position, name)| (String::from(*name).into(), (section.value)(position)));
            mapping.set(key, Mapping(entries.collect()).into());
        }
        mapping
    }
}

impl Serialize for Styled<'_, Document<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Mapping(head) = &self.what.head;
        let sections = &self.what.sections;
        let mut map = serializer.serialize_map(Some(head.len() + sections.len()))?;
        for (key, value) in head {
            map.serialize_entry(key, &self.inside(value))?;
        }
        for (key, section) in sections {
            map.serialize_entry(key, &self.inside(section))?;
        }
        map.end()
    }
}

impl Serialize for Styled<'_, Section<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = &self.what.names;
        let mut map = serializer.serialize_map(Some(names.len()))?;
        for (position, name) in names.iter().enumerate() {
            map.serialize_entry(name, &self.inside(&(self.what.value)(position)))?;
        }
        map.end()
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Styled { what: self, style: Style::plain(self.dollars) }.serialize(serializer)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Styled { what: self, style: Style::plain(Dollars::AsTheyAre) }.serialize(serializer)
    }
}

impl fmt::Display for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        yaml::write(&Styled { what: self, style: Style::yaml(self.dollars) }, f)
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").finish_non_exhaustive()
    }
}
