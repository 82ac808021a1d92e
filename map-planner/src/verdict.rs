//! What becomes of each resource: the result of the first two passes.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use container_map::config::UpdateOrder;
use container_map::{ContainerKey, ImageRef, NetworkKey, VolumeKey};

use crate::action::Depth;
use crate::container_ref::Slot;
use crate::engine::EngineId;
use crate::exec::Pending;
use crate::limits::Limits;
use crate::reason::{Note, Reason};
use crate::spec::EndpointSpec;

/// What becomes of everything a request is about.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    pub(crate) images: BTreeMap<ImageRef, ImageVerdict>,
    pub(crate) networks: BTreeMap<NetworkKey, NetworkVerdict>,
    pub(crate) volumes: BTreeMap<VolumeKey, VolumeVerdict>,
    pub(crate) containers: BTreeMap<ContainerKey, ContainerVerdict>,
    /// The commands that are to be run in them.
    pub(crate) commands: BTreeMap<ContainerKey, Vec<Pending>>,
    pub(crate) notes: Vec<Note>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImageVerdict {
    Keep,
    Pull,
    Build,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NetworkVerdict {
    Keep,
    Create,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VolumeVerdict {
    Keep,
    Create,
    Prepare { depth: Depth, reason: Reason },
}

/// What becomes of one container: first what an interrupted run left is settled, then the container in the current slot
/// is dealt with, then it is amended, then the rest of what was left goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContainerVerdict {
    /// Slots that are emptied before anything else.
    pub(crate) remove_first: BTreeSet<Slot>,
    /// The slot whose container becomes the current one.
    pub(crate) settle_from: Option<Slot>,
    /// What happens to the current container.
    pub(crate) fate: Fate,
    /// Why.
    pub(crate) reason: Option<Reason>,
    /// Limits that are put right, on the container that is kept.
    pub(crate) limits: Option<LimitChange>,
    /// Places in networks that are put right, on the container that is kept.
    pub(crate) endpoints: Vec<EndpointChange>,
    /// Slots that are emptied once the current container is ready.
    pub(crate) remove_last: BTreeSet<Slot>,
    /// The object that stands for the container when the plan is done.
    pub(crate) outcome: FinalObject,
}

/// What happens to the container in the current slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing.
    Keep,
    /// It is created.
    Make,
    /// It is created and started.
    Create,
    /// It is started.
    Start,
    /// It is stopped and started: it runs, but in a namespace nobody else is in any more.
    Restart,
    /// It stops before what it follows does and starts after it.
    Bounce,
    /// A successor takes its place; it may have been created already.
    Replace { successor: Successor, order: UpdateOrder },
}

/// Whether the successor of a container is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Successor {
    New,
    Waiting,
}

/// The object that stands for a container when the plan is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FinalObject {
    /// One that exists now.
    Existing(EngineId),
    /// One that the plan creates.
    New,
}

/// A change of a container's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LimitChange {
    pub(crate) limits: Limits,
    pub(crate) reason: Reason,
}

/// A change of a container's place in a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndpointChange {
    pub(crate) network: NetworkKey,
    pub(crate) disconnect: bool,
    pub(crate) connect: Option<EndpointSpec>,
    pub(crate) reason: Reason,
}

impl ContainerVerdict {
    /// Returns the verdict on a container that nothing happens to, which has an object or none.
    pub(crate) fn untouched(id: Option<EngineId>) -> Self {
        Self {
            remove_first: BTreeSet::new(),
            settle_from: None,
            fate: Fate::Keep,
            reason: None,
            limits: None,
            endpoints: Vec::new(),
            remove_last: BTreeSet::new(),
            outcome: id.map_or(FinalObject::New, FinalObject::Existing),
        }
    }

    /// Returns whether the container's process will be another one.
    pub(crate) fn starts(&self) -> bool {
        match self.fate {
            Fate::Keep | Fate::Make => false,
            Fate::Create | Fate::Start | Fate::Restart | Fate::Bounce | Fate::Replace { .. } => true,
        }
    }
}
