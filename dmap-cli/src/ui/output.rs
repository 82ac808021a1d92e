//! What a container writes, handed on as it comes.

use std::io::{self, Write as _};

use docker_exec::{Reader, Stream};

/// Hands each of a container's streams on to the same one of this process. Nobody has to be listening.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passage;

impl Reader for Passage {
    fn read(&mut self, stream: Stream, bytes: &[u8]) {
        let _ = match stream {
            Stream::Out => {
                let mut out = io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Stream::Err => io::stderr().lock().write_all(bytes),
        };
    }
}
