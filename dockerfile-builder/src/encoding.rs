//! How a packed context is encoded.

use std::io::{self, Write};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

/// The operating system in a header of gzip that says nothing of it.
const UNKNOWN: u8 = 255;

/// How a packed context is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Encoding {
    /// As a tar archive; best for an engine on the same machine.
    Plain,
    /// Compressed with gzip; best for slow networks. The header says neither a name nor a time.
    Gzip,
}

/// The writer behind the archive.
pub(crate) enum Encoder<W: Write> {
    Plain(W),
    Gzip(GzEncoder<W>),
}

impl<W: Write> Encoder<W> {
    /// Puts an encoding in front of a writer.
    pub(crate) fn new(encoding: Encoding, out: W) -> Self {
        match encoding {
            Encoding::Plain => Self::Plain(out),
            Encoding::Gzip => Self::Gzip(
                GzBuilder::new().mtime(0).operating_system(UNKNOWN).write(out, Compression::default()),
            ),
        }
    }

    /// Writes what is left.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut out) => out.flush(),
            Self::Gzip(out) => out.finish()?.flush(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Gzip(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Gzip(out) => out.flush(),
        }
    }
}
