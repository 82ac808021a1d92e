//! Fingerprints: whether an object is still the one a plan was made for.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use container_map::ResourceKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{EngineState, ObservedContainer, RunState};
use crate::container_ref::{ContainerRef, Slot};

/// A digest of an object's identifier and of the facts the planner compares. It does not change with time, health or
/// addresses given at run time. An absent object has a fingerprint too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl EngineState {
    /// Returns the fingerprint of the engine itself, if it said which one it is.
    pub fn own_fingerprint(&self) -> Option<Fingerprint> {
        self.engine.as_ref().map(|engine| of(&engine))
    }

    /// Returns the fingerprint of a resource: of a container, all of its slots.
    pub fn fingerprint(&self, key: &ResourceKey) -> Fingerprint {
        match key {
            ResourceKey::Image(image) => of(&self.tags.get(image)),
            ResourceKey::Network(network) => of(&self.networks_of(network).collect::<Vec<_>>()),
            ResourceKey::Volume(volume) => of(&self.volume(volume)),
            ResourceKey::Container(container) => {
                let slots: BTreeMap<&str, ObservedContainer> = Slot::ALL
                    .into_iter()
                    .filter_map(|slot| {
                        let found = self.container(&ContainerRef::new(container, slot))?;
                        Some((slot.suffix(), steady(found)))
                    })
                    .collect();
                of(&slots)
            }
        }
    }
}

/// Returns the container without what comes and goes by itself, and without values that may be secret.
fn steady(container: &ObservedContainer) -> ObservedContainer {
    let mut steady = container.clone();
    steady.environment.values_mut().for_each(|value| *value = None);
    steady.namespace_lost = false;
    steady.health = None;
    (steady.created, steady.started) = (None, None);
    steady.processes = None;
    steady.state = match container.state {
        RunState::Created => RunState::Created,
        state if state.is_up() => RunState::Running,
        RunState::Exited(code) => RunState::Exited(code),
        _ => RunState::Dead,
    };
    steady
}

fn of(facts: &impl Serialize) -> Fingerprint {
    Fingerprint(digest(facts))
}

const HEX: [u8; 16] = *b"0123456789abcdef";

/// Returns the first 16 hexadecimal digits of the SHA-256 of a value's JSON: enough to tell an edit, short in a label.
pub(crate) fn digest(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("because all map keys are strings or numbers");
    let hash = Sha256::digest(&json);
    let digits = hash.iter().take(8).flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.map(|digit| char::from(HEX[usize::from(digit)])).collect()
}
