//! The processes of containers.

use map_planner::EngineState;
use map_planner::engine::{ObservedProcess, Scope};
use map_planner::{ContainerRef, engine::RunState};
use serde::Deserialize;

use super::again::again;
use super::cause::Cause;
use super::pool::{Pool, each};

/// Columns of `ps`: the engine needs the first, users are compared by number and by name, and the line comes last
/// because it has blanks.
const COLUMNS: &str = "-eo%20pid,uid,user,args";

#[derive(Debug, Deserialize)]
struct Top {
    #[serde(rename = "Processes")]
    processes: Option<Vec<Vec<String>>>,
}

/// Adds the processes that a scope asks for
/// ([`ContainerTop`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerTop)).
/// What ends meanwhile has none.
pub(super) async fn complete(pool: &Pool, scope: &Scope, state: &mut EngineState) -> Result<(), Cause> {
    let names = scope.processes.iter().map(|key| ContainerRef::current(key).docker_name());
    let runs = |name: &String| {
        state.containers.get(name).is_some_and(|container| container.state == RunState::Running)
    };
    let found = each(names.filter(runs).collect(), |name: String| async move {
        let path = format!("/containers/{name}/top?ps_args={COLUMNS}");
        let look = || async {
            match pool.get::<Top>(&path).await {
                Ok(top) => Ok(Some(processes(top))),
                Err(cause) if matches!(cause.status(), Some(404 | 409 | 500)) => Ok(None),
                Err(cause) => Err(cause),
            }
        };
        let found = again(look).await?;
        Ok((name, found))
    });
    for (name, processes) in found.await? {
        if let Some(container) = state.containers.get_mut(&name) {
            container.processes = processes;
        }
    }
    Ok(())
}

/// A row that is none of a process is left out.
fn processes(top: Top) -> Vec<ObservedProcess> {
    let rows = top.processes.unwrap_or_default().into_iter();
    rows.filter_map(|row| {
        let mut cells = row.into_iter().skip(1);
        let (uid, user) = (cells.next()?.parse().ok()?, cells.next()?);
        Some(ObservedProcess { uid, user, line: cells.collect::<Vec<_>>().join(" ") })
    })
    .collect()
}
