//! Takes the snapshot: one list of each kind, then the objects that matter, several at a time. Looking changes nothing, so
//! what fails for the moment is looked at again.

use std::collections::{BTreeMap, BTreeSet};

use container_map::{ImageRef, MapName, NetworkKey, PresetNetwork, ResourceKey, VolumeKey};
use map_planner::engine::{Bystander, EngineId, Moment, ObservedNetwork, ObservedVolume, Scope};
use map_planner::label::{Helper, Keepsake};
use map_planner::{ContainerRef, EngineState, Slot, label};

use super::DockerEngine;
use super::again::again;
use super::cause::Cause;
use super::pool::{Pool, each};
use super::wire::image::Image;
use super::wire::inspect::Container;
use super::wire::list::Summary;
use super::wire::network::Network;
use super::wire::volume::Volumes;
use super::{record, top, volume_facts};
use crate::error::EngineError;

type Labels = BTreeMap<String, String>;

/// Takes the snapshot that a scope asks for. What goes away between a list and an inspection was not there.
pub(super) async fn observe(engine: &DockerEngine, scope: &Scope) -> Result<EngineState, EngineError> {
    let pool = &engine.pool;
    let doing = |what: &'static str| move |cause: Cause| cause.while_doing(format!("looking at {what}"));
    let (summaries, networks, volumes) = tokio::try_join!(
        async {
            let list = || pool.get::<Vec<Summary>>("/containers/json?all=1");
            again(list).await.map_err(doing("containers"))
        },
        async { again(|| networks(pool, scope)).await.map_err(doing("networks")) },
        async { again(|| pool.get::<Volumes>("/volumes")).await.map_err(doing("volumes")) },
    )?;
    let drops = engine.info.drops.clone();
    let which = Some(engine.info.id.as_str()).filter(|id| !id.is_empty()).map(EngineId::new);
    let mut state = EngineState { engine: which, networks, drops, ..EngineState::default() };
    let mut sorted = sort(summaries, scope, &mut state);
    let inspected = inspect(pool, std::mem::take(&mut sorted.inspect)).await.map_err(doing("containers"))?;
    let lost = lost_namespaces(pool, &inspected).await.map_err(doing("containers"))?;
    images(pool, scope, &inspected, &mut state).await.map_err(doing("images"))?;
    let born: BTreeMap<String, Option<Moment>> =
        inspected.iter().map(|container| (container.name().to_owned(), container.created())).collect();
    for container in inspected {
        let (name, id) = (container.name().to_owned(), container.id.clone());
        let created = container.created();
        let mut observed = container.observed();
        // The engine goes on reporting a link to a removed container under the name that it had. Whoever has the name
        // now is not the one linked to if it was created later.
        observed.links.retain(|link| {
            let is_older = born.get(&link.target).is_some_and(|target| *target <= created);
            is_older || state.bystanders.contains_key(&link.target)
        });
        observed.namespace_lost = lost.contains(&id);
        engine.places.found(&name, &id);
        state.containers.insert(name, observed);
    }
    if let Some(keeper) = sorted.record.as_ref().filter(|_| scope.record) {
        let read = again(|| record::read(pool, keeper)).await;
        state.record = read.map_err(doing("the record of earlier runs"))?;
    }
    top::complete(pool, scope, &mut state).await.map_err(doing("processes"))?;
    state.volumes = in_scope(volumes, scope, &sorted);
    volume_facts::complete(pool, scope, &mut state).await.map_err(doing("the directories of volumes"))?;
    Ok(state)
}

/// The containers of a list, by what is done about them.
struct Sorted {
    /// The identifiers of those that are inspected.
    inspect: Vec<String>,
    /// Those through which volumes are, or were, reached.
    helpers: BTreeSet<Helper>,
    /// The identifier of the container that has the map's record.
    record: Option<String>,
}

/// Decides which containers are inspected; what a list says of the others is enough.
fn sort(summaries: Vec<Summary>, scope: &Scope, state: &mut EngineState) -> Sorted {
    let slots = |key| Slot::ALL.into_iter().map(move |slot| ContainerRef::new(key, slot).docker_name());
    let names: BTreeSet<String> = scope.containers.iter().flat_map(slots).collect();
    let mut sorted = Sorted { inspect: Vec::new(), helpers: BTreeSet::new(), record: None };
    for summary in summaries {
        let (name, key) = (summary.name(), key(&summary.labels));
        match Helper::of(&name, &summary.labels) {
            // What reaches a volume is neither the map's container nor anybody else's.
            Some(helper @ (Helper::Carrier(_) | Helper::Look(_))) => {
                sorted.helpers.insert(helper);
                continue;
            }
            // What is run once beside a map's container uses volumes and networks like anybody else.
            Some(Helper::Run(beside)) => {
                let bystander = Bystander { beside: Some(beside), ..summary.bystander() };
                state.bystanders.insert(name, bystander);
                continue;
            }
            None => {}
        }
        match key {
            // What keeps something for dmap is nobody's.
            _ if Keepsake::of(&name, &summary.labels).is_some() => {
                state.leased |= name == Keepsake::Lease.name(&scope.map);
                if name == Keepsake::Record.name(&scope.map) {
                    sorted.record = Some(summary.id);
                }
            }
            Some(ResourceKey::Container(container)) if container.map == scope.map => {
                sorted.inspect.push(summary.id);
            }
            _ if names.contains(&name) => sorted.inspect.push(summary.id),
            _ => {
                state.bystanders.insert(name, summary.bystander());
            }
        }
    }
    sorted
}

fn key(labels: &Labels) -> Option<ResourceKey> {
    labels.get(label::KEY)?.parse().ok()
}

fn is_of_map(labels: &Labels, map: &MapName) -> bool {
    match key(labels) {
        Some(ResourceKey::Volume(key)) => key.map == *map,
        Some(ResourceKey::Network(NetworkKey::Own { map: found, .. })) => found == *map,
        _ => false,
    }
}

/// Inspects containers
/// ([`ContainerInspect`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerInspect)).
async fn inspect(pool: &Pool, ids: Vec<String>) -> Result<Vec<Container>, Cause> {
    let found = each(ids, |id| async move {
        let path = format!("/containers/{id}/json");
        again(|| pool.find(&path)).await
    });
    let found = found.await?;
    Ok(found.into_iter().flatten().collect())
}

/// Returns the running containers that share the namespace of one that was started after them: its earlier namespace,
/// which they still have, leads nowhere.
async fn lost_namespaces(pool: &Pool, inspected: &[Container]) -> Result<BTreeSet<String>, Cause> {
    let guests = || {
        let running = inspected.iter().filter(|container| container.state.status == "running");
        running.filter_map(|container| Some((container, container.namespace_owner()?)))
    };
    let known: BTreeSet<&str> = inspected.iter().map(|container| container.id.as_str()).collect();
    let others: BTreeSet<&str> = guests().map(|(_, owner)| owner).filter(|id| !known.contains(id)).collect();
    let others = others.into_iter().map(str::to_owned).collect();
    let others = inspect(pool, others).await?;
    let started = |id: &str| {
        inspected.iter().chain(&others).find(|container| container.id == id).and_then(Container::started)
    };
    let lost = guests().filter(|(guest, owner)| started(owner) > guest.started());
    Ok(lost.map(|(guest, _)| guest.id.clone()).collect())
}

/// Looks up the tags in scope, and the images that inspected containers run
/// ([`ImageInspect`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageInspect)).
async fn images(
    pool: &Pool,
    scope: &Scope,
    inspected: &[Container],
    state: &mut EngineState,
) -> Result<(), Cause> {
    let tags = scope.images.iter().cloned().collect();
    let tagged = each(tags, |tag: ImageRef| async move {
        let name = tag.to_string();
        let image = again(|| find_image(pool, &name)).await?;
        Ok(image.map(|image| (tag, image)))
    });
    for (tag, image) in tagged.await?.into_iter().flatten() {
        let id = EngineId::new(image.id.as_str());
        state.images.insert(id.clone(), image.observed());
        state.tags.insert(tag, id);
    }
    let run: BTreeSet<EngineId> =
        inspected.iter().map(|container| EngineId::new(container.image.as_str())).collect();
    let missing = run.into_iter().filter(|id| !state.images.contains_key(id)).collect();
    let found = each(missing, |id: EngineId| async move {
        let image = again(|| find_image(pool, id.as_str())).await?;
        Ok(image.map(|image| (id, image.observed())))
    });
    state.images.extend(found.await?.into_iter().flatten());
    Ok(())
}

/// Looks up an image by tag or identifier.
pub(super) async fn find_image(pool: &Pool, name: &str) -> Result<Option<Image>, Cause> {
    pool.find(&format!("/images/{name}/json")).await
}

/// Lists the networks in scope, the preset ones and those of the map. A list of all is one request, and the engine's
/// filter by name matches parts of names.
async fn networks(pool: &Pool, scope: &Scope) -> Result<Vec<ObservedNetwork>, Cause> {
    let presets = PresetNetwork::ALL.into_iter().map(|preset| preset.as_str().to_owned());
    let names: BTreeSet<String> = scope.networks.iter().map(NetworkKey::docker_name).chain(presets).collect();
    let all: Vec<Network> = pool.get("/networks").await?;
    let wanted = |network: &Network| names.contains(&network.name) || is_of_map(&network.labels, &scope.map);
    let mut found: Vec<ObservedNetwork> =
        all.into_iter().filter(|network| wanted(network)).map(Network::observed).collect();
    found.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(found)
}

fn in_scope(volumes: Volumes, scope: &Scope, sorted: &Sorted) -> BTreeMap<String, ObservedVolume> {
    let names: BTreeSet<String> = scope.volumes.keys().map(VolumeKey::docker_name).collect();
    let found = volumes.volumes.into_iter().filter_map(|volume| {
        let name = volume.name.clone();
        let key = name.parse::<VolumeKey>().ok();
        let has = |kind: fn(VolumeKey) -> Helper| {
            key.clone().is_some_and(|key| sorted.helpers.contains(&kind(key)))
        };
        let (carrier, look) = (has(Helper::Carrier), has(Helper::Look));
        let is_helped = (carrier || look) && key.as_ref().is_some_and(|key| key.map == scope.map);
        let is_wanted = names.contains(&name) || is_of_map(&volume.labels, &scope.map) || is_helped;
        is_wanted.then(|| (name, ObservedVolume { carrier, look, ..volume.observed() }))
    });
    found.collect()
}
