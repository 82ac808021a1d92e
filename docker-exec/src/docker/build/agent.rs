//! An agent with SSH keys that a build is lent: what a step says to its socket is passed on to the agent's, and back.
//!
//! The engine opens a stream for each connection of a step, on which messages hold the bytes of both directions.

use std::path::Path;

use bytes::{Buf, BytesMut};
use futures_util::{Stream, stream};
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;

use super::proto::{fields, put};
use super::session::{HEAD, OK, Said, framed, trailers};

/// How long a message may be, in bytes.
const LONGEST: usize = 1024 * 1024;
/// How much is read from the agent at once, in bytes.
const PIECE: usize = 16 * 1024;

/// Connects to the agent behind a socket, and passes on what a step says. Returns what the agent says, to its end; none if
/// there is no agent.
pub(super) async fn forward(said: Incoming, socket: &Path) -> Option<impl Stream<Item = Said> + use<>> {
    let (agent, to_agent) = UnixStream::connect(socket).await.ok()?.into_split();
    tokio::spawn(pass_on(said, to_agent));
    Some(stream::unfold(Some(agent), |agent| async {
        let mut agent = agent?;
        let mut bytes = vec![0; PIECE];
        match agent.read(&mut bytes).await {
            Ok(read) if read > 0 => {
                let mut message = Vec::with_capacity(read + HEAD);
                put(&mut message, 1, &bytes[..read]);
                Some((Ok(Frame::data(framed(&message))), Some(agent)))
            }
            Ok(_) | Err(_) => Some((Ok(trailers(OK, None)), None)),
        }
    }))
}

/// Passes on what comes in messages, until there is no more or nobody takes it.
async fn pass_on(mut said: Incoming, mut agent: OwnedWriteHalf) {
    let mut read = BytesMut::new();
    while let Some(Ok(frame)) = said.frame().await {
        let Ok(bytes) = frame.into_data() else { continue };
        read.extend_from_slice(&bytes);
        while let Some(message) = next(&mut read) {
            let bytes =
                fields(&message).find(|(number, _)| *number == 1).map(|(_, field)| field.bytes().to_vec());
            if agent.write_all(&bytes.unwrap_or_default()).await.is_err() {
                return;
            }
        }
        if read.len() > LONGEST {
            return;
        }
    }
}

/// Takes a message out of what was read, if it is there to its end.
fn next(read: &mut BytesMut) -> Option<BytesMut> {
    let length = read.get(1..HEAD)?.try_into().map(u32::from_be_bytes).ok()?;
    let length = usize::try_from(length).ok()?;
    if read.len() < HEAD + length {
        return None;
    }
    read.advance(HEAD);
    Some(read.split_to(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_in_any_pieces() {
        let both = [framed(b"one"), framed(b""), framed(b"two")].concat();
        for piece in 1..both.len() {
            let (mut read, mut found) = (BytesMut::new(), Vec::new());
            for bytes in both.chunks(piece) {
                read.extend_from_slice(bytes);
                found.extend(std::iter::from_fn(|| next(&mut read)));
            }
            assert_eq!(found, [&b"one"[..], b"", b"two"], "{piece}");
            assert!(read.is_empty());
        }
    }
}
