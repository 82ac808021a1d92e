//! An engine that gives prepared answers on a Unix socket, and fails the test for any request it does not expect.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use docker_exec::{ConnectOptions, DockerEngine};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// A request line's beginning, and the status and body that answer it; with status 0 the connection ends without an
/// answer.
pub(crate) type Exchange = (&'static str, u16, &'static str);

/// The greeting of an engine of the oldest version that is spoken.
const GREETING: [Exchange; 2] = [
    ("GET /version", 200, r#"{"Version":"20.10.24","ApiVersion":"1.41"}"#),
    ("GET /v1.41/info", 200, r#"{"NCPU":2}"#),
];

pub(crate) struct Stub {
    folder: tempfile::TempDir,
    script: Arc<Mutex<VecDeque<Exchange>>>,
    unexpected: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    /// Begins to listen.
    pub(crate) fn new(script: &[Exchange]) -> Self {
        Self::listening(script, true)
    }

    /// Begins to listen, and connects to itself. What comes at once can come in any order; of equal requests, the first
    /// exchange comes first.
    pub(crate) async fn connected_in_any_order(script: &[Exchange]) -> (Self, DockerEngine) {
        let stub = Self::listening(&[&GREETING[..], script].concat(), false);
        let engine = DockerEngine::connect(&stub.options()).await.unwrap();
        (stub, engine)
    }

    fn listening(script: &[Exchange], in_order: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("engine.sock")).unwrap();
        let script = Arc::new(Mutex::new(script.iter().copied().collect()));
        let (unexpected, requests) = (Arc::default(), Arc::default());
        let stub = Self { folder, script, unexpected, requests };
        let (script, unexpected) = (Arc::clone(&stub.script), Arc::clone(&stub.unexpected));
        let requests = Arc::clone(&stub.requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, unexpected) = (Arc::clone(&script), Arc::clone(&unexpected));
                tokio::spawn(serve(stream, in_order, script, unexpected, Arc::clone(&requests)));
            }
        });
        stub
    }

    /// Begins to listen and connects to itself.
    pub(crate) async fn connected(script: &[Exchange]) -> (Self, DockerEngine) {
        let stub = Self::new(&[&GREETING[..], script].concat());
        let engine = DockerEngine::connect(&stub.options()).await.unwrap();
        (stub, engine)
    }

    pub(crate) fn options(&self) -> ConnectOptions {
        let socket: PathBuf = self.folder.path().join("engine.sock");
        ConnectOptions { host: Some(format!("unix://{}", socket.display())) }
    }

    /// Takes no more connections; those that are open stay.
    pub(crate) fn goes_away(&self) {
        std::fs::remove_file(self.folder.path().join("engine.sock")).unwrap();
    }

    /// Returns a request with its head and body, by its number.
    pub(crate) fn request(&self, number: usize) -> String {
        self.requests.lock().unwrap().get(number).cloned().unwrap_or_default()
    }

    /// Returns the last request with its head and body.
    pub(crate) fn last_request(&self) -> String {
        self.requests.lock().unwrap().last().cloned().unwrap_or_default()
    }

    /// Fails if anything else was asked, or anything was not asked.
    pub(crate) fn verify(&self) {
        assert_eq!(*self.unexpected.lock().unwrap(), Vec::<String>::new(), "unexpected requests");
        assert!(
            self.script.lock().unwrap().is_empty(),
            "missing requests: {:?}",
            self.script.lock().unwrap()
        );
    }
}

async fn serve(
    mut stream: UnixStream,
    in_order: bool,
    script: Arc<Mutex<VecDeque<Exchange>>>,
    unexpected: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Vec<String>>>,
) {
    while let Some(text) = request(&mut stream).await {
        let line = text.lines().next().unwrap_or_default().to_owned();
        requests.lock().unwrap().push(text);
        let next = {
            let mut script = script.lock().unwrap();
            let fits = |(expected, ..): &Exchange| line.starts_with(expected);
            let place = if in_order { Some(0) } else { script.iter().position(fits) };
            place.and_then(|place| script.remove(place))
        };
        let (status, body) = match next {
            Some((expected, status, body)) if line.starts_with(expected) => (status, body),
            next => {
                unexpected.lock().unwrap().push(format!("{line} instead of {:?}", next.map(|next| next.0)));
                (418, "{}")
            }
        };
        if status == 0 {
            return;
        }
        let length = if matches!(status, 204 | 304) {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", body.len())
        };
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{length}\r\n{body}");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads a request with its body.
async fn request(stream: &mut UnixStream) -> Option<String> {
    let mut text = Vec::new();
    let end = loop {
        if let Some(end) = text.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut text).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&text[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    while text.len() < end + length.unwrap_or(0) {
        stream.read_buf(&mut text).await.ok()?;
    }
    // A request that breaks off has no last chunk.
    while head.contains("transfer-encoding: chunked") && !text.ends_with(b"0\r\n\r\n") {
        if stream.read_buf(&mut text).await.ok()? == 0 {
            break;
        }
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}
