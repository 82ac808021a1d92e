//! Helpers of dmap's own that are not needed any more.

use alloc::collections::BTreeSet;

use container_map::{ClientConfig, MapName, VolumeKey};

use crate::desired::DesiredState;
use crate::engine::EngineState;
use crate::label::{self, Helper};
use crate::orphan::is_of_client;

/// Returns the containers through which an interrupted run reached volumes of a map on a client.
pub(crate) fn carriers(map: &MapName, client: &ClientConfig, engine: &EngineState) -> BTreeSet<Helper> {
    let volumes = engine.volumes.iter().filter(|(_, live)| is_of_client(&live.labels, client));
    let keys = volumes.filter_map(|(name, live)| Some((name.parse::<VolumeKey>().ok()?, live)));
    let helpers = keys.filter(|(key, _)| key.map == *map).flat_map(|(key, live)| {
        let carrier = live.carrier.then(|| Helper::Carrier(key.clone()));
        carrier.into_iter().chain(live.look.then_some(Helper::Look(key)))
    });
    helpers.collect()
}

/// Returns whether a volume is prepared by dmap: then a carrier says that this has to go on.
pub(crate) fn is_prepared(volume: &VolumeKey, desired: &DesiredState, engine: &EngineState) -> bool {
    let is_ours =
        |name: &str| engine.volumes.get(name).is_some_and(|live| label::is_ours(name, &live.labels));
    desired.volumes.get(volume).is_some_and(|wanted| wanted.is_prepared() && is_ours(&volume.docker_name()))
}
