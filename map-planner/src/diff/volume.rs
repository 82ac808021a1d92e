//! Compares one volume with what the map wants of it.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use container_map::FileKind;

use crate::attribute::Attribute;
use crate::desired::DesiredVolume;
use crate::engine::{Accounts, EngineState, ObservedVolume, VolumeTop};
use crate::reason::{Difference, Origin, Shown};

/// How a volume differs.
#[derive(Debug, Default)]
pub(crate) struct VolumeComparison {
    /// Driver and options: reported, because making the volume anew would lose what is in it.
    pub(crate) reported: Vec<Difference>,
    /// Owner and mode of its directory.
    pub(crate) amendable: Vec<Difference>,
    /// The owner, where the image that knows the name has not been looked into yet.
    pub(crate) unresolved: Option<Difference>,
}

/// Compares one volume with what the map wants of it.
pub(crate) fn compare_volume(
    desired: &DesiredVolume,
    live: &ObservedVolume,
    engine: &EngineState,
) -> VolumeComparison {
    let mut found = VolumeComparison::default();
    let mut report = |item: &str, live: Shown, wanted: Shown| {
        if live != wanted {
            found.reported.push(Difference {
                attribute: Attribute::VolumeOptions,
                item: Some(item.to_string()),
                origin: Origin::Unknown,
                live,
                wanted,
            });
        }
    };
    report("driver", Shown::value(live.driver.clone()), Shown::value(desired.spec.driver.clone()));
    for (name, value) in &desired.spec.options {
        report(name, Shown::optional(live.options.get(name).cloned()), Shown::value(value.clone()));
    }
    if let Some(top) = &live.top {
        match owner(desired, top, engine) {
            Owner::Differs(difference) => found.amendable.push(difference),
            Owner::Unresolved(difference) => found.unresolved = Some(difference),
            Owner::AsWanted => {}
        }
        found.amendable.extend(mode(desired, top));
    }
    found
}

enum Owner {
    AsWanted,
    Differs(Difference),
    Unresolved(Difference),
}

fn owner(desired: &DesiredVolume, top: &VolumeTop, engine: &EngineState) -> Owner {
    let (Some(wanted), Some(live)) = (&desired.owner, top.owner) else {
        return Owner::AsWanted;
    };
    let difference = Difference {
        attribute: Attribute::Owner,
        item: None,
        origin: Origin::Unknown,
        live: Shown::value(live.to_string()),
        wanted: Shown::value(wanted.to_string()),
    };
    let image = engine.tags.get(&desired.image).and_then(|id| engine.images.get(id));
    let accounts = image.and_then(|image| image.accounts.as_ref());
    let numeric = match accounts {
        Some(accounts) => accounts.resolve(wanted),
        None => Accounts::default().resolve(wanted),
    };
    match numeric {
        Some(numeric) if numeric == live => Owner::AsWanted,
        Some(_) => Owner::Differs(difference),
        // An image without the name: preparing the volume says so.
        None if accounts.is_some() => Owner::Differs(difference),
        None => Owner::Unresolved(difference),
    }
}

/// A mode is as wanted when applying it changes nothing.
fn mode(desired: &DesiredVolume, top: &VolumeTop) -> Option<Difference> {
    let wanted = desired.mode.as_ref()?;
    (wanted.apply(top.mode, FileKind::Directory) != top.mode).then(|| Difference {
        attribute: Attribute::Mode,
        item: None,
        origin: Origin::Unknown,
        live: Shown::value(format!("{:04o}", top.mode)),
        wanted: Shown::value(wanted.to_string()),
    })
}
