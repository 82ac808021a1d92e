//! The file or folder of a script that is run in a container.

use std::fs;
use std::io;
use std::path::Path;

use container_map::ContainerPath;
use docker_exec::{Upload, UploadEntry, UploadKind};

use crate::exit::Exit;
use crate::failure::Failure;

/// A script as it will be in the container.
#[derive(Debug)]
pub(crate) struct Script {
    /// What is written into the container.
    pub(crate) upload: Upload,
    /// Where the script is there: the file, or the folder.
    pub(crate) path: String,
    /// Whether it is a file, which can be run by itself.
    pub(crate) kind: ScriptKind,
}

/// What a script is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScriptKind {
    /// One file.
    File,
    /// A folder of files.
    Folder,
}

impl Script {
    /// Reads a file, or a folder with all that is in it, to be written into a folder of a container.
    ///
    /// # Errors
    ///
    /// Something cannot be read, or its name is not Unicode.
    pub(crate) fn read(path: &Path, folder: &ContainerPath) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            Failure::new(Exit::Invalid, format!("the script `{}` cannot be read", path.display()))
                .note(error.to_string())
        };
        let (mut entries, folder_path) = (Vec::new(), folder.as_str().trim_end_matches('/'));
        let (path, kind) = if fs::metadata(path).map_err(failed)?.is_dir() {
            collect(path, "", &mut entries).map_err(failed)?;
            (folder_path.to_owned(), ScriptKind::Folder)
        } else {
            let name = name(path).map_err(failed)?;
            entries.push(UploadEntry { path: name.to_owned(), kind: file(path).map_err(failed)? });
            (format!("{folder_path}/{name}"), ScriptKind::File)
        };
        Ok(Self { upload: Upload { folder: folder.clone(), entries }, path, kind })
    }
}

/// Adds what is in a folder, in the order of names.
fn collect(folder: &Path, below: &str, entries: &mut Vec<UploadEntry>) -> io::Result<()> {
    let found = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut found = found.collect::<io::Result<Vec<_>>>()?;
    found.sort();
    for path in found {
        let inside = format!("{below}{}", name(&path)?);
        let kind = fs::symlink_metadata(&path)?.file_type();
        if kind.is_symlink() {
            let target = fs::read_link(&path)?;
            let target = target.to_str().ok_or_else(|| not_unicode(&path))?.to_owned();
            entries.push(UploadEntry { path: inside, kind: UploadKind::Link(target) });
        } else if kind.is_dir() {
            entries.push(UploadEntry { path: inside.clone(), kind: UploadKind::Folder });
            collect(&path, &format!("{inside}/"), entries)?;
        } else if kind.is_file() {
            entries.push(UploadEntry { path: inside, kind: file(&path)? });
        }
    }
    Ok(())
}

fn file(path: &Path) -> io::Result<UploadKind> {
    let content = fs::read(path)?;
    Ok(if is_program(&fs::metadata(path)?) {
        UploadKind::Program(content)
    } else {
        UploadKind::File(content)
    })
}

#[cfg(unix)]
fn is_program(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    metadata.permissions().mode() & 0o111 != 0
}

/// Where files do not say whether they can be run, all of them can.
#[cfg(not(unix))]
fn is_program(_metadata: &fs::Metadata) -> bool {
    true
}

fn name(path: &Path) -> io::Result<&str> {
    path.file_name().and_then(|name| name.to_str()).ok_or_else(|| not_unicode(path))
}

fn not_unicode(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the name of `{}` cannot be read", path.display()))
}
