//! `dmap config`

use container_map::{ContainerMap, Document};

use crate::args::{Args, ConfigArgs, Notation};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::Input;
use crate::ui::Ui;

/// Prints the maps of a project in their canonical form.
///
/// # Errors
///
/// A file cannot be read, or the project is not valid.
pub(super) fn run(args: &Args, config: &ConfigArgs, ui: Ui) -> Result<Exit, Failure> {
    let input = Input::new(args)?;
    if config.resolved {
        let project = input.project()?;
        print(&project.maps().map(ContainerMap::document).collect::<Vec<_>>(), config.format, ui)?;
    } else {
        let written = input.written()?;
        print(&written.documents().collect::<Vec<_>>(), config.format, ui)?;
    }
    Ok(Exit::Done)
}

/// Prints one map as it is and several as documents of one text, or as a list.
fn print(documents: &[Document<'_>], notation: Notation, ui: Ui) -> Result<(), Failure> {
    match (notation, documents) {
        (Notation::Yaml, [document]) => ui.out(document),
        (Notation::Yaml, _) => {
            documents.iter().try_for_each(|document| ui.out(format_args!("---\n{document}")))
        }
        (Notation::Json, [document]) => ui.json(document),
        (Notation::Json, _) => ui.json(&documents),
    }
}
