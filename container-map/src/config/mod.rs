//! What a user meant: the validated configurations of a map.
//!
//! Fields are public where any value of their type is legal. Aliases, inheritance and shorthand forms are gone here;
//! what a name refers to has been checked to exist.

mod build;
mod compare;
mod container;
mod exec;
mod health;
mod ipam;
mod mount;
mod network;
mod options;
mod start;
mod update;
mod volume;

pub use build::{BuildConfig, DockerfileSource};
pub use compare::{CompareMode, CompareRules};
pub use container::{ContainerConfig, Link, NetworkMode};
pub use exec::{ExecCommand, ExecPolicy};
pub use health::{HealthTest, Healthcheck};
pub use ipam::{Ipam, Pool, Subnet};
pub use mount::{Access, Attach, Bind, BindSource, Propagation, Use, UseSource};
pub use network::{Endpoint, Exposed, NetworkConfig, Publish};
pub use options::{
    Capability, CgroupNamespace, CommandLine, CpuSet, CreateOptions, Device, DeviceAccess, DeviceCount,
    DeviceNumber, DeviceRequest, DeviceRule, ExtraHost, HostAddress, HostNamespace, HostOptions, IpcMode,
    Isolation, LogConfig, MacAddress, Number, OptionError, PidMode, RestartPolicy, SecurityOption, SwapLimit,
    TmpfsOptions, Ulimit, UlimitKind, Variable,
};
pub(crate) use options::{OptionTable, Word};
pub use start::{StartAfter, StartCondition};
pub use update::{AnonymousVolumes, Follow, FollowPolicy, Update, UpdateOrder};
pub use volume::{HostConfig, HostPaths, VolumeConfig};
