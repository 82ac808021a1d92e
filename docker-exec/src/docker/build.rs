//! Images that are built on the engine.
//!
//! # Flow
//!
//! The context is packed on a thread of its own into a short queue, from which it is sent. The engine's answer is read
//! while it comes; both builders answer with messages, BuildKit in a form of its own within them. Secrets and credentials
//! are asked for by BuildKit over a second connection, the *session*.
//!
//! # Guarantees
//!
//! - The memory needed does not depend on the size of the context, and an upload has no time limit.
//! - Names are given to the image by the engine, all together, when it is there.
//! - After a failure or a cancellation the engine has no container of the build, and no image: BuildKit keeps what is
//!   finished in its cache, of which no image is made; what the classic builder made is removed.
//! - What goes wrong with the context is told as such, whatever the engine makes of an upload that breaks off.

mod agent;
mod classic;
mod line;
mod message;
mod options;
mod proto;
mod session;
mod tell;
mod trace;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, Response};
use map_planner::engine::{EngineId, Moment};
use tokio_util::sync::CancellationToken;

use self::classic::Traces;
use self::line::Lines;
use self::message::Messages;
use self::session::{Lent, Session};
use self::tell::Teller;
use self::upload::{Sending, Upload};
use super::DockerEngine;
use super::again::again;
use super::cause::Cause;
use super::pool::{Body, Pool, sound};
use super::secrets::Secrets;
use crate::build::{BuildError, BuildRequest, BuildWatcher, Builder, Built};

/// How long a builder may take to end what was cancelled.
const WINDING_UP: Duration = Duration::from_secs(10);
/// How often it is told how much was sent.
const PERIOD: Duration = Duration::from_millis(200);

impl DockerEngine {
    /// Builds an image
    /// ([`ImageBuild`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageBuild)).
    ///
    /// # Errors
    ///
    /// The context cannot be read, a step fails, the engine does not build, or `cancel` was called.
    pub async fn build(
        &self,
        request: &BuildRequest,
        cancel: &CancellationToken,
        watcher: &mut dyn BuildWatcher,
    ) -> Result<Built, BuildError> {
        let builder = self.builder(request).await.map_err(failed)?;
        let since = match builder {
            Builder::Classic => classic::now(self).await.map_err(failed)?,
            Builder::BuildKit => None,
        };
        let secrets = self.secrets.clone().for_build(&request.secrets);
        let mut teller = Teller::new(Lines::of(request), secrets.clone(), watcher);
        let build = Build { engine: self, request, builder, id: session::id(), secrets, since };
        let ended = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(BuildError::Cancelled),
            ended = Box::pin(build.run(&mut teller)) => ended,
        };
        if let Err(error) = &ended {
            build.wind_up(error, teller.traces()).await;
        }
        let image = ended?;
        Ok(Built { image, builder })
    }

    /// Returns who builds. An engine says only if its owner wants another builder than usual
    /// ([`SystemPing`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemPing)).
    async fn builder(&self, request: &BuildRequest) -> Result<Builder, Cause> {
        if let Some(builder) = request.builder {
            return Ok(builder);
        }
        let answer = again(|| self.pool.call(Method::GET, "/_ping", None)).await?;
        let says = |name: &str, value: &str| {
            answer.headers().get(name).is_some_and(|found| found.as_bytes() == value.as_bytes())
        };
        let is_classic = says("Builder-Version", "1") || says("OSType", "windows");
        Ok(if is_classic { Builder::Classic } else { Builder::BuildKit })
    }
}

fn failed(cause: Cause) -> BuildError {
    BuildError::Engine(cause.while_doing("building the image"))
}

/// One build.
struct Build<'a> {
    engine: &'a DockerEngine,
    request: &'a BuildRequest,
    builder: Builder,
    /// What it is called on the engine, and its session too.
    id: String,
    secrets: Secrets,
    /// When it began, by the engine's clock, if that matters.
    since: Option<Moment>,
}

impl Build<'_> {
    async fn run(&self, teller: &mut Teller<'_>) -> Result<EngineId, BuildError> {
        if self.builder == Builder::Classic {
            let lacks = |what| Err(BuildError::Lacks { builder: self.builder, what });
            if !self.request.secrets.is_empty() {
                return lacks("secrets");
            }
            if !self.request.agents.is_empty() {
                return lacks("agents with SSH keys");
            }
        }
        let asks = teller.asks() || !self.request.agents.is_empty();
        let session = self.session(asks).await.map_err(failed)?;
        let id = session.as_ref().map(|_| self.id.as_str());
        let path = options::path(self.request, self.builder, &self.id, id);
        let (upload, mut sending) = upload::start(self.request);
        let result = self.send(&path, upload, &mut sending, teller).await;
        drop(session);
        // What went wrong with the context is the reason for whatever the engine says.
        sending.end().await?;
        let cause = match result {
            Ok(image) => return Ok(image),
            Err(cause) => cause.without(teller.secrets()),
        };
        Err(match teller.failure(&cause) {
            Some(step) => BuildError::Step(step),
            None => failed(cause),
        })
    }

    /// Opens a session if the build may ask for something.
    async fn session(&self, asks: bool) -> Result<Option<Session>, Cause> {
        if self.builder == Builder::Classic || !asks {
            return Ok(None);
        }
        let agents = Arc::new(self.request.agents.clone());
        Session::open(&self.engine.pool, &self.id, Lent { secrets: self.secrets.clone(), agents })
            .await
            .map(Some)
    }

    /// Sends the context and reads the answer to its end.
    async fn send(
        &self,
        path: &str,
        upload: Upload,
        sending: &mut Sending,
        teller: &mut Teller<'_>,
    ) -> Result<EngineId, Cause> {
        let mut request = Request::builder().method(Method::POST).uri(path);
        request = request.header(CONTENT_TYPE, "application/x-tar");
        if let Some(header) = self.secrets.registry_config() {
            request = request.header("X-Registry-Config", header);
        }
        let body = Body::Right(upload.into_body());
        let request = request.body(body).map_err(|error| Cause::Bollard(error.into()))?;
        let answer = answer(&self.engine.pool, request);
        tokio::pin!(answer);
        let mut ticks = tokio::time::interval(PERIOD);
        let mut response = loop {
            tokio::select! {
                response = &mut answer => break response?.into_body(),
                _ = ticks.tick() => sending.tell(teller),
            }
        };
        let mut messages = Messages::default();
        loop {
            let frame = tokio::select! {
                frame = response.frame() => frame,
                _ = ticks.tick() => {
                    sending.tell(teller);
                    continue;
                }
            };
            let Some(frame) = frame else { break };
            let Ok(bytes) = frame.map_err(Cause::Broken)?.into_data() else { continue };
            messages.push(&bytes);
            while let Some(message) = messages.next()? {
                teller.take(message)?;
            }
        }
        sending.tell(teller);
        if let Some(message) = messages.last()? {
            teller.take(message)?;
        }
        teller
            .image()
            .ok_or_else(|| Cause::Streamed("the engine ended the build without an image".to_owned()))
    }

    /// Waits until the engine has nothing of the build any more.
    async fn wind_up(&self, error: &BuildError, traces: &Traces) {
        let work = async {
            match self.builder {
                // A build that failed has ended; any other one goes on until the engine notices that nobody listens.
                Builder::BuildKit if matches!(error, BuildError::Step(_)) => {}
                Builder::BuildKit => {
                    let path = format!("/build/cancel?id={}", self.id);
                    let _ = self.engine.pool.status(Method::POST, &path).await;
                }
                Builder::Classic => classic::clear(self.engine, traces, self.since.as_ref()).await,
            }
        };
        let _ = tokio::time::timeout(WINDING_UP, work).await;
    }
}

/// Makes a request and returns the answer as soon as it begins.
async fn answer(pool: &Pool, request: Request<Body>) -> Result<Response<Incoming>, Cause> {
    sound(pool.send(request).await.map_err(bollard::errors::Error::from)?).await
}
