//! Asks over a Unix socket whether an engine answers, with the standard library alone.

use std::io::{Error, Read as _, Result, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// How long an engine may take to answer a ping.
const PATIENCE: Duration = Duration::from_secs(5);

/// `GET /_ping`: succeeds when an engine answers with 200.
pub(super) fn ping(socket: &Path) -> Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    let status = answer.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) == Some("200") {
        return Ok(());
    }
    Err(Error::other(format!("the engine answered a ping with `{status}`")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    /// Answers one connection with `answer` and returns what `ping` makes of it.
    fn ping_answered(name: &str, answer: &'static str) -> Result<()> {
        let socket = std::env::temp_dir().join(format!("xtask-ping-{name}-{}", std::process::id()));
        let listener = UnixListener::bind(&socket)?;
        let server = std::thread::spawn(move || -> Result<()> {
            let (mut stream, _) = listener.accept()?;
            let mut request = [0; 64];
            let length = stream.read(&mut request)?;
            assert!(request[..length].starts_with(b"GET /_ping "));
            stream.write_all(answer.as_bytes())
        });
        let result = ping(&socket);
        server.join().expect("the server does not panic")?;
        std::fs::remove_file(&socket)?;
        result
    }

    #[test]
    fn only_a_200_is_an_answer() {
        assert!(ping_answered("ok", "HTTP/1.1 200 OK\r\n\r\nOK").is_ok());
        let error = ping_answered("bad", "HTTP/1.1 503 Busy\r\n\r\n").expect_err("503 is not 200");
        assert!(error.to_string().contains("503 Busy"));
    }

    #[test]
    fn a_missing_socket_is_not_found() {
        let error = ping(Path::new("no-such-socket")).expect_err("there is no such socket");
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    }
}
