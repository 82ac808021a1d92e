//! What an engine should have: concrete, alias-free, in the engine's terms.

mod container;
mod env;
mod exec;
mod network;
mod volume;

pub use container::{
    ContainerSpec, EndpointSpec, HealthcheckSpec, HostBinding, LinkSpec, MountSource, MountSpec,
    NetworkModeSpec, VolumesFrom,
};
pub use env::{EnvText, EnvValue};
pub use exec::ExecSpec;
pub use network::NetworkSpec;
pub use volume::VolumeSpec;
