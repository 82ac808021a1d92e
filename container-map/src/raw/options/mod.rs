//! `create_options` and `host_config` as written (docker-map 10.1, 10.2, 10.5 and 10.6).
//!
//! Options stay what the text says until it is known which of them count: those of a configuration replace the inherited
//! ones of the same name, whichever of the two places they stand in.

mod disk;
mod ipam;
mod keys;
mod names;
mod read;
mod requests;
mod structured;
mod texts;
mod value;

use alloc::vec::Vec;

pub(crate) use self::names::{Name, spellings};
pub(crate) use self::read::Options;
pub(crate) use self::value::{OptionValue, strings, words};
use super::place::{Place, Problems};
use super::read::entries;
use crate::error::ViolationKind;
use crate::field::Span;
use crate::value::Mapping;
use crate::yaml::{Entry, Node, Value};

use self::names::spelling;

/// Where an option stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// `create_options`.
    Create,
    /// `host_config`.
    Host,
}

impl Section {
    /// Returns the key.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create_options",
            Self::Host => "host_config",
        }
    }
}

/// What the text says under `create_options` and `host_config`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RawOptions(Vec<RawOption>);

/// One option as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawOption {
    pub(crate) name: Name,
    /// Where it stands.
    pub(crate) section: Section,
    /// The name as written, which can be another one for the same option.
    pub(crate) written: &'static str,
    pub(crate) node: Node,
}

impl RawOptions {
    /// Reads the options of a section, besides those that are there already.
    pub(crate) fn read(&mut self, section: Section, node: &Node, problems: &mut Problems) {
        entries(node, "a mapping of options", problems, |entry, problems| {
            self.entry(section, entry, problems);
        });
    }

    fn entry(&mut self, section: Section, entry: &Entry, problems: &mut Problems) {
        let spelling = match spelling(&entry.key, section) {
            Ok(spelling) => spelling,
            Err(suggestion) => {
                let within = match section {
                    Section::Create => "`create_options`",
                    Section::Host => "`host_config`",
                };
                let kind = ViolationKind::UnknownKey { key: entry.key.clone(), within, suggestion };
                return problems.here(&entry.span, kind);
            }
        };
        match spelling.name {
            Name::HostConfig if section == Section::Create => {
                self.read(Section::Host, &entry.value, problems);
            }
            Name::Refused(_) if says_nothing(&entry.value) => {}
            Name::Refused(refused) => problems.here(&entry.span, refused.violation(spelling.written)),
            name if !name.fits(section) => {
                let option = spelling.written;
                problems
                    .here(&entry.span, ViolationKind::OptionMisplaced { option, found: section.as_str() });
            }
            name => {
                let node = entry.value.clone();
                self.0.push(RawOption { name, section, written: spelling.written, node });
            }
        }
    }

    /// Lays options over these ones; an option without a value ends what is inherited.
    pub(crate) fn merge(&mut self, over: &Self) {
        self.0.retain(|option| over.0.iter().all(|other| other.name != option.name));
        self.0.extend(over.0.iter().cloned());
    }

    /// Forgets what stands in a section.
    pub(crate) fn clear(&mut self, section: Section) {
        self.0.retain(|option| option.section != section);
    }

    /// Returns what stands in a section, as it was written.
    pub(crate) fn written(&self, section: Section) -> Mapping {
        let options = self.0.iter().filter(|option| option.section == section);
        Mapping(options.map(|option| (option.written.into(), option.node.clone().into())).collect())
    }

    /// Returns the place of an option, or that of the part of it that begins like this.
    pub(crate) fn place(&self, name: &str, part: &str) -> Place {
        let is_it = |option: &&RawOption| matches!(option.name, Name::Create(known) | Name::Host(known) if known == name);
        let Some(option) = self.0.iter().find(is_it) else {
            return Place::new(&Span::NOWHERE);
        };
        let span = match &option.node.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == part).map(|entry| &entry.span),
            Value::List(items) => {
                let begins =
                    |item: &&Node| matches!(&item.value, Value::Text(text) if text.starts_with(part));
                items.iter().find(|item| !part.is_empty() && begins(item)).map(|item| &item.span)
            }
            Value::Null | Value::Text(_) => None,
        };
        Place::new(span.unwrap_or(&option.node.span))
    }

    /// Returns how many values there are, to bound what is inherited.
    pub(crate) fn elements(&self) -> usize {
        self.0.iter().map(|option| elements(&option.node)).sum()
    }
}

fn elements(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Text(_) => 1,
        Value::List(items) => 1 + items.iter().map(elements).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|entry| elements(&entry.value)).sum::<usize>(),
    }
}

/// docker-map leaves out what is empty.
fn says_nothing(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Text(text) => matches!(text.as_str(), "" | "false"),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}
