//! `dmap graph`

use crate::args::{Args, Drawing, GraphArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::graph::{Detail, Graph, dot, mermaid, tree};
use crate::input::Input;
use crate::ui::Ui;

/// Draws which containers need which.
///
/// # Errors
///
/// The project is not valid, or a target is not in it.
pub(super) fn run(args: &Args, graph: &GraphArgs, ui: Ui) -> Result<Exit, Failure> {
    let project = Input::new(args)?.project()?;
    let selections = project.select(&graph.targets).map_err(|error| Failure::target(&project, &error))?;
    let detail = if graph.all { Detail::All } else { Detail::Containers };
    let selected = project.maps().filter_map(|map| Some((map, selections.get(map.name())?)));
    let graphs: Vec<Graph> = selected.map(|(map, selection)| Graph::new(map, selection, detail)).collect();
    ui.out(match graph.format {
        Drawing::Tree => graphs.iter().map(tree).collect::<Vec<_>>().join("\n"),
        Drawing::Dot => dot(&graphs),
        Drawing::Mermaid => mermaid(&graphs),
    })?;
    Ok(Exit::Done)
}
