//! Just enough HTTP/1.1 to tell where a message ends.

use std::io::{self, BufRead, Read as _, Write};

/// The start line and the fields of a message.
#[derive(Debug)]
pub(super) struct Head {
    /// As it was read, with the empty line at its end.
    pub(super) bytes: Vec<u8>,
    start: String,
    length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

/// How long the body of a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// There is none, or it has this many bytes.
    Length(u64),
    /// It is in chunks, the last of which is empty.
    Chunked,
    /// It ends with the connection.
    UntilClosed,
}

impl Head {
    /// Reads a head; none if the connection ended before it.
    pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let (mut length, mut chunked, mut upgrade) = (None, false, false);
        let mut start = String::new();
        loop {
            let begin = bytes.len();
            if from.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            let line = String::from_utf8_lossy(&bytes[begin..]).trim_end().to_owned();
            if begin == 0 {
                start = line;
                continue;
            }
            let Some((name, value)) = line.split_once(':') else {
                return Ok(Some(Self { bytes, start, length, chunked, upgrade }));
            };
            match (name.to_ascii_lowercase().as_str(), value.trim()) {
                ("content-length", value) => length = value.parse().ok(),
                ("transfer-encoding", value) => chunked = value.eq_ignore_ascii_case("chunked"),
                ("upgrade", _) => upgrade = true,
                _ => {}
            }
        }
    }

    /// Method and path of a request, for messages.
    pub(super) fn request(&self) -> &str {
        self.start.rsplit_once(' ').map_or(self.start.as_str(), |(request, _)| request)
    }

    fn method(&self) -> &str {
        self.start.split(' ').next().unwrap_or_default()
    }

    /// Whether a request changes something; waiting does not.
    pub(super) fn changes(&self) -> bool {
        let path = self.request().split(['?', ' ']).nth(1).unwrap_or_default();
        matches!(self.method(), "POST" | "PUT" | "DELETE") && !path.ends_with("/wait")
    }

    /// The body of a request.
    pub(super) fn request_body(&self) -> Body {
        if self.chunked { Body::Chunked } else { Body::Length(self.length.unwrap_or(0)) }
    }

    /// The body of the answer to a request.
    pub(super) fn answer_body(&self, request: &Self) -> Body {
        let status = self.start.split(' ').nth(1).unwrap_or_default();
        if request.method() == "HEAD" || status.starts_with('1') || matches!(status, "204" | "304") {
            assert!(!(self.upgrade && status == "101"), "nobody asked to change the protocol");
            return Body::Length(0);
        }
        match (self.chunked, self.length) {
            (true, _) => Body::Chunked,
            (false, Some(length)) => Body::Length(length),
            (false, None) => Body::UntilClosed,
        }
    }
}

/// Passes a body on as it comes.
pub(super) fn pass(body: Body, from: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    match body {
        Body::Length(length) => pass_bytes(length, from, to),
        Body::UntilClosed => io::copy(from, to).map(drop),
        Body::Chunked => loop {
            let size = pass_line(from, to)?;
            let digits = size.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(digits, 16).map_err(io::Error::other)?;
            if size == 0 {
                // Trailers, then an empty line.
                while !pass_line(from, to)?.trim_end().is_empty() {}
                return Ok(());
            }
            pass_bytes(size + 2, from, to)?;
            to.flush()?;
        },
    }
}

fn pass_bytes(count: u64, from: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    let passed = io::copy(&mut from.by_ref().take(count), to)?;
    if passed < count {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn pass_line(from: &mut impl BufRead, to: &mut impl Write) -> io::Result<String> {
    let mut line = Vec::new();
    if from.read_until(b'\n', &mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    to.write_all(&line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

#[test]
fn messages_end_where_they_say() {
    let head = |text: &str| Head::read(&mut text.as_bytes()).expect("text can be read").expect("a head");
    let get = head("GET /v1.41/info HTTP/1.1\r\n\r\n");
    let post = head("POST /v1.41/containers/a/start?x=/wait HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!((get.changes(), get.request_body()), (false, Body::Length(0)));
    assert_eq!((post.changes(), post.request_body()), (true, Body::Length(3)));
    assert!(!head("POST /containers/a/wait?condition=removed HTTP/1.1\r\n\r\n").changes());
    let answer = head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_eq!(answer.answer_body(&get), Body::Chunked);
    assert_eq!(answer.answer_body(&head("HEAD / HTTP/1.1\r\n\r\n")), Body::Length(0));
    assert_eq!(head("HTTP/1.1 204 No Content\r\n\r\n").answer_body(&post), Body::Length(0));

    let text = "3;x=1\r\nabc\r\n0\r\nTrailer: 1\r\n\r\nnext";
    let (mut from, mut to) = (text.as_bytes(), Vec::new());
    pass(Body::Chunked, &mut from, &mut to).expect("all of it is there");
    assert_eq!(from, b"next");
    assert_eq!(to, &text.as_bytes()[..text.len() - 4]);
}
