//! What the record of earlier runs tells about attributes that are changed in place.

use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::engine::{EngineId, EngineState, fingerprint_digest};
use crate::reason::Origin;

/// What was applied to one object last; nothing if nobody noted it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noted<'a>(Option<&'a BTreeMap<String, String>>);

impl<'a> Noted<'a> {
    pub(super) fn of_container(engine: &'a EngineState, id: &EngineId) -> Self {
        let noted = engine.record.as_ref().and_then(|record| record.containers.get(id));
        Self(noted.map(|noted| &noted.amended).filter(|amended| !amended.is_empty()))
    }

    pub(crate) fn of_volume(engine: &'a EngineState, name: &str) -> Self {
        let noted = engine.record.as_ref().and_then(|record| record.volumes.get(name));
        Self(noted.map(|noted| &noted.amended).filter(|amended| !amended.is_empty()))
    }

    /// Returns who made an attribute differ from what is wanted: what is wanted as it was last applied was not edited since.
    pub(super) fn origin(self, entry: &str, wanted: Option<&str>) -> Origin {
        let Some(amended) = self.0 else { return Origin::Unknown };
        let was = amended.get(entry).map(String::as_str);
        if was == wanted.map(digest).as_deref() { Origin::Drifted } else { Origin::Changed }
    }
}

/// Returns what is noted of a value.
pub(super) fn digest(value: &str) -> String {
    fingerprint_digest(&value)
}
