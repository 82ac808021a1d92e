//! `dmap schema`

use map_planner::PlanFile;

use crate::args::SchemaArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::{Ui, progress_schema};

/// Prints the JSON Schema of maps, of plan files, or of progress.
///
/// # Errors
///
/// Standard output takes no more.
pub(super) fn run(args: &SchemaArgs, ui: Ui) -> Result<Exit, Failure> {
    if args.plan {
        ui.json(&PlanFile::schema())?;
    } else if args.progress {
        ui.json(&progress_schema())?;
    } else {
        ui.json(&container_map::schema())?;
    }
    Ok(Exit::Done)
}
