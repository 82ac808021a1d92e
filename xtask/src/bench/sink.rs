//! An engine that reads the context of a build and throws it away: what is measured is who sends it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread;

use crate::error::{Doing as _, Result};

/// How much is read at once, in bytes.
const CHUNK: usize = 128 * 1024;
/// What ends a body that is sent in chunks.
const END: &[u8] = b"0\r\n\r\n";
/// What it says to everything.
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nOstype: linux\r\nBuilder-Version: 1\r\n\
    Content-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Begins to listen, for as long as the program runs.
pub(super) fn listen(socket: &Path) -> Result {
    let listener = UnixListener::bind(socket).doing(format_args!("listen at {}", socket.display()))?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Who goes away has failed, and says so itself.
            thread::spawn(move || answer(&stream));
        }
    });
    Ok(())
}

/// Reads one request with its body, and answers.
fn answer(stream: &UnixStream) -> std::io::Result<()> {
    let mut reader = BufReader::with_capacity(CHUNK, stream);
    let mut is_chunked = false;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        is_chunked |= line.eq_ignore_ascii_case("transfer-encoding: chunked\r\n");
        line.clear();
    }
    let mut buffer = vec![0; CHUNK];
    let mut last = Vec::new();
    while is_chunked && last != END {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        last.extend_from_slice(&buffer[count.saturating_sub(END.len())..count]);
        last.drain(..last.len().saturating_sub(END.len()));
    }
    (&mut &*stream).write_all(ANSWER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_to_its_end() {
        let folder = tempfile();
        let socket = folder.join("engine.sock");
        listen(&socket).expect("the socket can be made");
        for request in [
            &b"HEAD /_ping HTTP/1.1\r\nHost: x\r\n\r\n"[..],
            b"POST /v1.41/build HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ] {
            let mut stream = UnixStream::connect(&socket).expect("somebody listens");
            for piece in request.chunks(7) {
                stream.write_all(piece).expect("it is read");
            }
            let mut said = Vec::new();
            stream.read_to_end(&mut said).expect("it answers and closes");
            assert_eq!(said, ANSWER);
        }
        std::fs::remove_dir_all(folder).expect("it was made");
    }

    fn tempfile() -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-sink-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("there is room");
        folder
    }
}
