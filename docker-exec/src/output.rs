//! What commands and containers write.

/// Where a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Its standard output.
    Out,
    /// Its standard error.
    Err,
}

/// Somebody who reads what a container writes while it runs.
pub trait Reader: Send {
    /// Takes a piece, which can end within a line or a character.
    fn read(&mut self, stream: Stream, bytes: &[u8]);
}

/// Reads and forgets.
impl Reader for () {
    fn read(&mut self, _stream: Stream, _bytes: &[u8]) {}
}
