//! What an engine really has: one snapshot, taken before planning, that can be saved and read back.

mod container;
mod fingerprint;
mod id;
mod image;
mod moment;
mod network;
mod record;
mod scope;
mod state;
mod volume;

pub use container::{
    Bystander, Health, ObservedContainer, ObservedEndpoint, ObservedLink, ObservedMount, ObservedMountSource,
    ObservedNetworkMode, ObservedProcess, RunState,
};
pub use fingerprint::Fingerprint;
pub(crate) use fingerprint::digest as fingerprint_digest;
pub use id::EngineId;
pub use image::{Accounts, ImageDefaults, ObservedImage};
pub use moment::Moment;
pub use network::{ObservedIpam, ObservedNetwork, ObservedPool};
pub use record::{Noted, Record, RecordFormat};
pub use scope::{Scope, VolumeFacts};
pub use state::EngineState;
pub use volume::{NumericOwner, ObservedVolume, VolumeTop};
