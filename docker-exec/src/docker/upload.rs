//! Files that are written into a container before it starts.

use std::io;

use bollard::query_parameters::UploadToContainerOptionsBuilder;
use bytes::Bytes;
use container_map::ContainerPath;
use tar::{Builder, EntryType, Header};

use super::DockerEngine;
use super::cause::Cause;

/// Files for a container; they belong to root, and everybody can read them.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The folder they come into; it is made.
    pub folder: ContainerPath,
    /// What comes into it; folders before what is in them.
    pub entries: Vec<UploadEntry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadEntry {
    /// Its path below the folder, without a slash in front.
    pub path: String,
    /// What it is.
    pub kind: UploadKind,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadKind {
    /// A folder.
    Folder,
    /// A file that can be run.
    Program(Vec<u8>),
    /// Any other file.
    File(Vec<u8>),
    /// A symbolic link.
    Link(String),
}

/// Writes files into a container
/// ([`PutContainerArchive`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/PutContainerArchive)).
/// It takes as long as the amount of data takes.
pub(super) async fn upload(engine: &DockerEngine, container: &str, what: &Upload) -> Result<(), Cause> {
    let options = UploadToContainerOptionsBuilder::default().path("/").build();
    let body = bollard::body_full(Bytes::from(archive(what).map_err(Cause::Spool)?));
    Ok(engine.docker.upload_to_container(container, Some(options), body).await?)
}

/// The folder is an entry of its own, and those above it are not: they stay as they are if they are there.
fn archive(what: &Upload) -> io::Result<Vec<u8>> {
    let folder = what.folder.as_str().trim_matches('/');
    let mut archive = Builder::new(Vec::new());
    append(&mut archive, folder, &UploadKind::Folder)?;
    for entry in &what.entries {
        append(&mut archive, &format!("{folder}/{}", entry.path), &entry.kind)?;
    }
    archive.into_inner()
}

fn append(archive: &mut Builder<Vec<u8>>, path: &str, kind: &UploadKind) -> io::Result<()> {
    let mut header = Header::new_gnu();
    let (mode, entry_type, content): (u32, EntryType, &[u8]) = match kind {
        UploadKind::Folder => (0o755, EntryType::Directory, &[]),
        UploadKind::Program(content) => (0o755, EntryType::Regular, content),
        UploadKind::File(content) => (0o644, EntryType::Regular, content),
        UploadKind::Link(_) => (0o777, EntryType::Symlink, &[]),
    };
    header.set_mode(mode);
    header.set_entry_type(entry_type);
    header.set_size(content.len() as u64);
    match kind {
        UploadKind::Link(target) => archive.append_link(&mut header, path, target),
        UploadKind::Folder | UploadKind::Program(_) | UploadKind::File(_) => {
            archive.append_data(&mut header, path, content)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_their_folder_are_packed() {
        let entry = |path: &str, kind| UploadEntry { path: path.to_owned(), kind };
        let what = Upload {
            folder: "/tmp/script_run".parse().unwrap(),
            entries: vec![
                entry("a.sh", UploadKind::Program(b"#!/bin/sh\n".to_vec())),
                entry("sub", UploadKind::Folder),
                entry("sub/data", UploadKind::File(b"1".to_vec())),
                entry("link", UploadKind::Link("a.sh".to_owned())),
            ],
        };
        let packed = archive(&what).unwrap();
        let mut reader = tar::Archive::new(&packed[..]);
        let found: Vec<_> = reader
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let path = entry.path().unwrap().display().to_string();
                (path, entry.header().mode().unwrap(), entry.header().entry_type())
            })
            .collect();
        let expect = [
            ("tmp/script_run", 0o755, EntryType::Directory),
            ("tmp/script_run/a.sh", 0o755, EntryType::Regular),
            ("tmp/script_run/sub", 0o755, EntryType::Directory),
            ("tmp/script_run/sub/data", 0o644, EntryType::Regular),
            ("tmp/script_run/link", 0o777, EntryType::Symlink),
        ];
        assert_eq!(found, expect.map(|(path, mode, kind)| (path.to_owned(), mode, kind)));
    }
}
