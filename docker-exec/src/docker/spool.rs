//! Keeps an archive between reading and writing it.
//!
//! The engine locks a container while an archive of it is read, so the same archive cannot be written back through the
//! same container meanwhile; and through a second one it would replace files under the reader's eyes, which then takes
//! hard links for files of their own. So the archive is held: in memory while it is small, else in an unnamed file.

use std::io;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::{self, StreamExt};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio_util::io::ReaderStream;

/// What is held in memory at most.
const IN_MEMORY: usize = 4 << 20;

/// Bytes that were written and are read back once.
#[derive(Debug, Default)]
pub(super) struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    /// Appends bytes and leaves the buffer empty.
    pub(super) async fn push(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        self.memory.append(bytes);
        if self.memory.len() > IN_MEMORY {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            empty => empty.insert(File::from_std(tempfile::tempfile()?)),
        };
        file.write_all(&self.memory).await?;
        self.memory.clear();
        Ok(())
    }

    /// Returns all that was written.
    pub(super) async fn read(
        mut self,
    ) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static> {
        if self.file.is_some() {
            self.flush().await?;
        }
        let held = stream::iter((!self.memory.is_empty()).then(|| Ok(Bytes::from(self.memory))));
        let file = match self.file {
            Some(mut file) => {
                file.flush().await?;
                file.rewind().await?;
                Some(ReaderStream::with_capacity(file, 64 << 10))
            }
            None => None,
        };
        Ok(held.chain(stream::iter(file).flatten()).boxed())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn small_and_large() {
        for size in [0, 10, IN_MEMORY + 10, 3 * IN_MEMORY] {
            let mut spool = Spool::default();
            let mut left = size;
            while left > 0 {
                let now = left.min(100_000);
                spool.push(&mut vec![7; now]).await.unwrap();
                left -= now;
            }
            let pieces: Vec<Bytes> = spool.read().await.unwrap().try_collect().await.unwrap();
            assert_eq!(pieces.iter().map(Bytes::len).sum::<usize>(), size);
        }
    }
}
