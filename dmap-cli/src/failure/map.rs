//! What is wrong with a project, or is asked for and not in it.

use std::collections::BTreeSet;

use container_map::{
    ClientName, ConfigName, ContainerKey, LoadError, Project, ProjectError, SelectError, Span, Violation,
};

use super::{Diagnostic, Failure, Place, Problem};
use crate::exit::Exit;

impl Failure {
    /// A project is not valid.
    pub(crate) fn project(error: ProjectError) -> Self {
        let (problems, omitted) = match error.error {
            LoadError::Syntax(error) => {
                let problem = Problem {
                    code: None,
                    message: error.message,
                    field: None,
                    place: error.span.as_ref().map(place),
                    label: None,
                    help: None,
                };
                (vec![problem], 0)
            }
            LoadError::Invalid(violations) => {
                (violations.iter().map(problem).collect(), violations.omitted())
            }
        };
        let diagnostic = Diagnostic::Project { sources: error.sources, problems, omitted };
        Self { diagnostic, hints: Vec::new(), exit: Exit::Invalid }
    }

    /// A code is none.
    pub(crate) fn unknown_code(code: &str, known: impl Iterator<Item = &'static str>) -> Self {
        let known: BTreeSet<&str> = known.collect();
        let known: Vec<&str> = known.into_iter().collect();
        Self::new(Exit::Invalid, format!("there is no code `{code}`"))
            .hint(format!("the codes are {}", known.join(", ")))
    }

    /// A client is not in the project.
    pub(crate) fn client(project: &Project, name: &str) -> Self {
        let known: Vec<String> = project.clients().map(|client| format!("`{}`", client.name)).collect();
        Self::new(Exit::Invalid, format!("no client is named `{name}`"))
            .hint(format!("there is {}", known.join(", ")))
    }

    /// Nothing that is asked for is for the clients that were named.
    pub(crate) fn nothing_on_clients(names: &[String]) -> Self {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        Self::new(Exit::Invalid, format!("nothing of this is for client {}", names.join(" or ")))
            .hint("`dmap check` says which clients each map is for")
    }

    /// Not one container is meant, but several or none.
    pub(crate) fn not_one<'a>(found: impl Iterator<Item = (&'a ContainerKey, &'a ClientName)>) -> Self {
        let found: Vec<String> = found.map(|(key, client)| format!("`{key}` on client `{client}`")).collect();
        let text = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        Self::new(Exit::Invalid, format!("one container has to be named, and this is {text}"))
            .hint("name an instance as `container.instance`, and a client with `--client`")
    }

    /// A target is not in the project.
    pub(crate) fn target(project: &Project, error: &SelectError) -> Self {
        let failure = Self::new(Exit::Invalid, error.to_string());
        match error {
            SelectError::Unknown { suggestion: Some(suggestion), .. } => {
                failure.hint(format!("did you mean `{suggestion}`?"))
            }
            SelectError::Unknown { .. } => project.maps().fold(failure, |failure, map| {
                let names: Vec<&str> = map.containers().keys().map(ConfigName::as_str).collect();
                let whose = if project.maps().len() == 1 {
                    "the map".to_owned()
                } else {
                    format!("map `{}`", map.name())
                };
                failure.hint(format!("{whose} has {}", names.join(", ")))
            }),
            _ => failure.hint("write one of them"),
        }
    }
}

fn problem(violation: &Violation) -> Problem {
    Problem {
        code: Some(violation.code()),
        message: violation.message(),
        field: (!violation.at.is_root()).then(|| violation.at.to_string()),
        place: violation.span.as_ref().map(place),
        label: violation.label(),
        help: violation.help(),
    }
}

fn place(span: &Span) -> Place {
    Place { source: span.source().position(), bytes: span.bytes(), line: span.line(), column: span.column() }
}
