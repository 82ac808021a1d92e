//! BuildKit's progress: a
//! [`StatusResponse`](https://github.com/moby/buildkit/blob/v0.8.0/api/services/control/control.proto) now and then.

use std::time::Duration;

use super::proto::{Field, fields};
use crate::output::Stream;

/// What has changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trace {
    pub(super) vertices: Vec<Vertex>,
    pub(super) logs: Vec<Log>,
    pub(super) warnings: Vec<String>,
}

/// A step, as far as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Vertex {
    pub(super) digest: String,
    pub(super) name: String,
    pub(super) is_cached: bool,
    /// Since the epoch.
    pub(super) started: Option<Duration>,
    pub(super) completed: Option<Duration>,
    pub(super) error: String,
}

/// What a step wrote.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Log {
    pub(super) vertex: String,
    pub(super) stream: Stream,
    pub(super) bytes: Vec<u8>,
}

/// Reads what has changed. Unknown fields are left out.
pub(super) fn read(message: &[u8]) -> Trace {
    let mut trace = Trace::default();
    for (number, field) in fields(message) {
        match number {
            1 => trace.vertices.push(vertex(field.bytes())),
            3 => trace.logs.push(log(field.bytes())),
            4 => trace.warnings.extend(fields(field.bytes()).find(|(number, _)| *number == 3).map(text)),
            _ => {}
        }
    }
    trace
}

fn text((_, field): (u64, Field<'_>)) -> String {
    field.text()
}

fn vertex(message: &[u8]) -> Vertex {
    let mut vertex = Vertex::default();
    for (number, field) in fields(message) {
        match number {
            1 => vertex.digest = field.text(),
            3 => vertex.name = field.text(),
            4 => vertex.is_cached = field.number() != 0,
            5 => vertex.started = Some(time(field.bytes())),
            6 => vertex.completed = Some(time(field.bytes())),
            7 => vertex.error = field.text(),
            _ => {}
        }
    }
    vertex
}

fn log(message: &[u8]) -> Log {
    let mut log = Log { vertex: String::new(), stream: Stream::Out, bytes: Vec::new() };
    for (number, field) in fields(message) {
        match number {
            1 => log.vertex = field.text(),
            3 if field.number() == 2 => log.stream = Stream::Err,
            4 => log.bytes = field.bytes().to_vec(),
            _ => {}
        }
    }
    log
}

fn time(message: &[u8]) -> Duration {
    let mut time = Duration::ZERO;
    for (number, field) in fields(message) {
        match number {
            1 => time += Duration::from_secs(field.number()),
            2 => time += Duration::from_nanos(field.number()),
            _ => {}
        }
    }
    time
}

#[cfg(test)]
mod tests {
    use super::super::proto::put;
    use super::*;

    #[test]
    fn steps_and_what_they_write() {
        let mut step = Vec::new();
        put(&mut step, 1, b"sha256:aa");
        put(&mut step, 2, b"sha256:bb");
        put(&mut step, 3, b"[2/2] RUN false");
        step.extend([4 << 3, 1]);
        put(&mut step, 5, &[1 << 3, 100, 2 << 3, 5]);
        put(&mut step, 7, b"exit code: 1");
        let mut log = Vec::new();
        put(&mut log, 1, b"sha256:aa");
        log.extend([3 << 3, 2]);
        put(&mut log, 4, b"no\n");
        let mut warning = vec![2 << 3, 1];
        put(&mut warning, 3, b"careful");
        let mut message = Vec::new();
        put(&mut message, 1, &step);
        put(&mut message, 3, &log);
        put(&mut message, 4, &warning);
        let trace = read(&message);
        let vertex = &trace.vertices[0];
        assert_eq!((vertex.digest.as_str(), vertex.name.as_str()), ("sha256:aa", "[2/2] RUN false"));
        assert!(vertex.is_cached && vertex.error == "exit code: 1" && vertex.completed.is_none());
        assert_eq!(vertex.started, Some(Duration::new(100, 5)));
        let expect = Log { vertex: "sha256:aa".to_owned(), stream: Stream::Err, bytes: b"no\n".to_vec() };
        assert_eq!((&trace.logs[..], &trace.warnings[..]), (&[expect][..], &["careful".to_owned()][..]));
    }
}
