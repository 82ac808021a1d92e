//! What holds for any bytes that reach a parser: bodies for `cargo fuzz`, which the tests run with random input too.
//!
//! Each function takes whatever bytes there are and panics if its parser breaks its word.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::io;
use std::str::FromStr;

use crate::{
    BuildContext, ContextDigest, ContextError, ContextPath, Dockerfile, Encoding, Ignore, MemoryTree,
    SourcePath, base_images, context_uses, top_level,
};

/// A Dockerfile: what is read of it is written so that it reads the same, and it takes nothing from outside its context.
///
/// # Panics
///
/// If what this says does not hold.
pub fn dockerfile(bytes: &[u8]) {
    let text = text(bytes);
    match text.parse::<Dockerfile>() {
        Ok(dockerfile) => {
            let written = dockerfile.to_string();
            // A backtick that goes on with a line means nothing without its directive, which is not kept.
            if !text.contains('`') {
                let read: Dockerfile = written.parse().unwrap_or_else(|error| panic!("{written:?}: {error}"));
                assert_eq!(read.to_string(), written, "{text:?}");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let (all, first) =
        (base_images(text, &BTreeMap::new(), None), base_images(text, &BTreeMap::new(), Some("0")));
    if let (Ok(all), Ok(first)) = (all, first) {
        assert!(first.is_subset(&all), "{text:?}");
    }
    for one in context_uses(text).unwrap_or_default() {
        assert!((1..=text.split('\n').count()).contains(&one.line), "{text:?}");
    }
}

/// A file of patterns: a path is left out or not, and an error names one of the lines.
///
/// # Panics
///
/// If what this says does not hold.
pub fn ignore(bytes: &[u8]) {
    let text = text(bytes);
    match text.parse::<Ignore>() {
        Ok(ignore) => {
            for path in ["a", "a/b", "a/b/c.d", "ö/\n"] {
                let path: SourcePath = path.parse().expect("because these are paths");
                ignore.excludes(&path);
            }
            assert!(!ignore.excludes(&SourcePath::root()), "{text:?}");
        }
        Err(error) => {
            let line = text.lines().nth(error.line - 1).expect("because the line is one of the text");
            assert!(line.contains(&error.text) && !error.problem.to_string().is_empty(), "{text:?}");
        }
    }
}

/// An archive: it is packed within the context, or refused with a reason.
///
/// # Panics
///
/// If what this says does not hold.
pub fn archive(bytes: &[u8]) {
    let archive: SourcePath = "a".parse().expect("because this is a path");
    let tree = MemoryTree::new().file(archive.clone(), bytes);
    if let Ok(names) = top_level(&tree, &archive) {
        assert!(names.iter().all(|name| !name.contains('/') && !matches!(name.as_str(), "" | "." | "..")));
    }
    let place: ContextPath = "at".parse().expect("because this is a path");
    let context = BuildContext::new(Dockerfile::from("scratch").build()).add_archive(archive, place);
    let mut packed = Vec::new();
    match context.pack(&tree, Encoding::Plain, &mut packed) {
        Ok(digest) => {
            assert_eq!(context.digest(&tree).ok(), Some(digest));
            stays_inside(&packed).expect("because it was packed whole");
        }
        Err(error) => assert!(!matches!(error, ContextError::Write { .. }), "{:?}", error.source()),
    }
}

/// Reads an archive whose entries all lie below `at`.
fn stays_inside(packed: &[u8]) -> io::Result<()> {
    for entry in tar::Archive::new(packed).entries()? {
        let path = String::from_utf8_lossy(&entry?.path_bytes()).into_owned();
        let is_inside = path == "Dockerfile" || path.split('/').next() == Some("at");
        assert!(is_inside && path.split('/').all(|segment| !matches!(segment, "" | "." | "..")), "{path:?}");
    }
    Ok(())
}

/// Paths and digests, which are written as they are read.
pub fn path(bytes: &[u8]) {
    let text = text(bytes);
    round_trip::<ContextPath>(text);
    round_trip::<SourcePath>(text);
    round_trip::<ContextDigest>(text);
}

/// Returns the text that the bytes begin with.
fn text(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

fn round_trip<T: FromStr<Err: Display> + Display + PartialEq + Debug>(text: &str) {
    match text.parse::<T>() {
        Ok(value) => assert!(value.to_string().parse().is_ok_and(|read: T| read == value), "{text:?}"),
        Err(error) => assert!(!error.to_string().is_empty(), "{text:?}"),
    }
}
