//! From texts to maps: files and what they include, overlays, and the checks of all of them.
//!
//! Every file is read to a tree, its variables are expanded, and it becomes a raw map. Raw maps of one name are merged in
//! order, later over earlier, as a configuration over what it extends; a raw map without a name belongs to the map before
//! it, an included one to the map that includes it.

mod gather;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use indexmap::IndexMap;
use thiserror::Error;

use self::gather::{Gathered, gather};
use crate::Variables;
use crate::canonical::{Document, raw_document};
use crate::client::RawClients;
use crate::error::{LoadError, LoadOptions, SyntaxError, ViolationKind};
use crate::field::SourceId;
use crate::locate::{Root, number, violations};
use crate::map::ContainerMap;
use crate::name::MapName;
use crate::project::Project;
use crate::raw::{Problems, RawMap};
use crate::validate::{Surroundings, validate};
use crate::variables::expand;
use crate::yaml::{Node, Value, parse};

/// Where the texts of a project come from; the caller decides what may be read.
pub trait Files {
    /// Returns the text of a file. A path is as it was given or, for an included one, starts at the folder of the
    /// including file.
    ///
    /// # Errors
    ///
    /// Why there is no text, in a few words for a person.
    fn read(&mut self, path: &str) -> Result<String, String>;
}

impl Files for alloc::collections::BTreeMap<String, String> {
    fn read(&mut self, path: &str) -> Result<String, String> {
        self.get(path).cloned().ok_or_else(|| "there is no such file".into())
    }
}

/// The files a project is read from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectFiles {
    /// Maps and what is laid over them, in order.
    pub maps: Vec<String>,
    /// Clients: a mapping of names to their configurations (docker-map 5.3).
    pub clients: Option<String>,
}

/// A text of a project, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as given, or as seen from the including file.
    pub path: String,
    /// The text.
    pub text: String,
}

/// Why files are no project, with all texts that were read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the project cannot be loaded")]
pub struct ProjectError {
    /// The texts; places refer to them by position.
    pub sources: Vec<Source>,
    /// What is wrong.
    #[source]
    pub error: LoadError,
}

/// Reads a map from YAML text, checks it, and resolves it.
///
/// # Errors
///
/// [`LoadError::Syntax`] with the first place where the text is not YAML, or [`LoadError::Invalid`] with everything that
/// is wrong with the map it describes.
pub fn load(text: &str, options: LoadOptions) -> Result<ContainerMap, LoadError> {
    let mut reading = Reading::default();
    let tree = tree(text, SourceId::FIRST, &options.variables, "", &mut reading.problems)?;
    let raw = reading.read(tree);
    reading.check(raw, options.name, || trees([(Root::Map, text)]))
}

impl ContainerMap {
    /// Reads a map that has its name in the text and needs no variables; otherwise as [`load`].
    ///
    /// # Errors
    ///
    /// As [`load`].
    pub fn load(text: &str) -> Result<Self, LoadError> {
        load(text, LoadOptions::default())
    }
}

/// The reading of a map that has no files beside it.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    clients: RawClients,
    pub(crate) problems: Problems,
    /// Trees that no text has, to find places in.
    drafts: Vec<(Root, Node)>,
    numbered: usize,
}

impl Reading {
    /// Reads a tree that was built in code.
    pub(crate) fn read_draft(&mut self, mut tree: Node) -> RawMap {
        number(&mut tree, &mut self.numbered);
        self.drafts.push((Root::Map, tree.clone()));
        self.read(tree)
    }

    /// Checks a map that was built in code.
    pub(crate) fn check_draft(mut self, raw: RawMap) -> Result<ContainerMap, LoadError> {
        let drafts = core::mem::take(&mut self.drafts);
        self.check(raw, None, || drafts)
    }

    /// Reads a tree.
    pub(crate) fn read(&mut self, tree: Node) -> RawMap {
        let raw = crate::raw::read(tree, &mut self.problems);
        for include in &raw.include {
            let (path, message) = (include.value.clone(), "a text alone has no files beside it".into());
            self.problems.report(&include.place, ViolationKind::UnreadableInclude { path, message });
        }
        self.clients.extend(&raw.client_configs, &mut self.problems);
        raw
    }

    /// Checks a map; `name` is its name if it has none, and `trees` is what it was read from.
    fn check(
        mut self,
        raw: RawMap,
        name: Option<MapName>,
        trees: impl FnOnce() -> Vec<(Root, Node)>,
    ) -> Result<ContainerMap, LoadError> {
        let clients = self.clients.check(&mut self.problems);
        let (map, problems) = validate(raw, &Surroundings { name, clients, closed: false }, self.problems);
        match violations(problems, trees) {
            None => Ok(map),
            Some(violations) => Err(LoadError::Invalid(violations)),
        }
    }
}

/// Reads a text that a draft starts with: a mapping whose variables are all known.
pub(crate) fn draft_tree(text: &str, options: &LoadOptions) -> Result<Node, LoadError> {
    let mut problems = Problems::default();
    let tree = tree(text, SourceId::FIRST, &options.variables, "", &mut problems)?;
    if !matches!(tree.value, Value::Map(_)) {
        // What it should be instead, the reader knows how to say.
        crate::raw::read(tree.clone(), &mut problems);
    }
    match violations(problems, || trees([(Root::Map, text)])) {
        None => Ok(tree),
        Some(violations) => Err(LoadError::Invalid(violations)),
    }
}

/// Reads a text as a tree without variables.
fn tree(
    text: &str,
    id: SourceId,
    variables: &Variables,
    folder: &str,
    problems: &mut Problems,
) -> Result<Node, LoadError> {
    let mut tree = parse(text, id).map_err(LoadError::Syntax)?;
    // Most maps have nothing to expand, and large ones are walked once less.
    if text.contains(['$', '!']) {
        expand(&mut tree, variables, folder, problems).map_err(LoadError::Syntax)?;
    }
    Ok(tree)
}

/// Reads the maps and clients of a project, checks them, and resolves them.
///
/// Files that name different maps make a project of several maps. A file that names a map which an earlier one names, or
/// none, is laid over it. `include` names further files, which come before the including one.
///
/// # Errors
///
/// The first file that cannot be read or is not YAML, or everything that is wrong with the maps.
pub fn load_project(
    files: &ProjectFiles,
    reader: &mut dyn Files,
    options: &LoadOptions,
) -> Result<Project, Box<ProjectError>> {
    let mut gathered = gather(files, reader, Some(&options.variables))?;
    let maps = gathered.merged();
    let clients = gathered.clients.check(&mut gathered.problems);
    let mut found = IndexMap::with_capacity(maps.len());
    for raw in maps {
        let surroundings =
            Surroundings { name: options.name.clone(), clients: clients.clone(), closed: true };
        let (map, problems) = validate(raw, &surroundings, core::mem::take(&mut gathered.problems));
        gathered.problems = problems;
        found.insert(map.name().clone(), map);
    }
    let Gathered { sources, roots, problems, .. } = gathered;
    match violations(problems, || texts(&sources, &roots)) {
        None => Ok(Project { maps: found, clients }),
        Some(violations) => Err(Box::new(ProjectError { sources, error: LoadError::Invalid(violations) })),
    }
}

/// The maps of a project as their files say them: nothing is inherited, expanded or resolved.
#[derive(Debug)]
pub struct WrittenProject {
    maps: Vec<RawMap>,
}

impl WrittenProject {
    /// Returns the maps in their canonical form, overlays merged, in the order they were given.
    pub fn documents(&self) -> impl ExactSizeIterator<Item = Document<'_>> {
        self.maps.iter().map(raw_document)
    }
}

/// Reads the maps of a project without resolving anything, to show them in one notation.
///
/// # Errors
///
/// The first file that cannot be read or is not YAML, or everything in them that has no form a map can have.
pub fn read_project(
    files: &ProjectFiles,
    reader: &mut dyn Files,
) -> Result<WrittenProject, Box<ProjectError>> {
    let mut gathered = gather(files, reader, None)?;
    let maps = gathered.merged();
    let Gathered { sources, roots, problems, .. } = gathered;
    match violations(problems, || texts(&sources, &roots)) {
        None => Ok(WrittenProject { maps }),
        Some(violations) => Err(Box::new(ProjectError { sources, error: LoadError::Invalid(violations) })),
    }
}

/// Reads the texts of a project again.
fn texts(sources: &[Source], roots: &[Root]) -> Vec<(Root, Node)> {
    trees(roots.iter().copied().zip(sources.iter().map(|source| source.text.as_str())))
}

/// Reads texts again that were read before.
pub(crate) fn trees<'a>(texts: impl IntoIterator<Item = (Root, &'a str)>) -> Vec<(Root, Node)> {
    let texts = texts.into_iter().enumerate();
    texts.filter_map(|(id, (root, text))| Some((root, parse(text, SourceId::new(id)).ok()?))).collect()
}

/// A text that cannot be read at all has no place.
fn unreadable(path: &str, message: &str) -> LoadError {
    LoadError::Syntax(SyntaxError { span: None, message: alloc::format!("cannot read `{path}`: {message}") })
}

impl Gathered {
    /// Merges what belongs to one map.
    fn merged(&mut self) -> Vec<RawMap> {
        let mut maps: Vec<RawMap> = Vec::new();
        for raw in core::mem::take(&mut self.maps) {
            let name = raw.name.as_ref().map(|name| name.value.clone());
            match maps.iter_mut().find(|map| map.name.as_ref().map(|name| &name.value) == name.as_ref()) {
                Some(earlier) => earlier.merge(raw),
                None => maps.push(raw),
            }
        }
        maps
    }
}
