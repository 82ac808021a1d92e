//! Reasons and notes in words.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::ResourceKey;

use super::quote::visible;
use crate::anonymous::{AnonymousVolume, VolumeFate};
use crate::attribute::Attribute;
use crate::label::Helper;
use crate::reason::{Difference, KeptBecause, Note, Obstacle, Origin, Reason, Shown};

/// Returns a reason in a few words.
pub fn describe_reason(reason: &Reason) -> String {
    match reason {
        Reason::Absent => "absent".to_owned(),
        Reason::Stopped => "stopped".to_owned(),
        Reason::Unrecoverable { exit } => {
            format!("ended with exit code {exit}, which starting again does not mend")
        }
        Reason::Differs(differences) => {
            let parts: Vec<String> = differences.iter().map(summary).collect();
            parts.join("; ")
        }
        Reason::Follows(key) => format!("follows {key}"),
        Reason::NeededBy(key) => format!("{key} waits for it"),
        Reason::Requested => "requested".to_owned(),
        Reason::ContextChanged => "its build context changed".to_owned(),
        Reason::BuildChanged => "the map builds it in another way".to_owned(),
        Reason::BaseChanged(base) => format!("based on {base}, which changed"),
        Reason::BuiltElsewhere => "not built by dmap".to_owned(),
        Reason::NotRun => "not run there yet".to_owned(),
        Reason::NoProcess => "no such process".to_owned(),
        Reason::Orphaned => "no longer in the map".to_owned(),
        Reason::Leftover => "left by an interrupted run".to_owned(),
        Reason::RolledBack => "its successor did not come up".to_owned(),
        Reason::Adopted => "adopted: not created by dmap".to_owned(),
        Reason::Unmounted => "no container mounts it, so it is looked into first".to_owned(),
    }
}

/// Names a difference: `env LOG_LEVEL changed`, `network site.front missing`.
fn summary(difference: &Difference) -> String {
    let name = name(difference);
    match (&difference.live, &difference.wanted, difference.origin) {
        (_, _, Origin::TagMoved) => format!("{name}: the tag moved"),
        (Shown::Unset, _, _) => format!("{name} missing"),
        (_, Shown::Unset, Origin::Changed) => format!("{name} removed from the map"),
        (_, Shown::Unset, _) => format!("{name} not wanted"),
        (_, _, Origin::Changed) => format!("{name} changed"),
        (_, _, Origin::Drifted) => format!("{name} drifted"),
        (_, _, Origin::Unknown) => format!("{name} differs"),
    }
}

fn name(difference: &Difference) -> String {
    match &difference.item {
        Some(item) => format!("{} {}", difference.attribute, visible(item)),
        None => difference.attribute.to_string(),
    }
}

/// Returns one line per difference of a reason, with both values.
pub(super) fn details_of(reason: &Reason) -> Vec<String> {
    match reason {
        Reason::Differs(differences) => details(differences),
        _ => Vec::new(),
    }
}

/// Returns one line per difference, with both values.
pub(super) fn details(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(detail).collect()
}

fn detail(difference: &Difference) -> String {
    let values = match (&difference.live, &difference.wanted) {
        (_, Shown::Secret) => "(secret)".to_owned(),
        (Shown::Hidden | Shown::Unset, Shown::Hidden | Shown::Unset)
            if difference.attribute == Attribute::Environment =>
        {
            "(values are not shown)".to_owned()
        }
        (live, wanted) => format!("{} → {}", shown(live), shown(wanted)),
    };
    format!("{}: {values}", name(difference))
}

pub(super) fn shown(value: &Shown) -> String {
    match value {
        Shown::Value(value) => visible(value),
        Shown::Hidden => "(hidden)".to_owned(),
        Shown::Secret => "(secret)".to_owned(),
        Shown::Unset => "none".to_owned(),
    }
}

/// Returns a note as a sentence without a full stop.
pub(super) fn describe_note(note: &Note) -> String {
    match note {
        Note::Ignored { key, differences } => {
            let parts: Vec<String> = differences.iter().map(detail).collect();
            format!("{key} differs and is left as it is: {}", parts.join("; "))
        }
        Note::StartFirstImpossible { key, because } => {
            format!("{key} stops before its successor starts: {}", describe_obstacle(because))
        }
        Note::Unmanaged { key } => format!("{key} was not created by dmap and is used as it is"),
        Note::Kept { key, because } => match because {
            KeptBecause::Foreign => format!("{key} was not created by dmap and is kept"),
            KeptBecause::InUse { by } => format!("{key} is kept: container {by} uses it"),
            KeptBecause::Completed => format!("{key} has ended with success and is not started again"),
            KeptBecause::Persistent => format!("{key} is persistent and is kept"),
            KeptBecause::Absent => format!("{key} is not there"),
            KeptBecause::NeverStarted => format!("{key} was never started"),
            KeptBecause::Running => format!("{key} runs and is kept"),
            KeptBecause::NotRunning => format!("{key} does not run"),
            KeptBecause::Bound { to } => format!("{key} is not started: it is bound to a {to} that is gone"),
            KeptBecause::Unlinked { alias } => {
                format!("{key} is not started: what it is linked to as {alias} is gone or out of reach")
            }
            KeptBecause::Waits { on } => format!("{key} is not started: {on} is not ready for it"),
            KeptBecause::Unrecoverable => format!("{key} is not started: starting it again does not mend it"),
            KeptBecause::NotAskedFor { cut_off_from } => {
                format!("{key} was not asked for, and is cut off from {cut_off_from}")
            }
        },
        Note::Orphaned { key: key @ ResourceKey::Volume(_) } => {
            format!("{key} is dmap's own and no longer in the map; it may hold data and stays")
        }
        Note::Orphaned { key } => format!("{key} is dmap's own and no longer in the map"),
        Note::Left { helper: helper @ (Helper::Carrier(_) | Helper::Look(_)) } => format!(
            "container {} was left by an interrupted run; `up` or `down` of the whole map finishes {}",
            helper.docker_name(),
            helper.key()
        ),
        Note::Left { helper: helper @ Helper::Run(_) } => {
            format!("container {} runs beside {} and is left alone", helper.docker_name(), helper.key())
        }
        Note::PulledFirst { key } => format!("{key} is pulled first; a newer one can change this plan"),
        Note::Outdated { key, because } => {
            format!("{key} is used as it is: {}; `--build` builds it", describe_reason(because))
        }
        Note::Unchecked { key } => {
            format!("{key} stays without the health check that the map wants: others start once it runs")
        }
        Note::EnvironmentUnknown { key } => {
            format!("{key}: the snapshot has no environment values, so they were not compared")
        }
        Note::SecretsUnknown { key, sources } => {
            let sources: Vec<String> = sources.iter().map(ToString::to_string).collect();
            format!("{key}: secrets were not read, so they were not compared: {}", sources.join(", "))
        }
    }
}

fn describe_obstacle(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::HostPort { port } => format!("port {port} is published on the host"),
        Obstacle::FixedAddress => "it has a fixed address".to_owned(),
        Obstacle::HostNetwork => "it has the network of the host".to_owned(),
        Obstacle::SharesNamespace { with } => format!("it shares a network with {with}"),
        Obstacle::Volume { path } => format!("nothing else writes to what it has at {path}"),
        Obstacle::Persistent => "it is persistent or a job".to_owned(),
        Obstacle::StopsBefore { dependency } => format!("it stops before {dependency}"),
    }
}

/// Returns what becomes of an anonymous volume; its name is cut as the engine cuts identifiers.
pub(super) fn describe_volume(found: &AnonymousVolume) -> String {
    let AnonymousVolume { container, path, volume, fate } = found;
    let name = volume.get(..12).unwrap_or(volume);
    let fate = match fate {
        VolumeFate::Kept => "kept",
        VolumeFate::Renewed => "renewed, the old one stays behind",
        VolumeFate::Left => "stays behind",
    };
    format!("anonymous volume {name} at {path} of container/{container}: {fate}")
}
