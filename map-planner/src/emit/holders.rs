//! R5: who holds the ports and addresses a container needs at its start.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use container_map::{ContainerKey, NetworkKey, Port, Protocol};

use super::Draft;
use crate::container_ref::ContainerRef;
use crate::desired::DesiredContainer;
use crate::engine::EngineState;
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
    let holders = Holders::new(engine);
    let mut taken: BTreeMap<(u16, Protocol), Vec<(HostBinding, &ContainerKey)>> = BTreeMap::new();
    for (key, wanted) in containers {
        if draft.starts.contains_key(key) {
            take_ports(&mut taken, key, wanted)?;
        }
        order_ports(draft, key, wanted, &holders)?;
        order_addresses(draft, key, wanted, &holders)?;
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
    /// None for one that no map describes.
    key: Option<ContainerKey>,
    name: &'a str,
}

impl Holder<'_> {
    fn stops(&self, draft: &Draft) -> Vec<usize> {
        self.key.iter().flat_map(|key| draft.all_stops(key)).collect()
    }

    /// A container's own objects are ordered by its chain.
    fn is_other_than(&self, key: &ContainerKey) -> bool {
        self.key.as_ref() != Some(key)
    }
}

/// Who runs now, by what only one can hold.
struct Holders<'a> {
    all: Vec<Holder<'a>>,
    ports: BTreeMap<(u16, Protocol), Vec<(HostBinding, usize)>>,
    addresses: BTreeMap<IpAddr, Vec<(&'a str, usize)>>,
}

impl<'a> Holders<'a> {
    fn new(engine: &'a EngineState) -> Self {
        let mut holders = Self { all: Vec::new(), ports: BTreeMap::new(), addresses: BTreeMap::new() };
        for (name, live) in engine.containers.iter().filter(|(_, live)| live.state.is_up()) {
            let number = holders.all.len();
            for (network, place) in &live.endpoints {
                for address in addresses(place.ipv4_address, place.ipv6_address) {
                    holders.addresses.entry(address).or_default().push((network, number));
                }
            }
            let key = name.parse::<ContainerRef>().ok().map(|found| found.key);
            holders.add(Holder { key, name }, &live.published);
        }
        for (name, other) in engine.bystanders.iter().filter(|(_, other)| other.is_up) {
            holders.add(Holder { key: None, name }, &other.ports);
        }
        holders
    }

    fn add(&mut self, holder: Holder<'a>, ports: &BTreeMap<Port, BTreeSet<HostBinding>>) {
        for (port, binding) in ports.iter().flat_map(|(port, all)| all.iter().map(move |one| (port, *one))) {
            let at = (binding.port, port.protocol);
            self.ports.entry(at).or_default().push((binding, self.all.len()));
        }
        self.all.push(holder);
    }

    /// Returns those who hold a port, as far as they are in the way of a binding.
    fn of_port(&self, port: Port, binding: HostBinding) -> impl Iterator<Item = &Holder<'a>> {
        let found = self.ports.get(&(binding.port, port.protocol)).into_iter().flatten();
        found.filter(move |(other, _)| other.collides(&binding)).map(|(_, number)| &self.all[*number])
    }

    fn of_address(&self, network: &NetworkKey, address: IpAddr) -> impl Iterator<Item = &Holder<'a>> {
        let (name, found) = (network.docker_name(), self.addresses.get(&address).into_iter().flatten());
        found.filter(move |(network, _)| *network == name).map(|(_, number)| &self.all[*number])
    }
}

fn order_ports(
    draft: &mut Draft,
    key: &ContainerKey,
    wanted: &DesiredContainer,
    holders: &Holders<'_>,
) -> Result<(), PlanError> {
    let Some(start) = draft.starts.get(key).copied() else { return Ok(()) };
    let ports = wanted.spec.ports.iter();
    for (port, binding) in ports.flat_map(|(port, all)| all.iter().map(move |one| (*port, *one))) {
        for holder in holders.of_port(port, binding).filter(|holder| holder.is_other_than(key)) {
            let stops = holder.stops(draft);
            if stops.is_empty() {
                return Err(held(key, holder.name, port, binding));
            }
            for stop in stops {
                draft.wait(start, stop);
            }
        }
    }
    Ok(())
}

/// An address is taken at the start, or by connecting a container that runs; and given up likewise.
fn order_addresses(
    draft: &mut Draft,
    key: &ContainerKey,
    wanted: &DesiredContainer,
    holders: &Holders<'_>,
) -> Result<(), PlanError> {
    for (network, endpoint) in &wanted.spec.endpoints {
        for address in addresses(endpoint.ipv4_address, endpoint.ipv6_address) {
            let connect = draft.connects.get(&(key.clone(), network.clone()));
            let Some(taker) = draft.starts.get(key).or(connect).copied() else { continue };
            for holder in holders.of_address(network, address).filter(|holder| holder.is_other_than(key)) {
                let mut releases = holder.stops(draft);
                let leaves = holder
                    .key
                    .iter()
                    .filter_map(|key| draft.disconnects.get(&(key.clone(), network.clone())));
                releases.extend(leaves.copied());
                if releases.is_empty() {
                    let (wanted_by, held_by) = (Box::new(key.clone()), holder.name.to_owned());
                    return Err(PlanError::AddressHeld {
                        address,
                        network: network.clone(),
                        wanted_by,
                        held_by,
                    });
                }
                for release in releases {
                    draft.wait(taker, release);
                }
            }
        }
    }
    Ok(())
}

fn addresses(v4: Option<Ipv4Addr>, v6: Option<Ipv6Addr>) -> impl Iterator<Item = IpAddr> {
    v4.map(IpAddr::V4).into_iter().chain(v6.map(IpAddr::V6))
}

fn held(key: &ContainerKey, name: &str, port: Port, binding: HostBinding) -> PlanError {
    PlanError::PortHeld { binding, port, wanted_by: key.clone(), held_by: name.to_owned() }
}
