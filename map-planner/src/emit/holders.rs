//! R5: who holds the ports and addresses a container needs at its start.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::net::IpAddr;

use container_map::{ContainerKey, NetworkKey, Port};

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
/// A port or fixed address held by a container that this plan does not stop.
pub(super) fn order_starts<'a>(
    draft: &mut Draft,
    engine: &EngineState,
    containers: impl Iterator<Item = (&'a ContainerKey, &'a DesiredContainer)>,
) -> Result<(), PlanError> {
    for (key, wanted) in containers {
        let Some(start) = draft.starts.get(key).copied() else {
            continue;
        };
        for (name, holder) in engine.containers.iter().filter(|(_, holder)| holder.state.is_up()) {
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
            let address = shared_address(wanted, holder);
            if let Some((network, address)) = address.clone().filter(|_| stops.is_empty()) {
                let (wanted_by, held_by) = (Box::new(key.clone()), name.to_owned());
                return Err(PlanError::AddressHeld { address, network, wanted_by, held_by });
            }
            if collision.is_some() || address.is_some() {
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
    PlanError::PortHeld { binding, port, wanted_by: key.clone(), held_by: name.to_owned() }
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

fn shared_address(wanted: &DesiredContainer, holder: &ObservedContainer) -> Option<(NetworkKey, IpAddr)> {
    wanted.spec.endpoints.iter().find_map(|(network, endpoint)| {
        let other = holder.endpoints.get(&network.docker_name())?;
        let v4 = endpoint.ipv4_address.filter(|_| endpoint.ipv4_address == other.ipv4_address);
        let v6 = endpoint.ipv6_address.filter(|_| endpoint.ipv6_address == other.ipv6_address);
        let address = v4.map(IpAddr::V4).or(v6.map(IpAddr::V6))?;
        Some((network.clone(), address))
    })
}
