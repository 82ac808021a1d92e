//! `compare: strict`: what the map does not set has to be as image and engine give it by themselves.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use container_map::config::{CompareMode, HostOptions};

use super::container::difference;
use super::facts::{ANONYMOUS, Fact, FactKey, json, published, with_access, words};
use super::live::{Live, live};
use super::options::{self, default_of};
use crate::attribute::{Attribute, Remedy};
use crate::desired::DesiredContainer;
use crate::engine::{EngineState, ImageDefaults, ObservedContainer};
use crate::label;
use crate::reason::{Difference, Origin};

/// Returns what differs of that which the map does not set and wants compared nevertheless, without what was found
/// already. Nothing can be said of the container of an image that is gone.
pub(super) fn strict_differences(
    desired: &DesiredContainer,
    container: &ObservedContainer,
    engine: &EngineState,
    found: &[Difference],
) -> Vec<Difference> {
    if desired.compare.iter().all(|(_, mode)| mode != CompareMode::Strict) {
        return Vec::new();
    }
    let Some(image) = engine.images.get(&container.image) else { return Vec::new() };
    let strict = Strict { desired, container, image: &image.defaults, declared: &image.volumes };
    let set: BTreeSet<FactKey> = super::facts::wanted(&desired.spec).into_keys().collect();
    let said: BTreeSet<(Attribute, Option<String>)> =
        found.iter().map(|difference| (difference.attribute, difference.item.clone())).collect();
    let expected = strict.expected().into_iter().filter(|(key, _)| {
        key.rule(&desired.compare) == Some(CompareMode::Strict)
            && !set.contains(key)
            && !said.contains(&(key.attribute, key.item.clone()))
    });
    expected
        .filter_map(|(key, expected)| match live(container, engine, &key, None) {
            Live::Told(live) if live != expected => {
                let wanted = expected.map_or(Fact::Absent, Fact::Text);
                Some(difference(&key, live.as_deref(), &wanted, Origin::Drifted))
            }
            Live::Told(_) | Live::Untold => None,
        })
        .collect()
}

struct Strict<'a> {
    desired: &'a DesiredContainer,
    container: &'a ObservedContainer,
    image: &'a ImageDefaults,
    /// The paths that the image declares as volumes.
    declared: &'a BTreeSet<String>,
}

impl Strict<'_> {
    /// Returns what image and engine give to a container of which the map says nothing.
    fn expected(&self) -> BTreeMap<FactKey, Option<String>> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let image = self.image;
        // An entrypoint of the container's own drops the image's command.
        let drops_command = self.desired.spec.entrypoint.as_ref().is_some_and(|words| !words.is_empty());
        let command = if drops_command { words(&[]) } else { words(&image.command) };
        let mut expected = BTreeMap::from([
            (FactKey::one(Attribute::Command), Some(command)),
            (FactKey::one(Attribute::Entrypoint), Some(words(&image.entrypoint))),
            (FactKey::one(Attribute::User), some(&image.user)),
            (FactKey::one(Attribute::WorkingDir), some(&image.working_dir)),
            (FactKey::one(Attribute::StopSignal), some(&image.stop_signal)),
            (FactKey::one(Attribute::Healthcheck), image.healthcheck.as_ref().map(json)),
            (FactKey::one(Attribute::Tty), Some(false.to_string())),
            (FactKey::one(Attribute::StdinOpen), Some(false.to_string())),
            (FactKey::one(Attribute::StopTimeout), None),
            (FactKey::one(Attribute::Domainname), None),
        ]);
        self.items(&mut expected);
        let fixed = |name: &&&str| Attribute::Option.remedy(Some(name)) == Remedy::Replace;
        for name in HostOptions::names().iter().filter(fixed) {
            let default = match default_of(name) {
                options::Default::Is(text) => Some(text.to_owned()),
                options::Default::Unset => None,
                options::Default::EnginesOwn => continue,
            };
            expected.insert(FactKey::item(Attribute::Option, name), default);
        }
        expected
    }

    /// Returns what is expected of everything that the container has several of.
    fn items(&self, expected: &mut BTreeMap<FactKey, Option<String>>) {
        let (container, image) = (self.container, self.image);
        for name in container.environment.keys().chain(image.environment.keys()) {
            let value = image.environment.get(name).map(|value| value.expose().to_owned());
            expected.insert(FactKey::item(Attribute::Environment, name), value);
        }
        for (name, _) in label::of_map(&container.labels).chain(label::of_map(&image.labels)) {
            expected.insert(FactKey::item(Attribute::Label, name), image.labels.get(name).cloned());
        }
        for port in container.published.keys().chain(&container.exposed) {
            let exposed = image.exposed.contains(port).then(|| published(&BTreeSet::new()));
            expected.insert(FactKey::item(Attribute::Port, port), exposed);
        }
        for link in &container.links {
            expected.insert(FactKey::item(Attribute::Link, &link.alias), None);
        }
        // What comes from another container as a whole is compared with what that one has.
        if self.desired.spec.volumes_from.is_empty() {
            let is_tmpfs = |path: &str| container.host.tmpfs.keys().any(|found| found.as_str() == path);
            let kept = label::paths(&container.labels, label::KEPT);
            for path in container.mounts.keys().filter(|path| !is_tmpfs(path)) {
                let is_declared = self.declared.contains(path) || kept.contains(path.as_str());
                let anonymous = with_access(ANONYMOUS, container_map::config::Access::ReadWrite);
                expected.insert(FactKey::item(Attribute::Mount, path), is_declared.then_some(anonymous));
            }
        }
    }
}
