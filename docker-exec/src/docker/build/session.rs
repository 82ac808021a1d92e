//! The session: a second connection, over which BuildKit asks for secrets, for agents with SSH keys, and for who pulls.
//!
//! The connection is upgraded to HTTP/2, in which the engine is the client and this is a server of
//! [gRPC](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), as far as it is needed: each call is one
//! message there and one back, but for the one that lends an agent.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, stream};
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue, UPGRADE};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioExecutor;
use tokio::task::JoinHandle;

use super::agent;
use super::proto::{fields, put};
use crate::docker::cause::Cause;
use crate::docker::pool::{Body, Pool, query, sound};
use crate::docker::secrets::Secrets;

/// What can be asked for.
const SECRET: &str = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
const CREDENTIALS: &str = "/moby.filesync.v1.Auth/Credentials";
const AGENT: &str = "/moby.sshforward.v1.SSH/CheckAgent";
const FORWARD: &str = "/moby.sshforward.v1.SSH/ForwardAgent";
const HEALTH: &str = "/grpc.health.v1.Health/Check";

/// The header that says which agent is meant, and the one that is if it does not.
const AGENT_ID: &str = "buildkit.ssh.id";
const USUAL_AGENT: &str = "default";

/// What comes before a message: a byte that says whether it is compressed, and four of its length.
pub(super) const HEAD: usize = 5;

/// How long a question may be, in bytes.
const LONGEST: usize = 64 * 1024;

/// Codes of gRPC.
pub(super) const OK: &str = "0";
const NOT_FOUND: Refusal = Refusal { code: "5", message: None };
const UNIMPLEMENTED: Refusal = Refusal { code: "12", message: None };
const UNAVAILABLE: Refusal = Refusal { code: "14", message: None };

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    code: &'static str,
    /// What the build says then, where the engine has no words of its own.
    message: Option<String>,
}

fn no_agent(id: &str) -> Refusal {
    Refusal {
        message: Some(format!("the build is lent no agent with SSH keys by the name of {id}")),
        ..NOT_FOUND
    }
}

/// What a session answers with.
#[derive(Debug, Clone)]
pub(super) struct Lent {
    pub(super) secrets: Secrets,
    /// The sockets of agents, by the names that the Dockerfile knows.
    pub(super) agents: Arc<BTreeMap<String, PathBuf>>,
}

/// Makes up a name for a build and its session.
pub(super) fn id() -> String {
    // Each state has keys of its own.
    let number = |_| RandomState::new().hash_one(std::process::id());
    let numbers = [0, 1].map(number);
    format!("dmap{:016x}{:016x}", numbers[0], numbers[1])
}

/// An open session; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Session(JoinHandle<()>);

impl Drop for Session {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Session {
    /// Opens a session
    /// ([`Session`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Session/operation/Session)).
    pub(super) async fn open(pool: &Pool, id: &str, lent: Lent) -> Result<Self, Cause> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri("/session")
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "h2c")
            .header("X-Docker-Expose-Session-Uuid", id)
            .header("X-Docker-Expose-Session-Name", "dmap");
        for method in [SECRET, CREDENTIALS, AGENT, FORWARD] {
            request = request.header("X-Docker-Expose-Session-Grpc-Method", method);
        }
        let request = request
            .body(Body::Left(Full::new(Bytes::new())))
            .map_err(|error| Cause::Bollard(error.into()))?;
        let sent = pool.send(request).await.map_err(bollard::errors::Error::from)?;
        let answer = sound(sent).await?;
        let upgraded = hyper::upgrade::on(answer).await.map_err(Cause::Broken)?;
        let serve = service_fn(move |request| answer_to(request, lent.clone()));
        Ok(Self(tokio::spawn(async move {
            // The engine closes the connection when the build is over; if it breaks, the build says what is missing.
            let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(upgraded, serve).await;
        })))
    }
}

/// A part of an answer.
pub(super) type Said = Result<Frame<Bytes>, Infallible>;

type Answer = Response<StreamBody<Pin<Box<dyn Stream<Item = Said> + Send>>>>;

async fn answer_to(request: Request<Incoming>, lent: Lent) -> Result<Answer, Infallible> {
    let path = request.uri().path().to_owned();
    if path == FORWARD {
        let id = request.headers().get(AGENT_ID).and_then(|id| id.to_str().ok()).unwrap_or(USUAL_AGENT);
        let Some(socket) = lent.agents.get(id).cloned() else { return Ok(answer(Err(no_agent(id)))) };
        let said = agent::forward(request.into_body(), &socket).await;
        return Ok(said.map_or_else(|| answer(Err(UNAVAILABLE)), |said| answer_of(Box::pin(said))));
    }
    let read = Limited::new(request.into_body(), LONGEST).collect().await;
    let question = read.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let question = question.get(HEAD..).unwrap_or_default();
    Ok(answer(found(&path, question, &lent)))
}

/// Returns the answer's message, or the code of its failure.
fn found(path: &str, question: &[u8], Lent { secrets, agents }: &Lent) -> Result<Vec<u8>, Refusal> {
    let first = || fields(question).find(|(number, _)| *number == 1).map(|(_, field)| field.text());
    let mut message = Vec::new();
    match path {
        SECRET => {
            let secret = secrets.of_build(&first().unwrap_or_default()).ok_or(NOT_FOUND)?;
            put(&mut message, 1, secret.expose().as_bytes());
        }
        CREDENTIALS => {
            // Nobody in particular is an answer, too.
            if let Some(credential) = secrets.of_registry(&first().unwrap_or_default()) {
                // Without a user, BuildKit takes the secret for a token that stands for one.
                put(&mut message, 1, credential.username().as_bytes());
                put(&mut message, 2, credential.secret().expose().as_bytes());
            }
        }
        AGENT => {
            let id = first().filter(|id| !id.is_empty()).unwrap_or_else(|| USUAL_AGENT.to_owned());
            agents.contains_key(&id).then_some(()).ok_or_else(|| no_agent(&id))?;
        }
        // It is up.
        HEALTH => message.extend([1 << 3, 1]),
        _ => return Err(UNIMPLEMENTED),
    }
    Ok(message)
}

fn answer(found: Result<Vec<u8>, Refusal>) -> Answer {
    let frames = match found {
        Ok(message) => vec![Ok(Frame::data(framed(&message))), Ok(trailers(OK, None))],
        Err(Refusal { code, message }) => vec![Ok(trailers(code, message.as_deref()))],
    };
    answer_of(Box::pin(stream::iter(frames)))
}

fn answer_of(frames: Pin<Box<dyn Stream<Item = Said> + Send>>) -> Answer {
    let mut answer = Response::new(StreamBody::new(frames));
    *answer.status_mut() = StatusCode::OK;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    answer
}

/// Returns a message with what comes before it.
pub(super) fn framed(message: &[u8]) -> Bytes {
    let mut data = vec![0];
    data.extend(u32::try_from(message.len()).unwrap_or_default().to_be_bytes());
    data.extend(message);
    Bytes::from(data)
}

/// Returns the end of an answer.
pub(super) fn trailers(status: &'static str, message: Option<&str>) -> Frame<Bytes> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static(status));
    // It is percent-encoded, as queries are.
    if let Some(message) = message.and_then(|message| HeaderValue::from_str(&query(message)).ok()) {
        trailers.insert("grpc-message", message);
    }
    Frame::trailers(trailers)
}

#[cfg(test)]
mod tests {
    use container_map::Secret;

    use super::*;
    use crate::docker::Credential;

    #[test]
    fn what_is_asked_for_is_found() {
        let credential = Credential::User { username: "me".to_owned(), password: Secret::new("sesame") };
        let token = Credential::Token(Secret::new("t"));
        let credentials = [("docker.io".to_owned(), credential), ("a:5000".to_owned(), token)];
        let secrets = Secrets::default()
            .with_credentials(BTreeMap::from(credentials))
            .for_build(&BTreeMap::from([("token".to_owned(), Secret::new("hunter2"))]));
        let agents = Arc::new(BTreeMap::from([("default".to_owned(), PathBuf::from("/run/agent"))]));
        let lent = Lent { secrets, agents };
        let ask = |path: &str, text: &str| {
            let mut question = Vec::new();
            put(&mut question, 1, text.as_bytes());
            found(path, &question, &lent)
        };
        assert_eq!(ask(AGENT, ""), Ok(Vec::new()));
        assert_eq!(ask(AGENT, "other"), Err(no_agent("other")));
        assert_eq!(ask(SECRET, "token").unwrap(), b"\x0a\x07hunter2");
        assert_eq!(ask(SECRET, "other"), Err(NOT_FOUND));
        assert_eq!(ask(CREDENTIALS, "registry-1.docker.io").unwrap(), b"\x0a\x02me\x12\x06sesame");
        assert_eq!(ask(CREDENTIALS, "a:5000").unwrap(), b"\x0a\x00\x12\x01t");
        assert_eq!(ask(CREDENTIALS, "hub.example.org").unwrap(), b"");
        assert_eq!(ask("/moby.filesync.v1.Auth/FetchToken", ""), Err(UNIMPLEMENTED));
        assert_eq!(ask(HEALTH, "").unwrap(), [8, 1]);
    }

    #[test]
    fn sessions_have_names_of_their_own() {
        assert_ne!(id(), id());
    }
}
