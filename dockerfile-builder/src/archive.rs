//! What an archive brings into a build context.
//!
//! # Flow
//!
//! An archive is read twice: once for the names of its entries, which take their places among all others, and once for
//! the contents of its files, which are packed behind everything else in the order of the archive. So no content is held in
//! memory, whatever the order of the archive is.

use std::collections::BTreeMap;
use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tar::{Entry, EntryType};

use crate::error::{ArchivedError, ContextError, Origin};
use crate::members::{Archived, Content, Member, Unpacked};
use crate::path::{ContextPath, SourcePath};
use crate::source::SourceTree;

/// What the first bytes of a file are that is compressed with gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// An archive of a source tree, opened for one pass.
pub(crate) struct Archive<'a>(tar::Archive<Box<dyn Read + 'a>>);

impl<'a> Archive<'a> {
    /// Opens an archive, plain or compressed.
    pub(crate) fn open(tree: &'a dyn SourceTree, source: &SourcePath) -> Result<Self, ContextError> {
        let mut file = io::BufReader::new(tree.read(source)?);
        let is_gzip = io::BufRead::fill_buf(&mut file).map_err(failure(source))?.starts_with(&GZIP);
        let plain: Box<dyn Read + 'a> =
            if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        Ok(Self(tar::Archive::new(plain)))
    }

    /// Returns its entries, in their order.
    pub(crate) fn entries(
        &mut self,
    ) -> io::Result<impl Iterator<Item = io::Result<Entry<'_, Box<dyn Read + 'a>>>>> {
        self.0.entries()
    }
}

/// Returns how to report that an archive cannot be read.
pub(crate) fn failure(source: &SourcePath) -> impl Fn(io::Error) -> ContextError {
    |error| ContextError::NotAnArchive { path: source.clone(), source: error }
}

/// Returns what an archive brings below a place of the context, in the order of the places.
///
/// As when an archive is unpacked, the last of several entries of one name counts.
pub(crate) fn list(
    tree: &dyn SourceTree,
    source: &SourcePath,
    target: &ContextPath,
) -> Result<Vec<Member<'static>>, ContextError> {
    let mut found = BTreeMap::new();
    let mut archive = Archive::open(tree, source)?;
    for (index, entry) in archive.entries().map_err(failure(source))?.enumerate() {
        let entry = entry.map_err(failure(source))?;
        if entry.header().entry_type() == EntryType::XGlobalHeader {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let refused = |problem| ContextError::InArchive {
            archive: source.clone(),
            name: name.clone(),
            source: problem,
        };
        let place = place(&entry.path_bytes(), target).map_err(refused)?;
        let content = content(&entry, (source, target, index), &found).map_err(refused)?;
        found.insert(place, content);
    }
    let member = |(place, content)| Member { place, content, origin: Origin::Archive(source.clone()) };
    Ok(found.into_iter().map(member).collect())
}

/// Returns the place of an entry by its name in the archive.
fn place(name: &[u8], target: &ContextPath) -> Result<ContextPath, ArchivedError> {
    let name = str::from_utf8(name).map_err(|_| ArchivedError::NotUtf8)?;
    target.join(name).map_err(ArchivedError::Name)
}

/// Returns what an entry is, given what comes before it.
fn content(
    entry: &Entry<'_, impl Read>,
    (source, target, index): (&SourcePath, &ContextPath, usize),
    before: &BTreeMap<ContextPath, Content<'static>>,
) -> Result<Content<'static>, ArchivedError> {
    let archived = |what| {
        Ok(Content::Archived(Archived { source: source.clone(), target: target.clone(), index, what }))
    };
    let link = entry.link_name_bytes().unwrap_or_default();
    match entry.header().entry_type() {
        EntryType::Directory => Ok(Content::Directory),
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => archived(Unpacked::File {
            executable: entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0),
            len: entry.size(),
        }),
        EntryType::Symlink if link.is_empty() => Err(ArchivedError::Nothing),
        EntryType::Symlink => {
            let target = String::from_utf8(link.into_owned()).map_err(|_| ArchivedError::NotUtf8)?;
            Ok(Content::Symlink { target })
        }
        EntryType::Link => {
            let to = place(&link, target)?;
            match before.get(&to) {
                Some(Content::Archived(_)) => archived(Unpacked::HardLink { to }),
                _ => Err(ArchivedError::Dangling { target: String::from_utf8_lossy(&link).into_owned() }),
            }
        }
        _ => Err(ArchivedError::Special),
    }
}

/// Returns the names that an archive has at its top, in order: what would lie in the directory it is unpacked in.
///
/// # Errors
///
/// The file cannot be read as an archive, or holds what a build context cannot hold.
pub fn top_level(tree: &dyn SourceTree, archive: &SourcePath) -> Result<Vec<String>, ContextError> {
    let members = list(tree, archive, &ContextPath::root())?;
    let mut names: Vec<String> =
        members.iter().filter_map(|member| Some(member.place.segments().next()?.to_owned())).collect();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{Builder, Header};

    use super::*;
    use crate::{BuildContext, Dockerfile, Encoding, MemoryTree};

    /// One entry: its type, name, and content or link.
    type Made<'a> = (EntryType, &'a str, &'a str);

    fn archive(entries: &[Made<'_>]) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut builder = Builder::new(Vec::new());
        for (entry_type, name, text) in entries {
            let mut header = Header::new_gnu();
            // Set byte by byte, as the setter refuses what is tested here.
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(*entry_type);
            header.set_mode(0o750);
            header.set_mtime(77);
            let is_link = matches!(entry_type, EntryType::Symlink | EntryType::Link);
            let content = if is_link { "" } else { text };
            if is_link {
                header.as_mut_bytes()[157..157 + text.len()].copy_from_slice(text.as_bytes());
            }
            header.set_size(content.len() as u64);
            header.set_cksum();
            builder.append(&header, content.as_bytes())?;
        }
        Ok(builder.into_inner()?)
    }

    fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes)?;
        Ok(encoder.finish()?)
    }

    /// Packs an archive at `at` and returns the entries of the result, or the error with its causes.
    fn packed(file: Vec<u8>) -> Result<Result<String, String>, Box<dyn Error>> {
        let tree = MemoryTree::new().file("a.tar".parse()?, file).file("own".parse()?, "own");
        let context = BuildContext::new(Dockerfile::from("scratch").build())
            .add_archive("a.tar".parse()?, "at".parse()?)
            .add_file("own".parse()?, "at/own".parse()?);
        let mut bytes = Vec::new();
        if let Err(error) = context.pack(&tree, Encoding::Plain, &mut bytes) {
            let (mut text, mut cause) = (error.to_string(), error.source());
            while let Some(error) = cause {
                text.extend([": ", &error.to_string()]);
                cause = error.source();
            }
            return Ok(Err(text));
        }
        let mut lines = Vec::new();
        for entry in tar::Archive::new(&*bytes).entries()? {
            let mut entry = entry?;
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            let link = entry.link_name_bytes().map(|link| String::from_utf8_lossy(&link).into_owned());
            let path = String::from_utf8(entry.path_bytes().into_owned())?;
            let header = entry.header();
            assert_eq!(header.mtime()?, 0);
            let shown = link.unwrap_or(text);
            let entry = format!("{path} {:?} {:o} {shown}", header.entry_type(), header.mode()?);
            lines.push(entry.trim_end().to_owned());
        }
        Ok(Ok(lines.join("\n")))
    }

    #[test]
    fn what_is_in_an_archive_takes_its_place() -> Result<(), Box<dyn Error>> {
        use EntryType::{Directory, Link, Regular, Symlink};
        let plain = archive(&[
            (Regular, "z", "last first"),
            (Regular, "./d/x", "old"),
            (Symlink, "l", "/outside"),
            (Directory, "d/", ""),
            (Regular, "d/x", "new"),
            (Link, "h", "d/x"),
        ])?;
        let shown = packed(plain.clone())?;
        insta::assert_snapshot!(shown.clone()?, @"
        Dockerfile Regular 644 FROM scratch
        at Directory 755
        at/d Directory 755
        at/l Symlink 777 /outside
        at/own Regular 644 own
        at/z Regular 755 last first
        at/d/x Regular 755 new
        at/h Link 644 at/d/x
        ");
        assert_eq!(packed(gzip(&plain)?)?, shown);
        Ok(())
    }

    #[test]
    fn what_a_context_cannot_hold_is_refused() -> Result<(), Box<dyn Error>> {
        use EntryType::{Char, Link, Regular, Symlink};
        let of_entry =
            |name: &str| format!("could not add `{name}` of the archive `a.tar` of the source tree");
        for (entries, expected) in [
            (&[(Regular, "../x", "")][..], format!("{}: its name cannot be used: `../x` contains `..`, which could lead out of its tree", of_entry("../x"))),
            (&[(Regular, "/x", "")], format!("{}: its name cannot be used: `/x` is absolute, but it must be relative to the root of its tree", of_entry("/x"))),
            (&[(Symlink, "s", "")], format!("{}: it is a link to nothing", of_entry("s"))),
            (&[(Char, "null", "")], format!("{}: it is a device or pipe", of_entry("null"))),
            (&[(Link, "h", "x"), (Regular, "x", "")], format!("{}: it is a hard link to `x`, which is no file of the archive before it", of_entry("h"))),
            (&[(Link, "h", "../x")], format!("{}: its name cannot be used: `../x` contains `..`, which could lead out of its tree", of_entry("h"))),
            (&[(Regular, "own", "")], "`at/own` of the build context would be both an entry of the archive `a.tar` of the source tree and `own` of the source tree".to_owned()),
        ] {
            assert_eq!(packed(archive(entries)?)?, Err(expected));
        }
        Ok(())
    }

    #[test]
    fn what_is_no_archive_is_refused() -> Result<(), Box<dyn Error>> {
        use EntryType::Regular;
        let whole = archive(&[(Regular, "x", "some content")])?;
        let not =
            "could not read `a.tar` of the source tree as a tar archive, plain or compressed with gzip: ";
        for bytes in
            [b"no archive".to_vec(), vec![b'x'; 2000], whole[..600].to_vec(), gzip(&whole)?[..40].to_vec()]
        {
            let refused = packed(bytes)?.expect_err("it is no archive");
            assert!(refused.starts_with(not), "{refused}");
        }
        Ok(())
    }

    #[test]
    fn the_names_at_the_top_are_known() -> Result<(), Box<dyn Error>> {
        use EntryType::Regular;
        let file = archive(&[(Regular, "./d/x", ""), (Regular, "f", ""), (Regular, "d/y", "")])?;
        let tree = MemoryTree::new().file("a.tar".parse()?, file);
        assert_eq!(top_level(&tree, &"a.tar".parse()?)?, ["d", "f"]);
        Ok(())
    }
}
