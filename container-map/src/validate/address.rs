//! The check of fixed addresses: the engine looks at them when it joins a container to a network, and at two that are the
//! same when it starts the second container.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use core::net::IpAddr;

use super::Checker;
use super::container::Current;
use crate::error::ViolationKind;
use crate::key::NetworkKey;
use crate::map::ContainerMap;
use crate::name::ConfigName;
use crate::raw::{Place, Text};

/// A fixed address of a configuration.
pub(super) struct Fixed {
    network: NetworkKey,
    address: IpAddr,
    config: ConfigName,
    place: Place,
}

impl Checker<'_> {
    /// Notes an address of a configuration in a network.
    pub(super) fn note_address(
        &mut self,
        network: &NetworkKey,
        address: impl Into<IpAddr>,
        text: &Text,
        current: Current<'_>,
    ) {
        if let Some(config) = current.known.name.clone() {
            let (network, place) = (network.clone(), text.place.clone());
            self.fixed.push(Fixed { network, address: address.into(), config, place });
        }
    }

    /// Checks all addresses against the networks and against each other.
    ///
    /// Instances of one configuration can take turns with one address, as with a port of the host.
    pub(super) fn fixed_addresses(&mut self, map: &ContainerMap) {
        let mut owners = BTreeMap::new();
        for Fixed { network, address, config, place } in core::mem::take(&mut self.fixed) {
            if let Some(kind) = self.misplaced(map, &network, address) {
                self.problems.report(&place, kind);
                continue;
            }
            for client in map.clients_of(&config) {
                let owner =
                    owners.entry((client, network.clone(), address)).or_insert_with(|| config.clone());
                if *owner != config {
                    let (first, second) = (owner.to_string(), config.to_string());
                    let kind = ViolationKind::SameAddress { address: address.to_string(), first, second };
                    self.problems.report(&place, kind);
                }
            }
        }
    }

    fn misplaced(&self, map: &ContainerMap, network: &NetworkKey, address: IpAddr) -> Option<ViolationKind> {
        let no_subnet = |network: &str| {
            Some(ViolationKind::NoSubnet { address: address.to_string(), network: network.to_string() })
        };
        let name = match network {
            NetworkKey::Preset(preset) => return no_subnet(preset.as_str()),
            NetworkKey::Own { network, .. } => network,
        };
        let ipam = map.networks().get(name).and_then(|network| network.ipam.as_ref());
        let pools = ipam.map_or(&[][..], |ipam| &ipam.pools);
        let is_bad = || {
            let raw = self.raw.networks.iter().find(|(text, _)| text.as_str() == name.as_str());
            raw.is_some_and(|(_, raw)| raw.ipam.is_some())
        };
        // What is wrong with its subnets was reported.
        if ipam.is_none() && is_bad() || pools.iter().any(|pool| pool.subnet.contains(address)) {
            return None;
        }
        if pools.is_empty() {
            return no_subnet(name.as_str());
        }
        let subnets = pools.iter().map(|pool| pool.subnet.to_string()).collect();
        Some(ViolationKind::OutsideOfSubnet { address: address.to_string(), subnets })
    }
}
