//! `dmap schema`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;

/// Prints the JSON Schema of maps.
///
/// # Errors
///
/// Standard output takes no more.
pub(super) fn run(ui: Ui) -> Result<Exit, Failure> {
    ui.json(&container_map::schema())?;
    Ok(Exit::Done)
}
