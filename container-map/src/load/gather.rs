//! Reading of files, and of those they include.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Files, ProjectError, ProjectFiles, Source, tree, unreadable};
use crate::Variables;
use crate::client::RawClients;
use crate::error::{LoadError, ViolationKind};
use crate::field::SourceId;
use crate::locate::Root;
use crate::raw::{Problems, RawMap, Text};
use crate::variables::{distribute, folder, join};
use crate::yaml::{Node, parse};

/// How many files can include each other in a row; every one takes some of the stack.
const DEEPEST: usize = 32;

/// All that was read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) sources: Vec<Source>,
    /// What each source is.
    pub(super) roots: Vec<Root>,
    /// The raw maps, what is included before what includes it.
    pub(super) maps: Vec<RawMap>,
    pub(super) clients: RawClients,
    pub(super) problems: Problems,
}

/// Reads the files of a project; without variables, their texts stay as written.
pub(super) fn gather(
    files: &ProjectFiles,
    reader: &mut dyn Files,
    variables: Option<&Variables>,
) -> Result<Gathered, Box<ProjectError>> {
    let mut gatherer = Gatherer { reader, variables, gathered: Gathered::default(), open: Vec::new() };
    for path in &files.maps {
        // A file without a name is laid over the map before it.
        let name = gatherer.gathered.maps.last().and_then(|map| map.name.clone());
        if let Err(error) = gatherer.file(path, name.as_ref()) {
            return Err(Box::new(ProjectError { sources: gatherer.gathered.sources, error }));
        }
    }
    if let Some(path) = &files.clients
        && let Err(error) = gatherer.clients(path)
    {
        return Err(Box::new(ProjectError { sources: gatherer.gathered.sources, error }));
    }
    Ok(gatherer.gathered)
}

struct Gatherer<'a> {
    reader: &'a mut dyn Files,
    variables: Option<&'a Variables>,
    gathered: Gathered,
    /// The files that are being read, each included by the one before it.
    open: Vec<String>,
}

impl Gatherer<'_> {
    /// Reads a map; `name` is the one of the map it belongs to if it has none.
    fn file(&mut self, path: &str, name: Option<&Text>) -> Result<(), LoadError> {
        let text = self.reader.read(path).map_err(|message| unreadable(path, &message))?;
        self.map(path, text, name)
    }

    fn map(&mut self, path: &str, text: String, name: Option<&Text>) -> Result<(), LoadError> {
        let tree = self.tree(Root::Map, path, text)?;
        let mut raw = crate::raw::read(tree, &mut self.gathered.problems);
        if raw.name.is_none() {
            raw.name = name.cloned();
        }
        if self.variables.is_some() {
            raw.builds_start_at(folder(path));
        }
        self.gathered.clients.extend(&raw.client_configs, &mut self.gathered.problems);
        self.open.push(path.to_owned());
        for include in core::mem::take(&mut raw.include) {
            self.include(&include, path, raw.name.as_ref())?;
        }
        self.open.pop();
        self.gathered.maps.push(raw);
        Ok(())
    }

    fn include(&mut self, include: &Text, from: &str, name: Option<&Text>) -> Result<(), LoadError> {
        let path = join(folder(from), include.as_str());
        if let Some(first) = self.open.iter().position(|open| *open == path) {
            let path = self.open[first..].iter().chain([&path]).map(ToString::to_string).collect();
            self.gathered.problems.report(&include.place, ViolationKind::IncludeCycle { path });
            return Ok(());
        }
        if self.gathered.sources.iter().any(|source| source.path == path) {
            // Two files may need the same third one; it is there once.
            return Ok(());
        }
        let read = if self.open.len() < DEEPEST {
            self.reader.read(&path)
        } else {
            Err(format!("it is included by {DEEPEST} files, each by the one before"))
        };
        match read {
            Ok(text) => self.map(&path, text, name),
            Err(message) => {
                let kind = ViolationKind::UnreadableInclude { path, message };
                self.gathered.problems.report(&include.place, kind);
                Ok(())
            }
        }
    }

    fn clients(&mut self, path: &str) -> Result<(), LoadError> {
        let text = self.reader.read(path).map_err(|message| unreadable(path, &message))?;
        let tree = self.tree(Root::Clients, path, text)?;
        let problems = &mut self.gathered.problems;
        let configs = crate::client::read(&tree, problems);
        self.gathered.clients.extend(&configs, problems);
        Ok(())
    }

    fn tree(&mut self, root: Root, path: &str, text: String) -> Result<Node, LoadError> {
        let id = SourceId::new(self.gathered.sources.len());
        self.gathered.roots.push(root);
        self.gathered.sources.push(Source { path: path.to_owned(), text });
        let text = &self.gathered.sources[id.position()].text;
        let Some(variables) = self.variables else {
            let mut tree = parse(text, id).map_err(LoadError::Syntax)?;
            distribute(&mut tree);
            return Ok(tree);
        };
        tree(text, id, variables, folder(path), &mut self.gathered.problems)
    }
}
