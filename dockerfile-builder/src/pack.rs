//! The archive: the same members give the same bytes.
//!
//! # Guarantees
//!
//! Entries come in the order of paths, and what is in archives comes last; times, owners and groups are zero; modes are
//! 0644 or 0755 (links 0777, which nobody looks at). Names of any length are stored in full, in the way of GNU tar.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use tar::{Builder, EntryType, Header};

use crate::ahead::ahead;
use crate::archive::{self, Archive};
use crate::chunks::Chunks;
use crate::digest::ContextDigest;
use crate::encoding::{Encoder, Encoding};
use crate::error::ContextError;
use crate::members::{Archived, Content, Members, Unpacked};
use crate::path::{ContextPath, SourcePath};
use crate::source::SourceTree;

/// What the length of everything in an archive is a multiple of, in bytes.
const BLOCK: u64 = 512;

/// An archive that is being written.
type Archiver<W> = Builder<Chunks<Encoder<W>>>;

/// What is packed in the order of an archive, by its position there.
type Wanted = BTreeMap<usize, (ContextPath, Unpacked)>;

/// Writes the archive and returns the digest of its bytes before they are compressed.
pub(crate) fn digested<'a>(
    members: impl Fn() -> Members<'a> + Sync,
    tree: &dyn SourceTree,
    encoding: Encoding,
    out: impl Write,
) -> Result<ContextDigest, ContextError> {
    let digest = pack(members, tree, Chunks::digested(Encoder::new(encoding, out)))?;
    Ok(digest.expect("because it was asked for"))
}

/// Writes the archive.
pub(crate) fn write<'a>(
    members: impl Fn() -> Members<'a> + Sync,
    tree: &dyn SourceTree,
    encoding: Encoding,
    out: impl Write,
) -> Result<(), ContextError> {
    pack(members, tree, Chunks::new(Encoder::new(encoding, out))).map(drop)
}

fn pack<'a, W: Write>(
    members: impl Fn() -> Members<'a> + Sync,
    tree: &dyn SourceTree,
    chunks: Chunks<Encoder<W>>,
) -> Result<Option<ContextDigest>, ContextError> {
    let mut archive = Builder::new(chunks);
    let appended = ahead(members, |members| append_all(&mut archive, members, tree));
    if let Err(error) = appended {
        // Dropping the archive would write the marker of a complete one.
        archive.get_mut().cut();
        return Err(error);
    }
    let (encoder, digest) = archive.into_inner().and_then(Chunks::finish).map_err(write_failure)?;
    encoder.finish().map_err(write_failure)?;
    Ok(digest)
}

fn append_all<'a>(
    archive: &mut Archiver<impl Write>,
    members: impl Iterator<Item = <Members<'a> as Iterator>::Item>,
    tree: &dyn SourceTree,
) -> Result<(), ContextError> {
    let mut archives: BTreeMap<(SourcePath, ContextPath), Wanted> = BTreeMap::new();
    for member in members {
        let (place, content) = member?;
        match content {
            Content::Archived(Archived { source, target, index, what }) => {
                archives.entry((source, target)).or_default().insert(index, (place, what));
            }
            Content::Directory => directory(archive, &place)?,
            Content::Symlink { target } => link(archive, EntryType::Symlink, &place, &target)?,
            Content::Bytes(bytes) => file(archive, &place, Mode::Plain, bytes.len() as u64, &*bytes)?,
            Content::File { source, executable, len } => {
                let mut content = Metered { inner: tree.read(&source)?, missing: len, failure: None };
                let appended = file(archive, &place, Mode::new(executable), len, &mut content);
                content.finish(&source, appended)?;
            }
        }
    }
    archives
        .into_iter()
        .try_for_each(|((source, _), wanted)| append_archived(archive, tree, &source, &wanted))
}

/// Packs files from an archive of the source tree.
fn append_archived(
    archive: &mut Archiver<impl Write>,
    tree: &dyn SourceTree,
    source: &SourcePath,
    wanted: &Wanted,
) -> Result<(), ContextError> {
    let mut found = 0;
    let mut opened = Archive::open(tree, source)?;
    for (index, entry) in opened.entries().map_err(archive::failure(source))?.enumerate() {
        let entry = entry.map_err(archive::failure(source))?;
        let Some((place, what)) = wanted.get(&index) else {
            continue;
        };
        found += 1;
        match what {
            Unpacked::HardLink { to } => link(archive, EntryType::Link, place, to.as_str())?,
            Unpacked::File { executable, len } => {
                let mut content = Metered { inner: entry, missing: *len, failure: None };
                let appended = file(archive, place, Mode::new(*executable), *len, &mut content);
                content.finish(source, appended)?;
            }
        }
    }
    if found == wanted.len() { Ok(()) } else { Err(ContextError::Changed { path: source.clone() }) }
}

/// The mode of a file.
#[derive(Clone, Copy)]
enum Mode {
    Plain = 0o644,
    Executable = 0o755,
}

impl Mode {
    fn new(executable: bool) -> Self {
        if executable { Self::Executable } else { Self::Plain }
    }
}

fn directory(archive: &mut Archiver<impl Write>, place: &ContextPath) -> Result<(), ContextError> {
    let mut header = header(EntryType::Directory, Mode::Executable as u32, 0);
    archive.append_data(&mut header, place.as_str(), io::empty()).map_err(write_failure)
}

fn file(
    archive: &mut Archiver<impl Write>,
    place: &ContextPath,
    mode: Mode,
    len: u64,
    content: impl Read,
) -> Result<(), ContextError> {
    let mut header = header(EntryType::Regular, mode as u32, len);
    archive.append_data(&mut header, place.as_str(), io::empty()).map_err(write_failure)?;
    // The archive would copy the content once more, in small pieces.
    let chunks = archive.get_mut();
    let written = chunks.fill(content).map_err(write_failure)?;
    let padding = written.next_multiple_of(BLOCK) - written;
    chunks.fill(io::repeat(0).take(padding)).map(drop).map_err(write_failure)
}

/// Packs a link, whose text is kept to the letter.
fn link(
    archive: &mut Archiver<impl Write>,
    entry_type: EntryType,
    place: &ContextPath,
    target: &str,
) -> Result<(), ContextError> {
    let mode = if entry_type == EntryType::Symlink { 0o777 } else { Mode::Plain as u32 };
    let mut header = header(entry_type, mode, 0);
    if header.set_link_name_literal(target).is_err() {
        // GNU tar's way: an entry before this one holds the text, ended by a NUL.
        let mut long = self::header(EntryType::GNULongLink, Mode::Plain as u32, target.len() as u64 + 1);
        long.set_path("././@LongLink").map_err(write_failure)?;
        long.set_cksum();
        archive.append(&long, target.as_bytes().chain(&[0_u8][..])).map_err(write_failure)?;
    }
    archive.append_data(&mut header, place.as_str(), io::empty()).map_err(write_failure)
}

fn write_failure(source: io::Error) -> ContextError {
    ContextError::Write { source }
}

fn header(entry_type: EntryType, mode: u32, len: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(entry_type);
    header.set_mode(mode);
    header.set_size(len);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// A reader that yields exactly as many bytes as were announced in the header.
///
/// The archive would be torn by any other number, and the length of a file can change after it was listed.
struct Metered<R> {
    inner: R,
    missing: u64,
    failure: Option<io::Error>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.by_ref().take(self.missing).read(buffer) {
            Ok(count) => {
                self.missing -= count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            // The archive reports errors of reading and of writing alike; keeping this one tells them apart.
            Err(error) => {
                let reported = error.kind().into();
                self.failure = Some(error);
                Err(reported)
            }
        }
    }
}

impl<R: Read> Metered<R> {
    /// Returns what became of copying the content into the archive.
    fn finish(mut self, path: &SourcePath, appended: Result<(), ContextError>) -> Result<(), ContextError> {
        let unreadable = |source| ContextError::Unreadable { path: path.clone(), source };
        if let Some(source) = self.failure {
            return Err(unreadable(source));
        }
        appended?;
        let more = io::copy(&mut self.inner.by_ref().take(1), &mut io::sink()).map_err(unreadable)?;
        if self.missing == 0 && more == 0 {
            Ok(())
        } else {
            Err(ContextError::Changed { path: path.clone() })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;
    use crate::source::{EntryKind, MemoryTree, SourceEntry};
    use crate::{BuildContext, Dockerfile};

    /// A tree with one file that announces `len` bytes and yields `content`, then fails if there is a `failure`.
    struct Lying {
        len: u64,
        content: &'static [u8],
        failure: Option<io::ErrorKind>,
    }

    impl SourceTree for Lying {
        fn entry(&self, path: &SourcePath) -> Result<SourceEntry, ContextError> {
            let kind = EntryKind::File { executable: false, len: self.len };
            Ok(SourceEntry { path: path.clone(), kind })
        }

        fn children(&self, directory: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
            Err(ContextError::WrongKind { path: directory.clone(), expected: "directory" })
        }

        fn read(&self, _: &SourcePath) -> Result<Box<dyn Read + '_>, ContextError> {
            Ok(match self.failure {
                Some(kind) => Box::new(self.content.chain(Failing(kind))),
                None => Box::new(self.content),
            })
        }
    }

    struct Failing(io::ErrorKind);

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
    }

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn context() -> BuildContext {
        BuildContext::new(Dockerfile::from("busybox").build())
    }

    #[test]
    fn headers_hold_nothing_of_the_machine() -> Result<(), Box<dyn Error>> {
        let long = format!("{}/ö{}", "d".repeat(99), "f".repeat(200));
        let tree = MemoryTree::new()
            .executable("run.sh".parse()?, "#!/bin/sh\n")
            .file(long.parse()?, "far down")
            .symlink("link".parse()?, "../outside")
            .symlink("odd".parse()?, "./a//../b/")
            .symlink("far".parse()?, format!("/{}/t", "d".repeat(99)))
            .directory("empty".parse()?);
        let context = context().add_directory(SourcePath::root(), "x".parse()?);
        let mut bytes = Vec::new();
        let digest = context.pack(&tree, Encoding::Plain, &mut bytes)?;

        let mut lines = Vec::new();
        for entry in tar::Archive::new(&*bytes).entries()? {
            let entry = entry?;
            let header = entry.header();
            let path = String::from_utf8(entry.path_bytes().into_owned())?;
            let path = path.replace(&"d".repeat(99), "d{99}").replace(&"f".repeat(200), "f{200}");
            let link = entry.link_name_bytes().map(|link| String::from_utf8_lossy(&link).into_owned());
            let link =
                link.map(|link| format!(" -> {link}")).unwrap_or_default().replace(&"d".repeat(99), "d{99}");
            assert_eq!((header.mtime()?, header.uid()?, header.gid()?), (0, 0, 0));
            lines.push(format!(
                "{:o} {:?} {} {path}{link}",
                header.mode()?,
                header.entry_type(),
                header.size()?
            ));
        }
        insta::assert_snapshot!(lines.join("\n"), @"
        644 Regular 13 Dockerfile
        755 Directory 0 x
        755 Directory 0 x/d{99}
        644 Regular 8 x/d{99}/öf{200}
        755 Directory 0 x/empty
        777 Symlink 0 x/far -> /d{99}/t
        777 Symlink 0 x/link -> ../outside
        777 Symlink 0 x/odd -> ./a//../b/
        755 Regular 10 x/run.sh
        ");
        // Pinned: another digest for the same content would rebuild every image.
        insta::assert_snapshot!(digest, @"sha256:9736ba9852738015b58c00f0c429cba986a667ed09b0c87edbd361111a197cd1");
        Ok(())
    }

    #[test]
    fn torn_files_are_noticed_and_leave_no_complete_archive() -> Result<(), Box<dyn Error>> {
        let changed = Some("`f` of the source tree changed while it was read");
        let unreadable = Some("could not read `f` of the source tree");
        let broken = Some(io::ErrorKind::Other);
        for (len, content, failure, expected) in [
            (3, &b"abc"[..], None, None),
            (0, b"", None, None),
            (4, b"abc", None, changed),
            (2, b"abc", None, changed),
            (4, b"abc", broken, unreadable),
            (3, b"abc", broken, unreadable),
        ] {
            let context = context().add_file("f".parse()?, "f".parse()?);
            let mut bytes = Vec::new();
            let packed = context.pack(&Lying { len, content, failure }, Encoding::Plain, &mut bytes);
            assert_eq!(packed.err().map(|error| error.to_string()).as_deref(), expected);
            assert_eq!(bytes.ends_with(&[0; 1024]), expected.is_none(), "{len} announced");
        }
        Ok(())
    }

    #[test]
    fn failures_of_the_writer_are_not_blamed_on_the_source() -> Result<(), Box<dyn Error>> {
        let tree = MemoryTree::new().file("f".parse()?, "abc");
        let context = context().add_file("f".parse()?, "f".parse()?);
        let packed = context.pack(&tree, Encoding::Plain, Failing(io::ErrorKind::BrokenPipe));
        assert!(
            matches!(packed, Err(ContextError::Write { source }) if source.kind() == io::ErrorKind::BrokenPipe)
        );
        Ok(())
    }
}
