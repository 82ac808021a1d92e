//! What an engine should have: concrete, alias-free, in the engine's terms.

mod container;
mod network;
mod volume;

pub use container::{
    ContainerSpec, EndpointSpec, EnvValue, HealthcheckSpec, HostBinding, LinkSpec, MountSource, MountSpec,
    NetworkModeSpec, VolumesFrom,
};
pub use network::NetworkSpec;
pub use volume::VolumeSpec;
