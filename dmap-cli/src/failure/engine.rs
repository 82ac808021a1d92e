//! What an engine, or the way to it, does not allow.

use std::error::Error;
use std::io;

use container_map::ClientName;
use container_map::config::DockerfileSource;
use docker_exec::{EngineError, Kind, LeaseError, RunError};
use map_planner::{Action, PlanError};

use super::{Diagnostic, Failure, causes_of};
use crate::exit::Exit;

impl Failure {
    /// There is no plan.
    pub(crate) fn plan(error: &PlanError) -> Self {
        let failure = Self::new(Exit::Failed, error.to_string());
        match error {
            PlanError::Foreign { name } => failure
                .hint("`dmap up --adopt` replaces it by the map's own once, and keeps its volumes")
                .hint(format!("or give it another name: `docker rename {name} NAME`")),
            PlanError::LeftOut { needs, .. } => {
                failure.hint(format!("name `{needs}` too, or leave out `--only` and `--exclude`"))
            }
            PlanError::PortHeld { wanted_by, held_by, .. } => failure.hint(format!(
                "stop it with `docker stop {held_by}`, or publish `{wanted_by}` on another port"
            )),
            PlanError::PortWantedTwice { first, second, .. } => failure.hint(format!(
                "name the one that is to run, `{first}` or `{second}`, or publish them on different ports"
            )),
            PlanError::NotBuilt { image } => {
                failure.hint(format!("leave out `--no-build`, or make the image with `docker build -t {image} …`"))
            }
            PlanError::BuiltInCircles { images } => {
                let failure = Self { exit: Exit::Invalid, ..failure };
                let hint = match images.as_slice() {
                    [image, _] => format!("give what is built another name than `{image}`, or the base another tag"),
                    _ => "look at the `FROM` and `COPY --from` of their Dockerfiles: one of them has to come first"
                        .to_owned(),
                };
                failure.hint(hint).hint("`--no-build` reads no build contexts, and takes the images that are here")
            }
            PlanError::AmbiguousNetwork { network, .. } => failure.hint(format!(
                "`docker network ls --filter name={network}` shows them; `docker network rm ID` removes those too many"
            )),
            PlanError::UnknownInterface { interface, .. } => {
                let failure = Self { exit: Exit::Invalid, ..failure };
                failure.hint(format!("give the client an address for `{interface}` in its `interfaces`"))
            }
            PlanError::Unorderable { .. } => {
                failure.hint("please report it, with the map and the output of `dmap snapshot`")
            }
            _ => failure,
        }
    }

    /// Somebody else works on a map.
    pub(crate) fn lease(error: &LeaseError, client: &ClientName) -> Self {
        match error {
            LeaseError::Engine(error) => Self::engine(error, client),
            error => Self::new(Exit::Locked, format!("{error}; nothing was changed"))
                .hint("`--lock-timeout 5m` waits until it is done, and goes ahead if it is seen to be gone")
                .hint("`--break-lock` goes ahead at once, and stops that run if there is one"),
        }
    }

    /// A command that is run once was not run, or not to its end.
    pub(crate) fn run(error: &RunError, client: &ClientName) -> Self {
        match error {
            RunError::Engine(error) => Self::engine(error, client),
            error => Self::new(Exit::Locked, format!("{error}; nothing was run"))
                .hint("wait until it is done; one at a time can run beside a container"),
        }
    }

    /// The engine of a client is not there, or does not answer what it is asked.
    pub(crate) fn engine(error: &EngineError, client: &ClientName) -> Self {
        let mut failure = Self::new(Exit::Failed, format!("failed while {error}"));
        if let Diagnostic::Message { causes, .. } = &mut failure.diagnostic {
            causes.extend(causes_of(error));
        }
        match (error.kind, io_kind(error)) {
            (_, Some(io::ErrorKind::PermissionDenied)) => {
                failure.hint("this user may not use the socket: add it to the socket's group, often `docker`")
            }
            (Kind::Unreachable, _) => failure
                .hint(if *client == ClientName::default() {
                    "start the daemon, or say with `--host URL` or DOCKER_HOST where it is".to_owned()
                } else {
                    format!("start the daemon, or say where it is in `base_url` of client `{client}`")
                })
                .hint("`dmap plan --engine-state empty` needs no engine"),
            _ => failure,
        }
    }
}

/// Returns the operating system's word on an error, if it had one.
fn io_kind(error: &dyn Error) -> Option<io::ErrorKind> {
    let mut next = error.source();
    while let Some(cause) = next {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        next = cause.source();
    }
    None
}

/// Returns what to do about a step that failed.
pub(crate) fn hint_for(action: &Action, error: &EngineError) -> Option<String> {
    match (action, error.kind) {
        (_, Kind::Unreachable) => Some("the connection was lost: is the engine still running?".to_owned()),
        (Action::PullImage { image, .. }, _) => Some(format!(
            "check the image's name and registry in the map; a local image is made with `docker build -t {image} …`, \
             and `docker pull {image}` tries again"
        )),
        (Action::BuildImage { build, .. }, _) => Some(format!(
            "the step and what it said are above; the Dockerfile is {}",
            match (&build.context, &build.dockerfile) {
                (Some(folder), DockerfileSource::File(file)) => format!("`{folder}/{file}`"),
                (_, _) => "in the map, under `dockerfile_inline`".to_owned(),
            }
        )),
        (Action::StartContainer { .. } | Action::CreateContainer { .. }, Kind::InUse) => Some(
            "something else on the host holds the port or address: stop it, or change the map".to_owned(),
        ),
        (Action::StartContainer { container, .. } | Action::AwaitContainer { container, .. }, _) => {
            Some(format!("`docker logs {container}` shows what it said"))
        }
        (Action::RemoveNetwork { .. }, Kind::InUse) => {
            Some("a container that is not of this map is in the network".to_owned())
        }
        (_, Kind::Conflict | Kind::NotFound) => {
            Some("somebody changed the engine meanwhile: the next run looks again".to_owned())
        }
        (_, Kind::TimedOut) => Some("the engine may be busy: the next run looks again".to_owned()),
        _ => None,
    }
}
