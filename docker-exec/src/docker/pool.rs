//! The connections: kept open, shared by bollard and by the few requests that bollard cannot make.
//!
//! bollard's own transports open one connection per request and send no version. It fails a whole list when one word in
//! it is new to its models, hides the difference between "done" and "already so", and has no `HEAD` for archives. So it
//! is given this transport, and lists, inspections and those few requests are made here directly.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use http_body_util::{BodyExt, Either, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::http::uri::PathAndQuery;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::TokioExecutor;
use hyperlocal::UnixConnector;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::cause::Cause;
use super::gate::Gate;
use super::requests::{Counters, Requests};

/// How long an answer may take that needs no work of a container. Under load the engine was seen to take ten seconds.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

/// bollard's body type, which it does not name in public.
pub(super) type Body =
    Either<Full<Bytes>, StreamBody<Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, std::io::Error>> + Send>>>>;

/// Open connections to one engine, with the API version that every request is made in.
#[derive(Clone)]
pub(super) struct Pool {
    transport: Arc<Transport>,
    gate: Arc<Gate>,
    /// What was sent through all copies of this one.
    counters: Arc<Counters>,
    /// What paths begin with: empty, or `/v1.41`.
    prefix: String,
}

enum Transport {
    Unix { client: Client<UnixConnector, Body>, socket: PathBuf },
    Tcp { client: Client<HttpConnector, Body>, authority: String },
}

#[derive(Deserialize)]
struct Message {
    message: String,
}

impl Pool {
    /// Prepares connections to a Unix socket; nothing is sent yet.
    pub(super) fn unix(socket: PathBuf) -> Self {
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(64).build(UnixConnector);
        Self::new(Transport::Unix { client, socket })
    }

    /// Prepares connections to `host:port`; nothing is sent yet.
    pub(super) fn tcp(authority: String) -> Self {
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(64).build_http();
        Self::new(Transport::Tcp { client, authority })
    }

    fn new(transport: Transport) -> Self {
        Self {
            transport: Arc::new(transport),
            gate: Arc::new(Gate::new()),
            counters: Arc::default(),
            prefix: String::new(),
        }
    }

    /// Returns the same connections with all requests made in one version of the API.
    pub(super) fn pinned(&self, version: &str) -> Self {
        Self { prefix: format!("/v{version}"), ..self.clone() }
    }

    /// Returns how many requests were sent.
    pub(super) fn requests(&self) -> Requests {
        self.counters.read()
    }

    /// Sends a request; only its path and query matter, the pool knows where to.
    pub(super) async fn send(&self, mut request: Request<Body>) -> Result<Response<Incoming>, Failure> {
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        self.counters.count(request.method(), path);
        // The turn is over when the answer begins: by then the engine has done its work.
        let _turn = self.gate.enter(request.method(), path).await;
        let path = format!("{}{path}", self.prefix);
        match &*self.transport {
            Transport::Unix { client, socket } => {
                *request.uri_mut() = hyperlocal::Uri::new(socket, &path).into();
                client.request(request).await.map_err(Failure::Client)
            }
            Transport::Tcp { client, authority } => {
                let uri = Uri::builder().scheme("http").authority(authority.as_str()).path_and_query(path);
                *request.uri_mut() = uri.build().map_err(Failure::Address)?;
                client.request(request).await.map_err(Failure::Client)
            }
        }
    }

    /// Makes a request and returns the answer as soon as it begins; anything but success and "not modified" is an error.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<Response<Incoming>, Cause> {
        let text = body.map(serde_json::Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(CONTENT_TYPE, "application/json")
            .body(Body::Left(Full::new(Bytes::from(text))))
            .map_err(|error| Cause::Bollard(error.into()))?;
        sound(self.send(request).await.map_err(bollard::errors::Error::from)?).await
    }

    /// Makes a request and returns its status.
    pub(super) async fn status(&self, method: Method, path: &str) -> Result<StatusCode, Cause> {
        within(PATIENCE, async { Ok(self.call(method, path, None).await?.status()) }).await
    }

    /// Makes a `GET` request and decodes the answer.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Cause> {
        self.answer(Method::GET, path, None).await
    }

    /// Makes a request and decodes the answer.
    pub(super) async fn answer<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<T, Cause> {
        within(PATIENCE, async {
            let response = self.call(method, path, body).await?;
            let text = response.into_body().collect().await.map_err(Cause::Broken)?.to_bytes();
            serde_json::from_slice(&text).map_err(Cause::Unreadable)
        })
        .await
    }

    /// Makes a `GET` request for something that may not be there.
    pub(super) async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Cause> {
        match self.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(cause) if cause.status() == Some(404) => Ok(None),
            Err(cause) => Err(cause),
        }
    }
}

/// Why nothing was sent or nothing came back.
#[derive(Debug)]
pub(super) enum Failure {
    Client(ClientError),
    Address(hyper::http::Error),
}

impl From<Failure> for bollard::errors::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Client(error) => error.into(),
            Failure::Address(error) => error.into(),
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = match &*self.transport {
            Transport::Unix { socket, .. } => socket.display().to_string(),
            Transport::Tcp { authority, .. } => authority.clone(),
        };
        f.debug_struct("Pool")
            .field("address", &address)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// Passes an answer on; anything but success, an upgrade and "not modified" is an error.
pub(super) async fn sound(response: Response<Incoming>) -> Result<Response<Incoming>, Cause> {
    let status = response.status();
    if status.is_success() || matches!(status, StatusCode::NOT_MODIFIED | StatusCode::SWITCHING_PROTOCOLS) {
        return Ok(response);
    }
    let text = response.into_body().collect().await.map_err(Cause::Broken)?.to_bytes();
    let message = serde_json::from_slice::<Message>(&text)
        .map_or_else(|_| String::from_utf8_lossy(&text).into_owned(), |found| found.message);
    Err(Cause::Answered { status: status.as_u16(), message })
}

/// Gives up on an answer after a while. The engine may still do what it was asked for.
pub(super) async fn within<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, Cause>>,
) -> Result<T, Cause> {
    tokio::time::timeout(patience, work).await.unwrap_or(Err(Cause::TimedOut(patience)))
}

/// Does the same for each item, several at a time: more do not make an engine faster. The results are in no order.
pub(super) async fn each<T, R, Work, Answer>(items: Vec<T>, work: Work) -> Result<Vec<R>, Cause>
where
    Work: Fn(T) -> Answer,
    Answer: Future<Output = Result<R, Cause>>,
{
    stream::iter(items).map(work).buffer_unordered(8).try_collect().await
}

/// Encodes a value for a query string.
pub(super) fn query(value: &str) -> String {
    use std::fmt::Write;
    value.bytes().fold(String::with_capacity(value.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}
