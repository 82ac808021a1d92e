//! What is in a build context.

use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;

use dockerfile_builder::{ContextEntry, ContextKind};
use serde::Serialize;

use super::Ui;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;

/// How much text is gathered before it is printed, in bytes.
const CHUNK: usize = 64 * 1024;

/// The form of an entry for programs.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Record {
    Directory { path: String },
    File { path: String, size: u64, executable: bool },
    Symlink { path: String, target: String },
    HardLink { path: String, to: String },
}

/// The form of a context for programs.
#[derive(Debug, Serialize)]
struct Records {
    entries: Vec<Record>,
    size: u64,
}

/// How much there is.
#[derive(Debug, Default)]
struct Total {
    files: u64,
    directories: u64,
    links: u64,
    size: u64,
}

impl Ui {
    /// Prints what is in a build context, one entry after the other.
    ///
    /// # Errors
    ///
    /// The context cannot be read, or standard output takes no more.
    pub(crate) fn context(
        self,
        entries: impl Iterator<Item = Result<ContextEntry, Failure>>,
        format: Format,
    ) -> Result<(), Failure> {
        let mut total = Total::default();
        let entries = entries.map(|entry| entry.inspect(|entry| total.count(&entry.kind)));
        match format {
            Format::Text => {
                self.lines(entries)?;
                self.out(total)
            }
            Format::Json => {
                let entries = entries.map(|entry| entry.map(Record::from)).collect::<Result<_, _>>()?;
                self.json(&Records { entries, size: total.size })
            }
        }
    }

    /// Prints lines, some at a time, so that a long list is neither held in memory nor slow.
    fn lines(self, entries: impl Iterator<Item = Result<ContextEntry, Failure>>) -> Result<(), Failure> {
        let mut text = String::new();
        for entry in entries {
            text.push_str(&line(&entry?));
            if text.len() >= CHUNK {
                self.out(&text)?;
                text.clear();
            }
        }
        self.out(text)
    }

    /// Returns standard output for bytes that are no text.
    ///
    /// # Errors
    ///
    /// It is a terminal, or cannot be had.
    pub(crate) fn bytes() -> Result<File, Failure> {
        let out = io::stdout();
        if out.is_terminal() {
            return Err(Failure::new(Exit::Failed, "an archive is nothing for a terminal")
                .hint("send it to a file or a program, with `> FILE` or `| PROGRAM`"));
        }
        let out = out.as_fd().try_clone_to_owned().map_err(|error| Failure::output(&error))?;
        Ok(out.into())
    }
}

impl Total {
    fn count(&mut self, kind: &ContextKind) {
        match kind {
            ContextKind::File { len, .. } => {
                self.files += 1;
                self.size += len;
            }
            ContextKind::Directory => self.directories += 1,
            ContextKind::Symlink { .. } | ContextKind::HardLink { .. } => self.links += 1,
        }
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, directories, links, size } = self;
        let plural =
            |count: &u64, one: &'static str, many: &'static str| if *count == 1 { one } else { many };
        write!(
            f,
            "\n{size} {} in {files} {}",
            plural(size, "byte", "bytes"),
            plural(files, "file", "files")
        )?;
        if directories + links > 0 {
            write!(f, "; {directories} {}", plural(directories, "directory", "directories"))?;
            write!(f, ", {links} {}", plural(links, "link", "links"))?;
        }
        writeln!(f)
    }
}

/// Returns the line of an entry; what a terminal could misunderstand is escaped.
fn line(entry: &ContextEntry) -> String {
    let path = printable(entry.path.as_str());
    let (size, path) = match &entry.kind {
        ContextKind::Directory => (String::new(), format!("{path}/")),
        ContextKind::File { len, .. } => (len.to_string(), path),
        ContextKind::Symlink { target } => (String::new(), format!("{path} -> {}", printable(target))),
        ContextKind::HardLink { to } => (String::new(), format!("{path} => {}", printable(to.as_str()))),
    };
    format!("{size:>12}  {path}\n")
}

/// Returns a text without what a terminal could misunderstand.
pub(super) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            let _ = write!(printable, "{}", c.escape_default());
        } else {
            printable.push(c);
        }
    }
    printable
}

impl From<ContextEntry> for Record {
    fn from(entry: ContextEntry) -> Self {
        let path = entry.path.to_string();
        match entry.kind {
            ContextKind::Directory => Self::Directory { path },
            ContextKind::Symlink { target } => Self::Symlink { path, target },
            ContextKind::File { executable, len } => Self::File { path, size: len, executable },
            ContextKind::HardLink { to } => Self::HardLink { path, to: to.to_string() },
        }
    }
}
