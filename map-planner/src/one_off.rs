//! A command that is run once, with all that a container of the map has.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use container_map::{ClientConfig, ContainerKey, ContainerMap, NetworkKey};

use crate::desired::DesiredState;
use crate::error::PlanError;
use crate::label;
use crate::spec::{ContainerSpec, EndpointSpec, HealthcheckSpec};

/// What is run in place of a container's own command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OneOff {
    /// The command's words; none for the container's own.
    pub command: Option<Vec<String>>,
    /// The entrypoint's words; none for the container's own. With one of its own, the container's command does not count.
    pub entrypoint: Option<Vec<String>>,
}

/// A container that is made to be run once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOffSpec {
    /// What it is created with.
    pub container: ContainerSpec,
    /// The networks that it is connected to after that.
    pub networks: BTreeMap<NetworkKey, EndpointSpec>,
}

/// Returns the container that runs something once beside a container of the map.
///
/// It has the image, user, environment, volumes, networks and limits of that container, and nothing that only one can
/// have or that others would take for it: no published ports, no fixed addresses, no further names in networks, no health
/// check, no terminal. It is not started again when it ends.
///
/// # Errors
///
/// The client cannot satisfy the map.
///
/// # Panics
///
/// Never for a container that the map has on the client.
pub fn one_off(
    map: &ContainerMap,
    client: &ClientConfig,
    key: &ContainerKey,
    what: OneOff,
) -> Result<OneOffSpec, PlanError> {
    let mut desired = DesiredState::new(map, client)?;
    let wanted =
        desired.containers.remove(key).expect("because the container is one of the map's on the client");
    let mut spec = wanted.spec;
    if what.entrypoint.is_some() {
        (spec.entrypoint, spec.command) = (what.entrypoint, None);
    }
    spec.command = what.command.or(spec.command);
    spec.ports.clear();
    spec.mac_address = None;
    spec.healthcheck =
        Some(HealthcheckSpec { test: Vec::from(["NONE".to_owned()]), ..HealthcheckSpec::default() });
    (spec.tty, spec.stdin_open) = (None, None);
    Arc::make_mut(&mut spec.host).restart_policy = None;
    spec.labels.insert(label::ROLE.to_owned(), label::RUN.to_owned());
    for place in spec.endpoints.values_mut() {
        *place = EndpointSpec { links: core::mem::take(&mut place.links), ..EndpointSpec::default() };
    }
    let networks = spec.keep_first_endpoint();
    Ok(OneOffSpec { container: spec, networks })
}
