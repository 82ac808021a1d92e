//! The files of a project: those that were named, and those that they include.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use container_map::{Files, ProjectFiles};

use super::text::{ReadError, read_file, read_standard_input};
use crate::exit::Exit;
use crate::failure::Failure;

/// In place of a file: standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// Where included files may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// In the folder of the first map, and below.
    Project,
    /// Anywhere.
    Anywhere,
}

/// Reads the files of a project.
#[derive(Debug)]
pub(super) struct ProjectReader<'a> {
    files: &'a ProjectFiles,
    reach: Reach,
    is_default: bool,
    /// Why a named file cannot be read: more than the loader's few words.
    failure: Option<Failure>,
}

impl<'a> ProjectReader<'a> {
    /// Gets ready to read some files, of which the first map may be one that nobody named.
    pub(super) fn new(files: &'a ProjectFiles, is_default: bool, reach: Reach) -> Self {
        Self { files, reach, is_default, failure: None }
    }

    /// Returns why a named file could not be read, if that is what went wrong.
    pub(super) fn into_failure(self) -> Option<Failure> {
        self.failure
    }

    fn named(&self, path: &str) -> Result<String, Failure> {
        if path == STANDARD_INPUT && self.all_named().filter(|named| *named == path).count() > 1 {
            let text = "standard input is named twice, and can be read only once";
            return Err(Failure::new(Exit::Invalid, text));
        }
        let text = if path == STANDARD_INPUT { read_standard_input() } else { read_file(path.as_ref()) };
        text.map_err(|error| {
            if self.is_default && self.files.maps.iter().any(|map| map == path) {
                return Failure::no_default_map(path, error);
            }
            let is_clients = self.files.clients.as_deref() == Some(path);
            let what = if is_clients { "file of clients" } else { "map" };
            Failure::unreadable_map(what, path, error)
        })
    }

    fn all_named(&self) -> impl Iterator<Item = &str> {
        self.files.maps.iter().chain(&self.files.clients).map(String::as_str)
    }

    fn included(&self, path: &str) -> Result<String, String> {
        let found = fs::canonicalize(path).map_err(|error| ReadError::Io(error).in_words())?;
        match self.reach {
            Reach::Anywhere => {}
            Reach::Project => {
                let folder = self.folder().map_err(|error| ReadError::Io(error).in_words())?;
                if !found.starts_with(&folder) {
                    return Err(
                        "it is outside of the project's folder, and `--include-anywhere` was not given"
                            .to_owned(),
                    );
                }
            }
        }
        read_file(&found).map_err(|error| error.in_words())
    }

    /// Returns the folder of the first map, without symbolic links.
    fn folder(&self) -> io::Result<PathBuf> {
        let first = self.files.maps.first().filter(|first| *first != STANDARD_INPUT);
        let folder = first.and_then(|first| Path::new(first).parent());
        fs::canonicalize(folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
    }
}

impl Files for ProjectReader<'_> {
    fn read(&mut self, path: &str) -> Result<String, String> {
        if !self.all_named().any(|named| named == path) {
            return self.included(path);
        }
        self.named(path).map_err(|failure| {
            self.failure = Some(failure);
            "it cannot be read".to_owned()
        })
    }
}
