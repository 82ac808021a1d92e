//! Errors of the libraries, translated into what is shown: one function per error.

use std::error::Error;
use std::io;
use std::ops::Range;
use std::path::Path;

use container_map::{ClientName, ConfigName, ContainerMap, LoadError, SelectError, Violation};
use docker_exec::{EngineError, Kind};
use map_planner::{Action, PlanError};

use crate::exit::Exit;
use crate::settings::MapFile;

/// Why a command ends early, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What is wrong.
    pub(crate) diagnostic: Diagnostic,
    /// What to do about it.
    pub(crate) hints: Vec<String>,
    /// How the command ends.
    pub(crate) exit: Exit,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum Diagnostic {
    /// One thing, with the reasons behind it.
    Message {
        /// The thing.
        text: String,
        /// Why, outermost first.
        causes: Vec<String>,
    },
    /// Places in a map.
    Map {
        /// The map.
        file: MapFile,
        /// The places, in order.
        problems: Vec<Problem>,
    },
}

/// One thing that is wrong in a map.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Its stable code.
    pub(crate) code: Option<&'static str>,
    /// What is wrong.
    pub(crate) message: String,
    /// Where, in bytes of the text.
    pub(crate) bytes: Option<Range<usize>>,
    /// A few words for the marked place.
    pub(crate) label: Option<String>,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

impl Failure {
    /// Makes a failure that is one message.
    pub(crate) fn new(exit: Exit, text: impl Into<String>) -> Self {
        let diagnostic = Diagnostic::Message { text: text.into(), causes: Vec::new() };
        Self { diagnostic, hints: Vec::new(), exit }
    }

    /// Adds the reasons behind it.
    fn because(mut self, error: &dyn Error) -> Self {
        if let Diagnostic::Message { causes, .. } = &mut self.diagnostic {
            causes.push(error.to_string());
            causes.extend(causes_of(error));
        }
        self
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// No map is named, and the default one cannot be read.
    pub(crate) fn no_default_map(path: &Path, error: &io::Error) -> Self {
        let name = path.display();
        if error.kind() == io::ErrorKind::NotFound {
            Self::new(Exit::Failed, format!("there is no `{name}` in the current directory"))
                .hint("name a map with `--file FILE`, or change to the directory that has one")
        } else {
            Self::unreadable("map", path, error)
        }
    }

    /// A file cannot be read.
    pub(crate) fn unreadable(what: &str, path: &Path, error: &io::Error) -> Self {
        let failure =
            Self::new(Exit::Failed, format!("cannot read the {what} `{}`", path.display())).because(error);
        match error.kind() {
            io::ErrorKind::NotFound => failure.hint("check the path"),
            io::ErrorKind::PermissionDenied => failure.hint("check who may read it"),
            io::ErrorKind::InvalidData => failure.hint("it has to be text in UTF-8"),
            _ => failure,
        }
    }

    /// Standard output takes no more.
    pub(crate) fn output(error: &io::Error) -> Self {
        Self::new(Exit::Failed, "cannot write to standard output").because(error)
    }

    /// The answer to a question cannot be read.
    pub(crate) fn input(error: &io::Error) -> Self {
        Self::new(Exit::Failed, "cannot read the answer; nothing was changed")
            .because(error)
            .hint("`--yes` goes ahead without asking")
    }

    /// The system does not give what a program needs.
    pub(crate) fn system(error: &io::Error) -> Self {
        Self::new(Exit::Failed, "cannot start").because(error)
    }

    /// A file is not a snapshot.
    pub(crate) fn bad_snapshot(path: &Path, error: &serde_json::Error) -> Self {
        Self::new(Exit::Invalid, format!("`{}` is not a snapshot of an engine", path.display()))
            .because(error)
            .hint("`dmap snapshot > FILE` writes one; `--engine-state empty` needs none")
    }

    /// A map is not valid.
    pub(crate) fn map(file: &MapFile, error: &LoadError) -> Self {
        let problems = match error {
            LoadError::Syntax(error) => vec![Problem {
                code: None,
                message: error.message.clone(),
                bytes: error.span.as_ref().map(container_map::Span::bytes),
                label: None,
                help: None,
            }],
            LoadError::Invalid(violations) => violations.iter().map(problem).collect(),
        };
        Self {
            diagnostic: Diagnostic::Map { file: file.clone(), problems },
            hints: Vec::new(),
            exit: Exit::Invalid,
        }
    }

    /// A map is for clients that cannot be configured yet.
    pub(crate) fn named_clients(names: &[ClientName]) -> Self {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let text =
            format!("the map is for clients {}: named clients are not supported yet", names.join(", "));
        Self::new(Exit::Invalid, text)
            .hint("remove `clients` from the map, and choose the engine with `--host URL` or DOCKER_HOST")
    }

    /// A target is not in the map.
    pub(crate) fn target(map: &ContainerMap, error: &SelectError) -> Self {
        let failure = Self::new(Exit::Invalid, error.to_string());
        if let SelectError::Unknown { suggestion: Some(suggestion), .. } = error {
            failure.hint(format!("did you mean `{suggestion}`?"))
        } else {
            let names: Vec<&str> = map.containers().keys().map(ConfigName::as_str).collect();
            failure.hint(format!("the map has {}", names.join(", ")))
        }
    }

    /// There is no plan.
    pub(crate) fn plan(error: &PlanError) -> Self {
        let failure = Self::new(Exit::Failed, error.to_string());
        match error {
            PlanError::Foreign { name } => failure
                .hint("`--adopt` replaces it by the map's own once, and keeps its volumes")
                .hint(format!("or give it another name: `docker rename {name} NAME`")),
            PlanError::PortHeld { wanted_by, held_by, .. } => failure.hint(format!(
                "stop it with `docker stop {held_by}`, or publish `{wanted_by}` on another port"
            )),
            PlanError::AmbiguousNetwork { network, .. } => failure.hint(format!(
                "`docker network ls --filter name={network}` shows them; `docker network rm ID` removes those too many"
            )),
            PlanError::UnknownInterface { .. } => {
                let failure = Self { exit: Exit::Invalid, ..failure };
                failure.hint("interfaces of clients are not supported yet: publish the port without one")
            }
            PlanError::Unorderable { .. } => {
                failure.hint("please report it, with the map and the output of `dmap snapshot`")
            }
            _ => failure,
        }
    }

    /// The engine is not there, or does not answer what it is asked.
    pub(crate) fn engine(error: &EngineError) -> Self {
        let mut failure = Self::new(Exit::Failed, format!("failed while {error}"));
        if let Diagnostic::Message { causes, .. } = &mut failure.diagnostic {
            causes.extend(causes_of(error));
        }
        match (error.kind, io_kind(error)) {
            (_, Some(io::ErrorKind::PermissionDenied)) => {
                failure.hint("this user may not use the socket: add it to the socket's group, often `docker`")
            }
            (Kind::Unreachable, _) => failure
                .hint("start the daemon, or say with `--host URL` or DOCKER_HOST where it is")
                .hint("`dmap plan --engine-state empty` needs no engine"),
            _ => failure,
        }
    }
}

fn problem(violation: &Violation) -> Problem {
    Problem {
        code: Some(violation.code()),
        message: violation.message(),
        bytes: violation.span.as_ref().map(container_map::Span::bytes),
        label: violation.label(),
        help: violation.help(),
    }
}

/// Returns what lies behind an error, outermost first. Wrappers that only repeat what is below them are left out.
pub(crate) fn causes_of(error: &dyn Error) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        // The HTTP client's own layer says no more than that it failed; other layers repeat the one below them.
        let says_nothing = text.starts_with("client error (");
        if !says_nothing && !causes.last().is_some_and(|last| last.contains(&text)) {
            causes.push(text);
        }
        next = cause.source();
    }
    causes
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
