//! `dmap snapshot`

use map_planner::EngineState;
use serde::Serialize;

use crate::args::SnapshotArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{Recorded, RecordedDeployment, Secrets};
use crate::session::Session;
use crate::ui::Ui;

/// Prints what is known of the engines, as far as `up` would look.
///
/// # Errors
///
/// An engine is not there.
pub(super) async fn run(session: &Session<'_>, args: &SnapshotArgs, ui: Ui) -> Result<Exit, Failure> {
    let mut states = session.states(&Secrets::new(), ui).await?;
    if args.with_env {
        ui.warn("the snapshot holds the values of environment variables; look before you pass it on");
    } else {
        states = states.into_iter().map(EngineState::without_environment_values).collect();
    }
    if let [state] = states.as_slice() {
        return print(state, ui);
    }
    let recorded = session.deployments.iter().zip(states).map(|(deployment, engine)| RecordedDeployment {
        client: deployment.client.name.clone(),
        map: deployment.map.name().clone(),
        engine,
    });
    print(&Recorded { deployments: recorded.collect() }, ui)
}

fn print(snapshot: &impl Serialize, ui: Ui) -> Result<Exit, Failure> {
    ui.json(snapshot)?;
    Ok(Exit::Done)
}
