//! Texts of files and of standard input: of a bounded size, and in UTF-8.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most a file may hold, in bytes. No map is so large; a device or a wrong file can be.
const LARGEST: u64 = 64 << 20;

/// Why there is no text.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The operating system does not give it.
    Io(io::Error),
    /// It is a folder.
    Directory,
    /// It is larger than anything that is read.
    TooLarge,
    /// It is something else than text in UTF-8.
    NotUtf8(NotUtf8),
}

/// The first byte of a file that is not UTF-8.
#[derive(Debug)]
pub(crate) struct NotUtf8 {
    /// What can be read of the file, with a mark for what cannot.
    pub(crate) text: String,
    /// Where the mark for the byte is.
    pub(crate) at: usize,
    /// The byte.
    pub(crate) byte: u8,
}

impl NotUtf8 {
    /// Returns the line, from 1.
    pub(crate) fn line(&self) -> usize {
        1 + self.before().matches('\n').count()
    }

    /// Returns the column in characters, from 1.
    pub(crate) fn column(&self) -> usize {
        let line = self.before().rsplit('\n').next().unwrap_or_default();
        1 + line.chars().count()
    }

    fn before(&self) -> &str {
        &self.text[..self.at]
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Directory => f.write_str("it is a directory"),
            Self::TooLarge => write!(f, "it is larger than {} MiB", LARGEST >> 20),
            Self::NotUtf8(bad) => {
                write!(f, "it is not text in UTF-8: line {}, column {}", bad.line(), bad.column())
            }
        }
    }
}

impl ReadError {
    /// Returns why there is no text, for the middle of a sentence and without the system's numbers.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Io(error) if error.kind() == io::ErrorKind::NotFound => "there is no such file".to_owned(),
            Self::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                "it may not be read".to_owned()
            }
            error => error.to_string(),
        }
    }
}

/// Reads a file.
///
/// # Errors
///
/// It is not there, may not be read, or is no text.
pub(crate) fn read_file(path: &Path) -> Result<String, ReadError> {
    let file = File::open(path).map_err(ReadError::Io)?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(ReadError::Directory);
    }
    read(file)
}

/// Reads standard input to its end.
///
/// # Errors
///
/// It is no text.
pub(crate) fn read_standard_input() -> Result<String, ReadError> {
    read(io::stdin().lock())
}

fn read(from: impl Read) -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    // A file can grow while it is read, and the size of a pipe is not known before.
    from.take(LARGEST + 1).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    if bytes.len() as u64 > LARGEST {
        return Err(ReadError::TooLarge);
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes()[at];
        ReadError::NotUtf8(NotUtf8 { text: String::from_utf8_lossy(error.as_bytes()).into_owned(), at, byte })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_that_is_no_text_has_a_place() {
        for (bytes, line, column) in [
            (&b"\xff"[..], 1, 1),
            (b"name: \xff\xfe\n", 1, 7),
            (b"a: 1\nb: \xc3\xa9\xc3\n", 2, 5),
            (b"cut off: \xe2\x82", 1, 10),
        ] {
            let Err(ReadError::NotUtf8(bad)) = read(bytes) else {
                panic!("{bytes:?} is no text");
            };
            assert_eq!((bad.line(), bad.column()), (line, column), "{bytes:?}");
            assert!(bad.text[bad.at..].starts_with(char::REPLACEMENT_CHARACTER), "{bytes:?}");
        }
    }

    #[test]
    fn what_never_ends_is_not_read_to_the_end() {
        assert!(matches!(read(io::repeat(b' ')), Err(ReadError::TooLarge)));
    }
}
