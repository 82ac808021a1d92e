//! Networks and places in them.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use container_map::PresetNetwork;
use container_map::config::{Ipam, Pool};

use super::{SimContainer, SimEngine, SimError};
use crate::engine::{
    EngineId, ObservedEndpoint, ObservedIpam, ObservedNetwork, ObservedNetworkMode, ObservedPool,
};
use crate::spec::{EndpointSpec, NetworkSpec};

/// Returns whether every engine has this network.
pub(super) fn is_preset(name: &str) -> bool {
    PresetNetwork::ALL.into_iter().any(|preset| preset.as_str() == name)
}

/// Returns a place in a network as it is reported; the identifier is known once the engine has looked the network up.
pub(super) fn endpoint(spec: &EndpointSpec, network: Option<&EngineId>) -> ObservedEndpoint {
    ObservedEndpoint {
        network: network.map(ToString::to_string).unwrap_or_default(),
        aliases: spec.aliases.clone(),
        links: spec.links.clone(),
        ipv4_address: spec.ipv4_address,
        ipv6_address: spec.ipv6_address,
        link_local_ips: spec.link_local_ips.clone(),
        driver_options: spec.driver_options.clone(),
    }
}

/// Returns how a network gives out addresses; what is not said, the engine chooses.
fn ipam(wanted: Option<&Ipam>) -> ObservedIpam {
    let wanted = wanted.cloned().unwrap_or_default();
    let pool = |pool: Pool| ObservedPool {
        subnet: pool.subnet,
        ip_range: pool.ip_range,
        gateway: pool.gateway,
        aux_addresses: pool.aux_addresses,
    };
    ObservedIpam {
        driver: wanted.driver.unwrap_or_else(|| "default".to_owned()),
        options: wanted.options,
        pools: wanted.pools.into_iter().map(pool).collect(),
    }
}

impl SimEngine {
    /// Returns the one network of a name.
    pub(super) fn network(&self, name: &str) -> Result<&ObservedNetwork, SimError> {
        let mut found = self.networks.values().filter(|network| network.name == name);
        match (found.next(), found.count()) {
            (None, _) => Err(SimError::not_found("network", name)),
            (Some(network), 0) => Ok(network),
            (Some(_), more) => Err(SimError::Ambiguous { name: name.to_owned(), count: more + 1 }),
        }
    }

    /// Returns the names of all networks.
    pub fn network_names(&self) -> BTreeSet<String> {
        self.networks.values().map(|network| network.name.clone()).collect()
    }

    /// Creates a network.
    ///
    /// # Errors
    ///
    /// The name is taken.
    pub fn create_network(&mut self, name: &str, spec: &NetworkSpec) -> Result<EngineId, SimError> {
        if self.networks.values().any(|network| network.name == name) {
            return Err(SimError::NameTaken { what: "network", name: name.to_owned() });
        }
        Ok(self.race_network(name, spec))
    }

    /// Creates a network as one of several that are created at once: whether the name is taken is not noticed.
    pub fn race_network(&mut self, name: &str, spec: &NetworkSpec) -> EngineId {
        let id = EngineId::new(self.issue('e'));
        let network = ObservedNetwork {
            id: id.clone(),
            name: name.to_owned(),
            driver: spec.driver.clone(),
            options: spec.options.clone(),
            internal: spec.internal,
            enable_ipv6: spec.enable_ipv6.unwrap_or_default(),
            attachable: spec.attachable.unwrap_or_default(),
            ipam: ipam(spec.ipam.as_ref()),
            labels: spec.labels.clone(),
        };
        self.networks.insert(id.clone(), network);
        id
    }

    /// Removes a network. Stopped containers do not hold it; they keep its identifier.
    ///
    /// # Errors
    ///
    /// There is no such network or there are several, every engine has it, or a running container is in it.
    pub fn remove_network(&mut self, name: &str) -> Result<(), SimError> {
        let id = self.network(name)?.id.clone();
        if is_preset(name) {
            return Err(SimError::refused(name, "the network is predefined"));
        }
        let is_in = |container: &&SimContainer| {
            container.is_up() && container.facts.endpoints.values().any(|found| found.network == id.as_str())
        };
        if let Some(holder) = self.containers.values().find(is_in) {
            let by = holder.name.clone();
            return Err(SimError::InUse { what: "network", name: name.to_owned(), by });
        }
        self.networks.remove(&id);
        Ok(())
    }

    /// Gives a container a place in a network.
    ///
    /// # Errors
    ///
    /// Network or container do not exist, it has a place there already, it shares or has no namespace, or the address is
    /// taken.
    pub fn connect(&mut self, network: &str, container: &str, spec: &EndpointSpec) -> Result<(), SimError> {
        let id = self.network(network)?.id.clone();
        let found = self.find(container)?;
        let joins = match &found.facts.network {
            ObservedNetworkMode::Container(_) => false,
            ObservedNetworkMode::Named(name) => name != "host" && name != "none",
            ObservedNetworkMode::Default => true,
        };
        if !joins || network == "host" || network == "none" {
            return Err(SimError::refused(container, "the network namespace is not a private one"));
        }
        if found.facts.endpoints.contains_key(network) {
            return Err(SimError::refused(container, "it is connected already"));
        }
        self.check_endpoint(container, network, spec)?;
        let is_up = found.is_up();
        let place = endpoint(spec, is_up.then_some(&id));
        if is_up {
            self.check_address(container, &place)?;
        }
        self.find_mut(container)?.facts.endpoints.insert(network.to_owned(), place);
        Ok(())
    }

    /// Takes a container out of a network; a stopped one also out of a network that is gone.
    ///
    /// # Errors
    ///
    /// Container or network do not exist, or it has no place there.
    pub fn disconnect(&mut self, network: &str, container: &str) -> Result<(), SimError> {
        let is_known = self.network(network).map(|_| ());
        let found = self.find_mut(container)?;
        if found.is_up() {
            is_known?;
        }
        match found.facts.endpoints.remove(network) {
            Some(_) => Ok(()),
            None => Err(SimError::refused(container, "it is not connected")),
        }
    }

    /// Refuses what the networks every engine has do not offer, and addresses of a network that was not made with a subnet.
    pub(super) fn check_endpoint(
        &self,
        container: &str,
        network: &str,
        spec: &EndpointSpec,
    ) -> Result<(), SimError> {
        let v4 = spec.ipv4_address.map(IpAddr::V4);
        let addresses: Vec<IpAddr> = v4.into_iter().chain(spec.ipv6_address.map(IpAddr::V6)).collect();
        if is_preset(network) {
            return if !spec.aliases.is_empty() {
                Err(SimError::refused(container, "aliases are for user networks only"))
            } else if addresses.is_empty() {
                Ok(())
            } else {
                Err(SimError::refused(container, "fixed addresses are for user networks only"))
            };
        }
        let pools = &self.network(network)?.ipam.pools;
        if addresses.iter().all(|address| pools.iter().any(|pool| pool.subnet.contains(*address))) {
            Ok(())
        } else {
            Err(SimError::refused(container, "fixed addresses are for networks with a subnet of their own"))
        }
    }

    /// Refuses an address that another running container has in the same network.
    pub(super) fn check_address(&self, container: &str, place: &ObservedEndpoint) -> Result<(), SimError> {
        if place.ipv4_address.is_none() && place.ipv6_address.is_none() {
            return Ok(());
        }
        let others = self.containers.values().filter(|other| other.is_up() && other.name != container);
        for other in others {
            for theirs in other.facts.endpoints.values().filter(|theirs| theirs.network == place.network) {
                let what: Option<String> = match (place.ipv4_address, place.ipv6_address) {
                    (Some(address), _) if theirs.ipv4_address == Some(address) => Some(address.to_string()),
                    (_, Some(address)) if theirs.ipv6_address == Some(address) => Some(address.to_string()),
                    _ => None,
                };
                if let Some(what) = what {
                    return Err(SimError::Held { what, by: other.name.clone() });
                }
            }
        }
        Ok(())
    }
}
