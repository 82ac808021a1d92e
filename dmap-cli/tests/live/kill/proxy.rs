//! A Unix socket between `dmap` and the engine that kills `dmap` at a chosen request.
//!
//! Before: the request is not passed on. After: the engine's answer is complete, and not passed on. What other
//! connections have passed on by then is answered before the run is over, so that the engine is at rest afterwards.

use std::io::{self, BufReader, ErrorKind, Read, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{env, fs};

use super::http::{Head, pass};
use crate::docker::Ended;

/// Says where a run is cut.
pub(super) trait Cut: Send + Sync {
    /// Returns whether, and when, the run is cut at a request that changes something. They are numbered from 1, and told
    /// by method and path.
    fn at(&self, number: usize, request: &str) -> Option<When>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Before the engine gets the request.
    Before,
    /// After the engine has answered, before `dmap` gets the answer.
    After,
}

/// The proxy; one run goes through it.
pub(super) struct Proxy {
    socket: PathBuf,
    listener: UnixListener,
    shared: Arc<Shared>,
}

/// What all connections share.
struct Shared {
    cut: Arc<dyn Cut>,
    engine: PathBuf,
    requests: AtomicUsize,
    /// Locked until the program is started.
    child: Mutex<Option<Child>>,
    over: AtomicBool,
    killed_at: Mutex<Option<String>>,
}

impl Proxy {
    /// Listens on a socket of its own.
    #[track_caller]
    pub(super) fn listen(socket: &Path, cut: Arc<dyn Cut>) -> Self {
        let host = env::var("DOCKER_HOST").unwrap_or_default();
        let engine = host.strip_prefix("unix://").unwrap_or("/var/run/docker.sock");
        assert!(host.is_empty() || host.starts_with("unix://"), "the engine has a Unix socket: {host}");
        let _ = fs::remove_file(socket);
        let listener = UnixListener::bind(socket).expect("the socket can be made");
        listener.set_nonblocking(true).expect("a listener can be asked without waiting");
        let shared = Shared {
            cut,
            engine: engine.into(),
            requests: AtomicUsize::new(0),
            child: Mutex::new(None),
            over: AtomicBool::new(false),
            killed_at: Mutex::new(None),
        };
        Self { socket: socket.to_owned(), listener, shared: Arc::new(shared) }
    }

    /// The address, as `DOCKER_HOST` takes it.
    pub(super) fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Runs a program that talks to the engine through here; returns the request it was killed at, and how it ended.
    #[track_caller]
    pub(super) fn run(self, mut command: Command) -> (Option<String>, Ended) {
        let (stdout, stderr) = {
            let mut slot = self.shared.child();
            let child = slot.insert(command.spawn().expect("the program can be started"));
            (drain(child.stdout.take()), drain(child.stderr.take()))
        };
        let mut connections = Vec::new();
        let deadline = Instant::now() + Duration::from_mins(2);
        let status = loop {
            match self.listener.accept() {
                Ok((client, _)) => {
                    let shared = Arc::clone(&self.shared);
                    // What goes wrong on a connection goes wrong for the program, which reports it.
                    connections.push(thread::spawn(move || drop(serve(&shared, client))));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if let Some(status) = self.shared.exited() {
                        break status;
                    }
                    if Instant::now() > deadline {
                        self.shared.kill("the deadline");
                        panic!("the program came to no end");
                    }
                    thread::sleep(Duration::from_millis(1));
                }
                Err(error) => panic!("no connection can be taken: {error}"),
            }
        };
        self.shared.over.store(true, Ordering::SeqCst);
        for connection in connections {
            connection.join().expect("a connection does not panic");
        }
        let text = |drained: JoinHandle<String>| drained.join().expect("reading does not panic");
        let ended = Ended { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) };
        let killed_at = self.shared.killed_at.lock().expect("no connection panics").take();
        (killed_at, ended)
    }
}

impl Shared {
    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().expect("no connection panics")
    }

    fn exited(&self) -> Option<ExitStatus> {
        let mut child = self.child();
        child.as_mut().and_then(|child| child.try_wait().expect("a child can be waited for"))
    }

    fn kill(&self, request: &str) {
        self.over.store(true, Ordering::SeqCst);
        *self.killed_at.lock().expect("no connection panics") = Some(request.to_owned());
        if let Some(child) = self.child().as_mut() {
            child.kill().expect("a child can be killed");
        }
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

/// Passes on the requests of one connection and their answers, one after the other.
fn serve(shared: &Shared, client: UnixStream) -> io::Result<()> {
    let engine = UnixStream::connect(&shared.engine)?;
    engine.set_read_timeout(Some(Duration::from_millis(20)))?;
    let (mut to_engine, mut to_client) = (engine.try_clone()?, client.try_clone()?);
    let mut from_engine = BufReader::new(Patient { stream: engine, shared, changing: false });
    let mut from_client = BufReader::new(client);
    while let Some(request) = Head::read(&mut from_client)? {
        let changes = request.changes();
        if changes && shared.is_over() {
            break;
        }
        let cut = changes.then(|| shared.requests.fetch_add(1, Ordering::SeqCst) + 1);
        let cut = cut.and_then(|number| shared.cut.at(number, request.request()));
        if cut == Some(When::Before) {
            shared.kill(request.request());
            break;
        }
        to_engine.write_all(&request.bytes)?;
        pass(request.request_body(), &mut from_client, &mut to_engine)?;
        from_engine.get_mut().changing = changes;
        let Some(answer) = Head::read(&mut from_engine)? else {
            break;
        };
        let body = answer.answer_body(&request);
        if !changes {
            to_client.write_all(&answer.bytes)?;
            pass(body, &mut from_engine, &mut to_client)?;
            continue;
        }
        let mut whole = answer.bytes.clone();
        pass(body, &mut from_engine, &mut whole)?;
        if cut == Some(When::After) {
            shared.kill(request.request());
            break;
        }
        to_client.write_all(&whole)?;
    }
    Ok(())
}

/// The engine's side of a connection: once the run is over, only the answer to a change is waited for.
struct Patient<'a> {
    stream: UnixStream,
    shared: &'a Shared,
    changing: bool,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.stream.read(buffer) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if self.shared.is_over() && !self.changing {
                        return Err(ErrorKind::ConnectionAborted.into());
                    }
                }
                read => return read,
            }
        }
    }
}

/// Reads what a program writes, so that it never waits for a reader.
fn drain(stream: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
