//! The context on its way to the engine.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dockerfile_builder::ContextError;
use futures_util::stream::{self, Stream};
use http_body_util::StreamBody;
use hyper::body::Frame;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

use super::tell::Teller;
use crate::build::{BuildError, BuildEvent, BuildRequest};

/// How much is sent at once, in bytes.
const PIECE: usize = 128 * 1024;
/// How many pieces wait at most.
const WAITING: usize = 8;
/// How long packing may go on when the engine has answered.
const LAST: Duration = Duration::from_secs(5);

type Piece = io::Result<Bytes>;
/// What bollard's body type holds.
type Pieces = Pin<Box<dyn Stream<Item = io::Result<Frame<Bytes>>> + Send>>;

/// What is sent.
#[derive(Debug)]
pub(super) struct Upload(Receiver<Piece>);

/// How far packing is.
#[derive(Debug)]
pub(super) struct Sending {
    packing: JoinHandle<Result<(), BuildError>>,
    sent: Arc<AtomicU64>,
    told: u64,
}

/// Begins to pack.
pub(super) fn start(request: &BuildRequest) -> (Upload, Sending) {
    let (sender, receiver) = channel(WAITING);
    let sent = Arc::new(AtomicU64::new(0));
    let pipe = Pipe { sender, gathered: BytesMut::new(), held: None, sent: Arc::clone(&sent) };
    let request = request.clone();
    let packing = tokio::task::spawn_blocking(move || pack(&request, pipe));
    (Upload(receiver), Sending { packing, sent, told: 0 })
}

fn pack(request: &BuildRequest, mut pipe: Pipe) -> Result<(), BuildError> {
    let out = &mut pipe;
    let packed = match request.digest {
        None => request.context.write(&*request.tree, request.encoding, out).map_err(BuildError::Context),
        Some(expected) => match request.context.pack(&*request.tree, request.encoding, out) {
            Ok(found) if found != expected => Err(BuildError::ContextChanged { expected, found }),
            packed => packed.map(drop).map_err(BuildError::Context),
        },
    };
    match packed {
        Ok(()) => {
            pipe.finish();
            Ok(())
        }
        // The engine has read enough, or has gone away: it is the one to say why.
        Err(BuildError::Context(ContextError::Write { .. })) => Ok(()),
        Err(error) => {
            pipe.break_off();
            Err(error)
        }
    }
}

impl Upload {
    pub(super) fn into_body(self) -> StreamBody<Pieces> {
        let pieces = stream::unfold(self.0, |mut receiver| async {
            let piece = receiver.recv().await?;
            Some((piece.map(Frame::data), receiver))
        });
        StreamBody::new(Box::pin(pieces))
    }
}

impl Sending {
    /// Says how much was sent, if that is more than before.
    pub(super) fn tell(&mut self, teller: &mut Teller<'_>) {
        let bytes = self.sent.load(Ordering::Relaxed);
        if bytes > self.told {
            self.told = bytes;
            teller.tell(BuildEvent::Sent { bytes });
        }
    }

    /// Returns what went wrong with the context.
    pub(super) async fn end(self) -> Result<(), BuildError> {
        match tokio::time::timeout(LAST, self.packing).await {
            Ok(Ok(packed)) => packed,
            // The thread of a runtime that ends, or an engine that takes no more and has answered already.
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }
}

/// Hands pieces over to the request. One is held back, so that what is cut off never looks complete to the engine.
struct Pipe {
    sender: Sender<Piece>,
    /// What is not yet a piece.
    gathered: BytesMut,
    held: Option<Bytes>,
    sent: Arc<AtomicU64>,
}

impl Pipe {
    /// Makes a piece of what is gathered.
    fn push(&mut self) -> io::Result<()> {
        let piece = self.gathered.split().freeze();
        let Some(held) = self.held.replace(piece) else { return Ok(()) };
        self.send(held)
    }

    fn send(&self, piece: Bytes) -> io::Result<()> {
        let length = piece.len() as u64;
        self.sender.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe)?;
        self.sent.fetch_add(length, Ordering::Relaxed);
        Ok(())
    }

    /// Sends what was held back.
    fn finish(mut self) {
        // Nobody is there any more who could miss it.
        let _ = self.push();
        if let Some(held) = self.held.take().filter(|held| !held.is_empty()) {
            let _ = self.send(held);
        }
    }

    /// Makes the request fail.
    fn break_off(self) {
        let _ = self.sender.blocking_send(Err(io::Error::other("the build context was cut off")));
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.gathered.is_empty() {
            self.gathered.reserve(PIECE);
        }
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= PIECE {
            self.push()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
