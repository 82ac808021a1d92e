//! The way of an archive's bytes: gathered in chunks, written, and digested beside that.
//!
//! Contents are read straight into the chunk that is written. Computing a digest takes about as long as reading and
//! writing together, so from the second chunk on another thread does it.

use std::io::{self, Read, Write};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use sha2::{Digest, Sha256};

use crate::digest::ContextDigest;

/// How much is read, written and digested at once, in bytes.
const CHUNK: usize = 256 * 1024;
/// A chunk with less room is not read into any more, in bytes.
const LITTLE: usize = 16 * 1024;
/// How much is written at once, in bytes: so much less than a pipe holds that who reads it and who writes need not wait for each
/// other.
const PIECE: usize = 8 * 1024;
/// How many chunks can wait for their digest.
const WAITING: usize = 4;

/// A writer that gathers what is written to it.
pub(crate) struct Chunks<W> {
    chunk: Chunk,
    out: W,
    digest: Option<Digesting>,
    is_cut: bool,
}

/// A buffer, filled up to a point.
struct Chunk {
    bytes: Box<[u8]>,
    filled: usize,
}

impl Chunk {
    fn new() -> Self {
        Self { bytes: vec![0; CHUNK].into_boxed_slice(), filled: 0 }
    }

    fn content(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    fn room(&mut self) -> &mut [u8] {
        &mut self.bytes[self.filled..]
    }
}

impl<W: Write> Chunks<W> {
    /// Puts chunks in front of a writer.
    pub(crate) fn new(out: W) -> Self {
        Self { chunk: Chunk::new(), out, digest: None, is_cut: false }
    }

    /// As [`Self::new`], with a digest of all that is written.
    pub(crate) fn digested(out: W) -> Self {
        Self { digest: Some(Digesting::Here(Sha256::new())), ..Self::new(out) }
    }

    /// Reads all that a reader has; returns how many bytes that were.
    pub(crate) fn fill(&mut self, mut reader: impl Read) -> io::Result<u64> {
        let mut count = 0;
        loop {
            if self.chunk.room().len() < LITTLE {
                self.pass()?;
            }
            match reader.read(self.chunk.room()) {
                Ok(0) => return Ok(count),
                Ok(read) => {
                    self.chunk.filled += read;
                    count += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Ignores all that is written from now on.
    pub(crate) fn cut(&mut self) {
        self.is_cut = true;
    }

    /// Writes what is left, and returns the writer and the digest, if one was asked for.
    pub(crate) fn finish(mut self) -> io::Result<(W, Option<ContextDigest>)> {
        self.pass()?;
        let digest = self.digest.take().map(|digest| ContextDigest::new(digest.finish().finalize().into()));
        Ok((self.out, digest))
    }

    /// Writes the chunk, and begins another one.
    fn pass(&mut self) -> io::Result<()> {
        if self.is_cut || self.chunk.filled == 0 {
            self.chunk.filled = 0;
            return Ok(());
        }
        for piece in self.chunk.content().chunks(PIECE) {
            self.out.write_all(piece)?;
        }
        match &mut self.digest {
            None => self.chunk.filled = 0,
            Some(digest) => digest.pass(&mut self.chunk),
        }
        Ok(())
    }
}

impl<W: Write> Write for Chunks<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.chunk.room().is_empty() {
            self.pass()?;
        }
        let room = self.chunk.room();
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.chunk.filled += count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass()?;
        self.out.flush()
    }
}

/// A digest that is being computed.
enum Digesting {
    /// Here, as long as there is one chunk, or if there can be no other thread.
    Here(Sha256),
    /// In a thread.
    Beside(Beside),
}

/// A thread that computes a digest: chunks go in, and come back empty.
struct Beside {
    chunks: SyncSender<Chunk>,
    empties: Receiver<Chunk>,
    thread: JoinHandle<Sha256>,
}

impl Digesting {
    /// Takes the content of a chunk.
    fn pass(&mut self, chunk: &mut Chunk) {
        match self {
            Self::Here(hash) => {
                hash.update(chunk.content());
                chunk.filled = 0;
                if let Some(beside) = Beside::begin(hash) {
                    *self = Self::Beside(beside);
                }
            }
            Self::Beside(beside) => {
                let empty = beside.empties.try_recv().unwrap_or_else(|_| Chunk::new());
                let full = std::mem::replace(chunk, empty);
                beside.chunks.send(full).expect("because the thread reads until the sender is gone");
            }
        }
    }

    fn finish(self) -> Sha256 {
        match self {
            Self::Here(hash) => hash,
            Self::Beside(Beside { chunks, thread, .. }) => {
                drop(chunks);
                thread.join().expect("because computing a digest does not panic")
            }
        }
    }
}

impl Beside {
    /// Goes on with a digest in a thread; none if the system gives none.
    fn begin(hash: &Sha256) -> Option<Self> {
        let (chunks, full) = mpsc::sync_channel::<Chunk>(WAITING);
        let (empty, empties) = mpsc::channel();
        let mut hash = hash.clone();
        let work = move || {
            for mut chunk in full {
                hash.update(chunk.content());
                chunk.filled = 0;
                // Nobody wants it any more when all is read.
                let _ = empty.send(chunk);
            }
            hash
        };
        let thread = thread::Builder::new().name("digest".to_owned()).spawn(work).ok()?;
        Some(Self { chunks, empties, thread })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes some bytes in pieces and reads the others; returns what came out, and the digest.
    fn through(written: &[u8], piece: usize, read: &[u8]) -> (Vec<u8>, ContextDigest) {
        let mut chunks = Chunks::digested(Vec::new());
        written.chunks(piece).for_each(|piece| chunks.write_all(piece).expect("memory takes everything"));
        assert_eq!(chunks.fill(read).ok(), Some(read.len() as u64));
        let (out, digest) = chunks.finish().expect("memory takes everything");
        (out, digest.expect("it was asked for"))
    }

    #[test]
    fn bytes_and_digest_are_those_that_went_in() {
        let bytes: Vec<u8> = (0..=250).cycle().take(3 * CHUNK).collect();
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            for at in [0, len / 2, len] {
                let (written, read) = bytes[..len].split_at(at);
                let (out, digest) = through(written, 777, read);
                assert!(out == bytes[..len], "{len} bytes, {at} of them written");
                assert_eq!(digest, ContextDigest::new(Sha256::digest(&out).into()), "{len} {at}");
            }
        }
    }

    #[test]
    fn nothing_is_written_after_a_cut() {
        let mut out = Vec::new();
        let mut chunks = Chunks::new(&mut out);
        chunks.write_all(b"a").expect("memory takes everything");
        chunks.flush().expect("memory takes everything");
        chunks.write_all(b"b").expect("memory takes everything");
        chunks.cut();
        chunks.write_all(b"c").expect("it is thrown away");
        assert!(chunks.finish().is_ok_and(|(_, digest)| digest.is_none()));
        assert_eq!(out, b"a");
    }
}
