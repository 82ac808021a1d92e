//! The messages that a build answers with, one a line.

use bytes::{Buf, BytesMut};
use serde::Deserialize;
use serde_json::Value;

use crate::docker::cause::Cause;

/// A message. Which of the fields are there says what it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Message {
    /// What the classic builder says, or a container of it wrote.
    pub(super) stream: Option<String>,
    /// How far an image is that is pulled.
    pub(super) status: Option<String>,
    /// Of what the status is.
    pub(super) id: Option<String>,
    /// How much was pulled, which is said often.
    pub(super) progress: Option<String>,
    /// A result, or what BuildKit says.
    pub(super) aux: Option<Value>,
    /// Why it failed.
    pub(super) error: Option<String>,
}

/// Takes an answer apart.
#[derive(Debug, Default)]
pub(super) struct Messages {
    held: BytesMut,
    /// How much of what is held has no end of a line.
    searched: usize,
}

impl Messages {
    /// Takes what has arrived.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// Returns the next whole message, if it has arrived.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Cause> {
        loop {
            let Some(end) = self.held[self.searched..].iter().position(|byte| *byte == b'\n') else {
                self.searched = self.held.len();
                return Ok(None);
            };
            let line = self.held.split_to(self.searched + end);
            self.held.advance(1);
            self.searched = 0;
            if !line.trim_ascii().is_empty() {
                return serde_json::from_slice(&line).map(Some).map_err(Cause::Unreadable);
            }
        }
    }

    /// Returns the last message, which need not end a line.
    pub(super) fn last(mut self) -> Result<Option<Message>, Cause> {
        self.push(b"\n");
        self.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_can_arrive_in_pieces() {
        let text = "{\"stream\":\"a\\n\"}\r\n{\"error\":\"no\"}\n\n{\"aux\":{\"ID\":\"sha256:1\"}}";
        for size in 1..text.len() {
            let mut messages = Messages::default();
            let mut found = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                messages.push(piece);
                while let Some(message) = messages.next().unwrap() {
                    found.push(message);
                }
            }
            found.extend(messages.last().unwrap());
            assert_eq!(found.len(), 3, "{size}");
            assert_eq!(found[0].stream.as_deref(), Some("a\n"));
            assert_eq!(found[1].error.as_deref(), Some("no"));
            assert!(found[2].aux.is_some());
        }
    }
}
