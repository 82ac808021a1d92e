//! R5: who holds the ports and addresses a container needs at its start.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use container_map::{ContainerKey, Port};

use super::Draft;
use crate::container_ref::ContainerRef;
use crate::desired::DesiredContainer;
use crate::engine::{EngineState, ObservedContainer};
use crate::error::PlanError;
use crate::spec::HostBinding;

/// Makes every start wait for the stops of those who hold what it needs.
///
/// # Errors
///
/// A port held by a container that this plan does not stop.
pub(super) fn order_starts<'a>(
    draft: &mut Draft,
    engine: &EngineState,
    containers: impl Iterator<Item = (&'a ContainerKey, &'a DesiredContainer)>,
) -> Result<(), PlanError> {
    for (key, wanted) in containers {
        let Some(start) = draft.starts.get(key).copied() else {
            continue;
        };
        for (name, holder) in engine
            .containers
            .iter()
            .filter(|(_, holder)| holder.state.is_up())
        {
            let holder_key = name.parse::<ContainerRef>().ok().map(|found| found.key);
            // A container's own objects are ordered by its chain.
            if holder_key.as_ref() == Some(key) {
                continue;
            }
            let stops: Vec<usize> = holder_key.iter().flat_map(|key| draft.all_stops(key)).collect();
            let collision = collisions(wanted, &holder.published).next();
            if let Some((port, binding)) = collision.filter(|_| stops.is_empty()) {
                return Err(held(key, name, port, binding));
            }
            if collision.is_some() || shares_address(wanted, holder) {
                for stop in stops {
                    draft.wait(start, stop);
                }
            }
        }
        for (name, holder) in engine.bystanders.iter().filter(|(_, holder)| holder.is_up) {
            if let Some((port, binding)) = collisions(wanted, &holder.ports).next() {
                return Err(held(key, name, port, binding));
            }
        }
    }
    Ok(())
}

fn held(key: &ContainerKey, name: &str, port: Port, binding: HostBinding) -> PlanError {
    PlanError::PortHeld {
        binding,
        port,
        wanted_by: key.clone(),
        held_by: name.to_owned(),
    }
}

fn collisions<'a>(
    wanted: &'a DesiredContainer,
    held: &'a alloc::collections::BTreeMap<Port, BTreeSet<HostBinding>>,
) -> impl Iterator<Item = (Port, HostBinding)> + 'a {
    wanted.spec.ports.iter().flat_map(move |(port, bindings)| {
        bindings
            .iter()
            .filter(move |binding| {
                held.iter()
                    .filter(|(other, _)| other.protocol == port.protocol)
                    .flat_map(|(_, others)| others)
                    .any(|other| other.collides(binding))
            })
            .map(|binding| (*port, *binding))
    })
}

fn shares_address(wanted: &DesiredContainer, holder: &ObservedContainer) -> bool {
    wanted.spec.endpoints.iter().any(|(network, endpoint)| {
        let Some(other) = holder.endpoints.get(&network.docker_name()) else {
            return false;
        };
        let same_v4 = endpoint.ipv4_address.is_some() && endpoint.ipv4_address == other.ipv4_address;
        let same_v6 = endpoint.ipv6_address.is_some() && endpoint.ipv6_address == other.ipv6_address;
        same_v4 || same_v6
    })
}
