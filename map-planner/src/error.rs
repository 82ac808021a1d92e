//! Why there is no plan.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use container_map::{ContainerKey, ImageRef, InterfaceName, NetworkKey, Port, ResourceKey};
use thiserror::Error;

use crate::spec::HostBinding;

/// Why there is no plan. Anything that a valid map guarantees is not an error here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A container that dmap did not make has a name the map needs.
    #[error("container `{name}` exists and was not created by dmap for this map")]
    Foreign {
        /// The container's name in the engine.
        name: String,
    },
    /// A host port the map wants is held by somebody who will not give it up.
    #[error("port {binding} ({port}), wanted by `{wanted_by}`, is held by container `{held_by}`")]
    PortHeld {
        /// The address on the host.
        binding: HostBinding,
        /// The container's port.
        port: Port,
        /// The container that wants it.
        wanted_by: ContainerKey,
        /// The name of the container that holds it.
        held_by: String,
    },
    /// Two containers that are to start publish the same port of the host.
    #[error("port {binding} ({port}) is wanted by both `{first}` and `{second}`")]
    PortWantedTwice {
        /// The address on the host.
        binding: HostBinding,
        /// The second container's port.
        port: Port,
        /// A container that wants it.
        first: Box<ContainerKey>,
        /// Another one.
        second: Box<ContainerKey>,
    },
    /// A fixed address the map wants is held by somebody who will not give it up.
    #[error(
        "address {address} in network `{network}`, wanted by `{wanted_by}`, is held by container `{held_by}`"
    )]
    AddressHeld {
        /// The address.
        address: IpAddr,
        /// The network.
        network: NetworkKey,
        /// The container that wants it.
        wanted_by: Box<ContainerKey>,
        /// The name of the container that holds it.
        held_by: String,
    },
    /// A container needs another one that was left out of the request.
    #[error("`{container}` needs `{needs}`, which is left out and not ready for it")]
    LeftOut {
        /// The container.
        container: Box<ContainerKey>,
        /// The one it needs.
        needs: Box<ContainerKey>,
    },
    /// Several networks of the engine have a name the map needs.
    #[error("the engine has {count} networks named `{network}`")]
    AmbiguousNetwork {
        /// The network.
        network: NetworkKey,
        /// How many there are.
        count: usize,
    },
    /// A port is to be published on an interface the client does not know.
    #[error("`{container}` publishes a port on interface `{interface}`, which the client does not define")]
    UnknownInterface {
        /// The container.
        container: ContainerKey,
        /// The interface alias.
        interface: InterfaceName,
    },
    /// An image has to be built, and nothing may be.
    #[error("image `{image}` is not here, and the request is not to build it")]
    NotBuilt {
        /// The image.
        image: ImageRef,
    },
    /// An image has to be built, and what it is built from is not known.
    #[error("image `{image}` has to be built, and its build context was not read")]
    ContextUnread {
        /// The image.
        image: ImageRef,
    },
    /// Images that the map builds are based on each other, or one on itself.
    #[error("{}", in_circles(.images))]
    BuiltInCircles {
        /// The images, each based on the next one, from one back to itself.
        images: Vec<ImageRef>,
    },
    /// The steps cannot be ordered; a defect of the planner.
    #[error("the steps of `{key}` wait for each other; this is a defect of dmap")]
    Unorderable {
        /// A resource on the cycle.
        key: ResourceKey,
    },
}

fn in_circles(images: &[ImageRef]) -> String {
    match images {
        [image, _] => format!("image `{image}` would be built from itself"),
        images => {
            let names: Vec<String> = images.iter().map(|image| format!("`{image}`")).collect();
            format!("images would be built from each other: {}", names.join(" from "))
        }
    }
}
