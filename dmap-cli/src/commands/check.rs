//! `dmap check`

use container_map::{ContainerMap, Explanation, Project, explain, explanations};

use crate::args::{Args, CheckArgs, Format};
use crate::exit::Exit;
use crate::failure::{Diagnostic, Failure};
use crate::input::Input;
use crate::ui::Ui;

/// Looks for mistakes in a project, or explains one.
///
/// # Errors
///
/// A file cannot be read, the project is not valid, or there is no such code.
pub(super) fn run(args: &Args, check: &CheckArgs, ui: Ui) -> Result<Exit, Failure> {
    if let Some(code) = &check.explain {
        ui.out(explanation(code)?)?;
        return Ok(Exit::Done);
    }
    let project = Input::new(args)?.project();
    match (check.format, project) {
        (Format::Text, project) => {
            let lines: Vec<String> = summaries(&project?);
            ui.out(lines.concat())?;
            Ok(Exit::Done)
        }
        (Format::Json, Ok(_)) => {
            ui.problems(&[], &[], 0)?;
            Ok(Exit::Done)
        }
        (Format::Json, Err(failure)) => match &failure.diagnostic {
            Diagnostic::Project { sources, problems, omitted } => {
                ui.problems(sources, problems, *omitted)?;
                Ok(failure.exit)
            }
            Diagnostic::Message { .. } | Diagnostic::Marked { .. } => Err(failure),
        },
    }
}

/// Returns the explanation of a code, which may be typed in small letters and without its zeros.
fn explanation(typed: &str) -> Result<&'static Explanation, Failure> {
    let number = typed.trim_start_matches(['D', 'd', 'M', 'm']).parse::<u16>();
    let found = number.ok().and_then(|number| explain(&format!("DM{number:03}")));
    found.ok_or_else(|| Failure::unknown_code(typed, explanations().map(|explanation| explanation.code)))
}

/// Returns a line for each map that says what is there.
fn summaries(project: &Project) -> Vec<String> {
    project.maps().map(|map| summary(map, project)).collect()
}

fn summary(map: &ContainerMap, project: &Project) -> String {
    let volumes = map.containers().keys().map(|config| map.attached(config).len()).sum();
    let mut clients: Vec<String> =
        project.clients_of(map).into_iter().map(|client| format!("`{}`", client.name)).collect();
    if clients.is_empty() {
        clients.push("`default`".to_owned());
    }
    format!(
        "map `{}`: {}, {} and {} on {} {}\n",
        map.name(),
        count(map.keys().count(), "container"),
        count(volumes, "volume"),
        count(map.networks().len(), "network"),
        if clients.len() == 1 { "client" } else { "clients" },
        clients.join(", ")
    )
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
