//! The check of one container configuration.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use indexmap::IndexMap;

use super::Checker;
use super::build::no_digest;
use super::compare::rules;
use super::scope::{Known, Target};
use super::update::{anonymous_volumes, update};
use super::value::{bad_value, boolean, seconds, user, value};
use crate::config::ContainerConfig;
use crate::error::{ValueError, ViolationKind};
use crate::image::ImageRef;
use crate::name::ConfigName;
use crate::raw::{RawContainer, RawOptions, Text};

/// A configuration that is being checked.
#[derive(Clone, Copy)]
pub(super) struct Current<'a> {
    pub(super) known: &'a Known,
    pub(super) raw: &'a RawContainer,
}

impl<'a> Current<'a> {
    /// Returns the configuration's name as written.
    pub(super) fn label(self) -> &'a str {
        self.known.text.as_str()
    }
}

impl Checker<'_> {
    /// Checks all configurations; what is written for one is given back as soon as it is checked.
    pub(super) fn containers(
        &mut self,
        containers: Vec<(Text, RawContainer)>,
    ) -> IndexMap<ConfigName, ContainerConfig> {
        let scope = self.scope;
        let mut found = IndexMap::with_capacity(scope.configs.len());
        for (text, own) in containers {
            let Some(known) = scope.configs.get(text.as_str()) else { continue };
            let raw = RawOptions::over(scope.inheritance.merged(&own), &mut self.problems);
            let current = Current { known, raw: &raw };
            let config = self.container(current);
            if let Some(config) = &config {
                self.hosting(current, config);
                self.conflicts(current, config);
                self.followed(current, config);
            }
            found.extend(known.name.clone().zip(config));
        }
        found
    }

    fn container(&mut self, current: Current<'_>) -> Option<ContainerConfig> {
        let raw = current.raw;
        let image = self.image(current);
        let build = self.build(current);
        let options = self.options(&raw.options);
        let mounts = self.mounts(current, &options.host.tmpfs);
        let links = self.own_links(current);
        let exposes = self.exposes(current);
        let network_mode = self.network_mode(current);
        let networks = self.endpoints(current);
        let exec_commands = self.exec_commands(raw);
        let healthcheck = raw.healthcheck.as_ref().and_then(|check| self.healthcheck(check));
        let start = self.start(current);
        let follow = self.follow(current);
        let clients = self.client_names(&raw.clients);
        let permissions = raw.permissions.as_ref().and_then(|text| self.mode(text));
        let host_config = self.shared(options.host);
        let problems = &mut self.problems;
        let mut instances = Vec::new();
        for (_, instance) in &current.known.instances {
            instances.extend(instance.clone().filter(|instance| !instances.contains(instance)));
        }
        Some(ContainerConfig {
            build,
            instances,
            clients,
            shares: mounts.shares,
            binds: mounts.binds,
            attaches: mounts.attaches,
            uses: mounts.uses,
            links,
            exposes,
            user: raw.user.as_ref().and_then(|text| user(text, problems)),
            permissions,
            stop_timeout: raw.stop_timeout.as_ref().and_then(|text| seconds(text, problems)),
            stop_signal: raw.stop_signal.as_ref().and_then(|text| value(text, "a signal", problems)),
            start_delay: raw.start_delay.as_ref().and_then(|text| seconds(text, problems)),
            network_mode,
            networks,
            exec_commands,
            healthcheck,
            start,
            follow,
            update: raw.update.as_ref().map(|raw| update(raw, problems)).unwrap_or_default(),
            anonymous_volumes: raw
                .anonymous_volumes
                .as_ref()
                .map(|text| anonymous_volumes(text, problems))
                .unwrap_or_default(),
            persistent: raw.persistent.as_ref().and_then(|text| boolean(text, problems)).unwrap_or(false),
            compare: rules(&raw.compare, problems),
            create_options: options.create,
            host_config,
            ..ContainerConfig::new(image?)
        })
    }

    /// Without an image, a configuration's name is its image. One that is built has the name of its container, so that it
    /// does not take the place of a known image.
    fn image(&mut self, current: Current<'_>) -> Option<ImageRef> {
        let build = current.raw.build.as_ref();
        let own_name = build.map(|build| Text {
            value: format!("{}.{}", self.name, current.label()),
            place: build.place.clone(),
        });
        let text = current.raw.image.as_ref().or(own_name.as_ref()).unwrap_or(&current.known.text);
        let report = |source| bad_value(text, "an image", ValueError::Image(source), &mut self.problems);
        let image =
            ImageRef::resolve(text.as_str(), self.repository, self.default_tag).map_err(report).ok()?;
        (build.is_none() || no_digest(&image, text, &mut self.problems)).then_some(image)
    }

    /// Notes that a configuration needs another one; reports one that needs itself.
    pub(super) fn refer(&mut self, current: Current<'_>, target: Target, text: &Text) -> Option<Target> {
        if target.0.as_str() == current.label() {
            let path = [current.label(), text.as_str()].map(ToString::to_string);
            self.problems.report(&text.place, ViolationKind::Cycle { path: Vec::from(path) });
            return None;
        }
        if let Some(own) = current.known.name.clone() {
            let places = self.references.entry(own).or_default();
            places.entry(target.0.clone()).or_insert_with(|| text.place.clone());
        }
        Some(target)
    }
}
