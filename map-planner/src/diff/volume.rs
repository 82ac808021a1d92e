//! Compares one volume with what the map wants of it.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use container_map::FileKind;

use super::record::Noted;
use crate::attribute::Attribute;
use crate::desired::DesiredVolume;
use crate::engine::{Accounts, ObservedVolume, VolumeTop};
use crate::label;
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

/// What names of owners mean.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Naming<'a> {
    /// What these accounts say.
    Known(&'a Accounts),
    /// What an image says that has not been looked into.
    Unknown,
    /// Something that preparing the volume could not bring about.
    NotCompared,
}

/// Compares one volume with what the map wants of it.
pub(crate) fn compare_volume(
    desired: &DesiredVolume,
    live: &ObservedVolume,
    naming: Naming<'_>,
    noted: Noted<'_>,
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
    for (name, value) in label::of_map(&desired.spec.labels) {
        report(
            &format!("label {name}"),
            Shown::optional(live.labels.get(name).cloned()),
            Shown::value(value),
        );
    }
    if let Some(top) = &live.top {
        match owner(desired, top, naming, noted) {
            Owner::Differs(difference) => found.amendable.push(difference),
            Owner::Unresolved(difference) => found.unresolved = Some(difference),
            Owner::AsWanted => {}
        }
        found.amendable.extend(mode(desired, top, noted));
    }
    found
}

enum Owner {
    AsWanted,
    Differs(Difference),
    Unresolved(Difference),
}

fn owner(desired: &DesiredVolume, top: &VolumeTop, naming: Naming<'_>, noted: Noted<'_>) -> Owner {
    let (Some(wanted), Some(live)) = (&desired.owner, top.owner) else { return Owner::AsWanted };
    let difference = Difference {
        attribute: Attribute::Owner,
        item: None,
        origin: noted.origin(Attribute::Owner.as_str(), Some(&wanted.to_string())),
        live: Shown::value(live.to_string()),
        wanted: Shown::value(wanted.to_string()),
    };
    let numbers = match (Accounts::default().resolve(wanted), naming) {
        (Some(numbers), _) => Some(numbers),
        (None, Naming::Known(accounts)) => accounts.resolve(wanted),
        (None, Naming::Unknown) => return Owner::Unresolved(difference),
        (None, Naming::NotCompared) => return Owner::AsWanted,
    };
    // An image without the name differs too: preparing the volume says so.
    if numbers == Some(live) { Owner::AsWanted } else { Owner::Differs(difference) }
}

/// A mode is as wanted when applying it changes nothing.
fn mode(desired: &DesiredVolume, top: &VolumeTop, noted: Noted<'_>) -> Option<Difference> {
    let wanted = desired.mode.as_ref()?;
    (wanted.apply(top.mode, FileKind::Directory) != top.mode).then(|| Difference {
        attribute: Attribute::Mode,
        item: None,
        origin: noted.origin(Attribute::Mode.as_str(), Some(&wanted.to_string())),
        live: Shown::value(format!("{:04o}", top.mode)),
        wanted: Shown::value(wanted.to_string()),
    })
}
