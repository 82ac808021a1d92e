//! R5: who holds the ports and addresses a container needs at its start.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::net::IpAddr;

use container_map::{ContainerKey, NetworkKey, Port, Protocol};

use super::Draft;
use crate::container_ref::ContainerRef;
use crate::desired::DesiredContainer;
use crate::engine::{EngineState, ObservedContainer};
use crate::error::PlanError;
use crate::spec::HostBinding;

/// Makes every start wait for the stops of those who hold the ports it needs, and whatever takes a fixed address wait for
/// those who give it up.
///
/// # Errors
///
/// A port or fixed address held by a container that this plan does not make give it up, or a port for two containers that
/// are to start.
pub(super) fn order_starts<'a>(
    draft: &mut Draft,
    engine: &EngineState,
    containers: impl Iterator<Item = (&'a ContainerKey, &'a DesiredContainer)>,
) -> Result<(), PlanError> {
    let mut taken: BTreeMap<(u16, Protocol), Vec<(HostBinding, &ContainerKey)>> = BTreeMap::new();
    for (key, wanted) in containers {
        if draft.starts.contains_key(key) {
            take_ports(&mut taken, key, wanted)?;
        }
        for (name, holder) in engine.containers.iter().filter(|(_, holder)| holder.state.is_up()) {
            let holder_key = name.parse::<ContainerRef>().ok().map(|found| found.key);
            // A container's own objects are ordered by its chain.
            if holder_key.as_ref() != Some(key) {
                let other = Holder { key: holder_key, name, live: holder };
                order_ports(draft, key, wanted, &other)?;
                order_addresses(draft, key, wanted, &other)?;
            }
        }
        if draft.starts.contains_key(key) {
            for (name, holder) in engine.bystanders.iter().filter(|(_, holder)| holder.is_up) {
                if let Some((port, binding)) = collisions(wanted, &holder.ports).next() {
                    return Err(held(key, name, port, binding));
                }
            }
        }
    }
    Ok(())
}

/// Notes the ports that a start takes. A map lets no two configurations have the same port, but instances of one
/// configuration can take turns with it.
fn take_ports<'a>(
    taken: &mut BTreeMap<(u16, Protocol), Vec<(HostBinding, &'a ContainerKey)>>,
    key: &'a ContainerKey,
    wanted: &DesiredContainer,
) -> Result<(), PlanError> {
    for (port, binding) in
        wanted.spec.ports.iter().flat_map(|(port, all)| all.iter().map(move |binding| (port, *binding)))
    {
        let takers = taken.entry((binding.port, port.protocol)).or_default();
        let other = takers.iter().find(|(other, by)| *by != key && other.collides(&binding));
        if let Some((_, first)) = other {
            let (first, second) = (Box::new((*first).clone()), Box::new(key.clone()));
            return Err(PlanError::PortWantedTwice { binding, port: *port, first, second });
        }
        takers.push((binding, key));
    }
    Ok(())
}

/// A container that runs now.
struct Holder<'a> {
    key: Option<ContainerKey>,
    name: &'a str,
    live: &'a ObservedContainer,
}

impl Holder<'_> {
    fn stops(&self, draft: &Draft) -> Vec<usize> {
        self.key.iter().flat_map(|key| draft.all_stops(key)).collect()
    }
}

fn order_ports(
    draft: &mut Draft,
    key: &ContainerKey,
    wanted: &DesiredContainer,
    holder: &Holder<'_>,
) -> Result<(), PlanError> {
    let Some(start) = draft.starts.get(key).copied() else { return Ok(()) };
    let Some((port, binding)) = collisions(wanted, &holder.live.published).next() else { return Ok(()) };
    let stops = holder.stops(draft);
    if stops.is_empty() {
        return Err(held(key, holder.name, port, binding));
    }
    for stop in stops {
        draft.wait(start, stop);
    }
    Ok(())
}

/// An address is taken at the start, or by connecting a container that runs; and given up likewise.
fn order_addresses(
    draft: &mut Draft,
    key: &ContainerKey,
    wanted: &DesiredContainer,
    holder: &Holder<'_>,
) -> Result<(), PlanError> {
    for (network, address) in shared_addresses(wanted, holder.live) {
        let connect = draft.connects.get(&(key.clone(), network.clone()));
        let Some(taker) = draft.starts.get(key).or(connect).copied() else { continue };
        let mut releases = holder.stops(draft);
        let leaves =
            holder.key.iter().filter_map(|key| draft.disconnects.get(&(key.clone(), network.clone())));
        releases.extend(leaves.copied());
        if releases.is_empty() {
            let (wanted_by, held_by) = (Box::new(key.clone()), holder.name.to_owned());
            return Err(PlanError::AddressHeld { address, network, wanted_by, held_by });
        }
        for release in releases {
            draft.wait(taker, release);
        }
    }
    Ok(())
}

fn held(key: &ContainerKey, name: &str, port: Port, binding: HostBinding) -> PlanError {
    PlanError::PortHeld { binding, port, wanted_by: key.clone(), held_by: name.to_owned() }
}

fn collisions<'a>(
    wanted: &'a DesiredContainer,
    held: &'a BTreeMap<Port, BTreeSet<HostBinding>>,
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

fn shared_addresses(wanted: &DesiredContainer, holder: &ObservedContainer) -> Vec<(NetworkKey, IpAddr)> {
    let mut found = Vec::new();
    for (network, endpoint) in &wanted.spec.endpoints {
        let Some(other) = holder.endpoints.get(&network.docker_name()) else { continue };
        let v4 = endpoint.ipv4_address.filter(|_| endpoint.ipv4_address == other.ipv4_address);
        let v6 = endpoint.ipv6_address.filter(|_| endpoint.ipv6_address == other.ipv6_address);
        let addresses = v4.map(IpAddr::V4).into_iter().chain(v6.map(IpAddr::V6));
        found.extend(addresses.map(|address| (network.clone(), address)));
    }
    found
}
