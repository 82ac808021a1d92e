//! The output of a command or container: standard output and standard error in one stream, in frames
//! ([`ContainerAttach`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach)
//! has the format).

use bytes::{Buf, Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::cause::Cause;
use crate::output::Stream;

/// The length of a frame's header: the stream, three zeros, and the length of what follows.
const HEADER: usize = 8;

/// Takes a stream of frames apart.
#[derive(Debug, Default)]
pub(super) struct Frames {
    held: BytesMut,
}

impl Frames {
    /// Takes what has arrived.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// Returns the next whole frame, if it has arrived.
    pub(super) fn next(&mut self) -> Option<(Stream, Bytes)> {
        let (header, rest) = self.held.split_at_checked(HEADER)?;
        let stream = if header[0] == 2 { Stream::Err } else { Stream::Out };
        let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]) as usize;
        if rest.len() < length {
            return None;
        }
        self.held.advance(HEADER);
        Some((stream, self.held.split_to(length).freeze()))
    }
}

/// Reads frames from an answer to its end, and hands each on.
pub(super) async fn each(mut body: Incoming, mut take: impl FnMut(Stream, Bytes)) -> Result<(), Cause> {
    let mut frames = Frames::default();
    while let Some(piece) = body.frame().await {
        if let Some(bytes) = piece.map_err(Cause::Broken)?.data_ref() {
            frames.push(bytes);
        }
        while let Some((stream, bytes)) = frames.next() {
            take(stream, bytes);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_arrive_in_pieces() {
        let stream = b"\x01\0\0\0\0\0\0\x03one\x02\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\x05three";
        for size in 1..=stream.len() {
            let (mut frames, mut found) = (Frames::default(), Vec::new());
            for piece in stream.chunks(size) {
                frames.push(piece);
                while let Some((stream, bytes)) = frames.next() {
                    found.push((stream, bytes));
                }
            }
            let expect = [(Stream::Out, &b"one"[..]), (Stream::Err, b""), (Stream::Err, b"three")];
            let found: Vec<_> = found.iter().map(|(stream, bytes)| (*stream, &bytes[..])).collect();
            assert_eq!(found, expect, "in pieces of {size}");
        }
    }
}
