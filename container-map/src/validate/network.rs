//! The check of a container's place in the network.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Checker;
use super::container::Current;
use super::value::{boolean, name, plain, seconds, unknown_word, value};
use super::whole::Published;
use crate::config::{Endpoint, Exposed, Link, NetworkMode, Publish, StartAfter, StartCondition};
use crate::error::ViolationKind;
use crate::key::{NetworkKey, PresetNetwork};
use crate::name::NameError;
use crate::port::{HostPort, Port};
use crate::raw::{Place, Problems, RawEndpoint, RawExpose, RawLink, Text, strings};

impl Checker<'_> {
    /// Reads the links of a container that belong to none of its networks.
    pub(super) fn own_links(&mut self, current: Current<'_>) -> Vec<Link> {
        let (links, places): (Vec<Link>, Vec<Place>) =
            self.links(&current.raw.links, current).into_iter().unzip();
        if let Some(name) = current.known.name.clone() {
            let targets = links.iter().map(|link| link.config.clone());
            self.links.push((name, targets.zip(places).collect()));
        }
        links
    }

    /// Returns links, and where each stands.
    fn links(&mut self, raw: &[RawLink], current: Current<'_>) -> Vec<(Link, Place)> {
        let by = format!("linked by `{}`", current.label());
        let mut links = Vec::new();
        for link in raw {
            let target = self.scope.single(&link.container, &by, &mut self.problems);
            let target = target.and_then(|target| self.refer(current, target, &link.container));
            let alias =
                link.alias.as_ref().map(|alias| alias.value.clone()).filter(|alias| !alias.is_empty());
            // docker-map's default: the target as written, as a host name.
            let alias = alias.unwrap_or_else(|| link.container.as_str().replace(['_', '.'], "-"));
            let found = target.map(|(config, instance)| Link { config, instance, alias });
            links.extend(found.map(|found| (found, link.container.place.clone())));
        }
        links
    }

    pub(super) fn start(&mut self, current: Current<'_>) -> Vec<StartAfter> {
        let by = format!("waited for by `{}`", current.label());
        let mut found: Vec<StartAfter> = Vec::new();
        for raw in &current.raw.start {
            let condition = match raw.condition.as_ref() {
                None => Some(StartCondition::default()),
                Some(text) => start_condition(text, &mut self.problems),
            };
            let within = raw.within.as_ref().and_then(|text| seconds(text, &mut self.problems));
            let target = self.scope.target(&raw.container, &by, &mut self.problems);
            let target = target.and_then(|target| self.refer(current, target, &raw.container));
            let (Some((config, instance)), Some(condition)) = (target, condition) else {
                continue;
            };
            if found.iter().any(|other| (&other.config, &other.instance) == (&config, &instance)) {
                let kind = ViolationKind::Repeated { name: raw.container.value.clone() };
                self.problems.report(&raw.container.place, kind);
                continue;
            }
            found.push(StartAfter { config, instance, condition, within });
        }
        found
    }

    pub(super) fn exposes(&mut self, current: Current<'_>) -> Vec<Exposed> {
        let mut exposes: Vec<Exposed> = Vec::new();
        for raw in &current.raw.exposes {
            exposes.extend(self.expose(raw, current).filter(|exposed| !exposes.contains(exposed)));
        }
        exposes
    }

    fn expose(&mut self, raw: &RawExpose, current: Current<'_>) -> Option<Exposed> {
        let problems = &mut self.problems;
        let port: Option<Port> = value(&raw.port, "a port", problems);
        let ipv6 = raw.ipv6.as_ref().map_or(Some(false), |text| boolean(text, problems));
        let interface = match &raw.interface {
            Some(text) => name(text, "the alias of an interface", problems).map(Some),
            None => Some(None),
        };
        let Some(host_text) = &raw.host_port else {
            return Some(Exposed { port: port?, publish: None });
        };
        let host_port: Option<HostPort> = value(host_text, "a port of the host", problems);
        let (port, interface) = (port?, interface?);
        let publish = Publish { host_port: host_port?, interface, ipv6: ipv6? };
        let published = Published::new(&publish, port.protocol, &current, host_text.place.clone());
        self.published.push(published);
        Some(Exposed { port, publish: Some(publish) })
    }

    pub(super) fn network_mode(&mut self, current: Current<'_>) -> Option<NetworkMode> {
        let text = current.raw.network_mode.as_ref()?;
        match text.as_str() {
            "" | "none" | "disabled" => return Some(NetworkMode::None),
            "bridge" => return Some(NetworkMode::Bridge),
            "host" => return Some(NetworkMode::Host),
            // The engine's own word; docker-map took it for a configuration.
            "default" if !self.scope.configs.contains_key("default") => return None,
            _ => {}
        }
        let foreign = text.as_str().strip_prefix("container:").or_else(|| text.as_str().strip_prefix('/'));
        if let Some(foreign) = foreign {
            if foreign.is_empty() {
                let (what, source) = ("the name of a container", NameError::Empty);
                self.problems.report(&text.place, ViolationKind::BadName { what, source });
                return None;
            }
            return Some(NetworkMode::Foreign(foreign.to_string()));
        }
        let by = format!("network of `{}`", current.label());
        let target = self.scope.single(text, &by, &mut self.problems)?;
        let (config, instance) = self.refer(current, target, text)?;
        Some(NetworkMode::Container { config, instance })
    }

    pub(super) fn endpoints(&mut self, current: Current<'_>) -> Vec<Endpoint> {
        let mut endpoints: Vec<Endpoint> = Vec::new();
        let mut seen = BTreeSet::new();
        for raw in &current.raw.networks {
            let Some(endpoint) = self.endpoint(raw, current) else {
                continue;
            };
            if !seen.insert(endpoint.network.clone()) {
                let kind = ViolationKind::Repeated { name: raw.network.value.clone() };
                self.problems.report(&raw.network.place, kind);
                continue;
            }
            endpoints.push(endpoint);
        }
        endpoints
    }

    fn endpoint(&mut self, raw: &RawEndpoint, current: Current<'_>) -> Option<Endpoint> {
        let network = self.network_key(&raw.network, current);
        let links = self.links(&raw.links, current).into_iter().map(|(link, _)| link).collect();
        let problems = &mut self.problems;
        let ipv4 = raw.ipv4_address.as_ref().map(|text| plain(text, "an IPv4 address", problems));
        let ipv6 = raw.ipv6_address.as_ref().map(|text| plain(text, "an IPv6 address", problems));
        let local =
            raw.link_local_ips.iter().filter_map(|text| plain(text, "an address", problems)).collect();
        if let Some(network) = &network {
            if let (Some(text), Some(Some(address))) = (&raw.ipv4_address, ipv4) {
                self.note_address(network, address, text, current);
            }
            if let (Some(text), Some(Some(address))) = (&raw.ipv6_address, ipv6) {
                self.note_address(network, address, text, current);
            }
        }
        Some(Endpoint {
            aliases: texts(&raw.aliases),
            links,
            ipv4_address: ipv4.flatten(),
            ipv6_address: ipv6.flatten(),
            link_local_ips: local,
            driver_options: strings(&raw.driver_options, &mut self.problems),
            ..Endpoint::new(network?)
        })
    }

    fn network_key(&mut self, text: &Text, current: Current<'_>) -> Option<NetworkKey> {
        if let Some(preset) = PresetNetwork::ALL.into_iter().find(|preset| preset.as_str() == text.as_str()) {
            return Some(NetworkKey::Preset(preset));
        }
        let Some(network) = self.scope.networks.get(text.as_str()) else {
            let suggestion = self.problems.closest(text.as_str(), self.scope.networks.keys().copied());
            let kind = ViolationKind::UnknownNetwork {
                name: text.value.clone(),
                by: current.label().to_string(),
                suggestion,
            };
            self.problems.report(&text.place, kind);
            return None;
        };
        Some(NetworkKey::Own { map: self.name.clone(), network: network.clone()? })
    }
}

fn start_condition(text: &Text, problems: &mut Problems) -> Option<StartCondition> {
    const WORDS: [StartCondition; 3] =
        [StartCondition::Started, StartCondition::Healthy, StartCondition::Completed];
    let found = WORDS.into_iter().find(|word| word.as_str() == text.as_str());
    if found.is_none() {
        unknown_word(text, &["started", "healthy", "completed"], problems);
    }
    found
}

fn texts(raw: &[Text]) -> BTreeSet<String> {
    raw.iter().map(|text| text.value.clone()).filter(|text| !text.is_empty()).collect()
}
