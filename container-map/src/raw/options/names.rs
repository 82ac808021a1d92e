//! The names of options, and what becomes of each.

use super::Section;
use crate::config::{CreateOptions, HostOptions, OptionTable};
use crate::error::ViolationKind;
use crate::raw::place::closest;

/// An option, by the first of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// One of [`CreateOptions`].
    Create(&'static str),
    /// One of [`HostOptions`].
    Host(&'static str),
    /// One that says what a key of the configuration says.
    Key(&'static str),
    /// The options of the host configuration.
    HostConfig,
    /// One that is not taken.
    Refused(Refused),
}

/// Why an option is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A key of the map says it, and what to write.
    Elsewhere(&'static str),
    /// It has no meaning any more, or never had one outside of Python.
    Gone(&'static str),
}

/// A name as written, and what it means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spelling {
    pub(crate) written: &'static str,
    pub(crate) name: Name,
}

/// Options with a key of their own in a configuration, which they win over.
const KEYS: &[&str] = &[
    "user",
    "stop_signal",
    "stop_timeout",
    "healthcheck",
    "network_mode",
    "network_disabled",
    "ports",
    "port_bindings",
    "volumes",
    "binds",
];

/// Other names of options in [`HostOptions`].
const SYNONYMS: &[(&str, &str)] =
    &[("cpus", "nano_cpus"), ("cpuset", "cpuset_cpus"), ("cgroupns_mode", "cgroupns")];

/// What options are called elsewhere: in Compose, and on the command line of the engine.
const HABITS: &[(&str, &str)] = &[
    ("env", "environment"),
    ("gpus", "device_requests"),
    ("ipc", "ipc_mode"),
    ("logging", "log_config"),
    ("memory", "mem_limit"),
    ("memory_swap", "memswap_limit"),
    ("pid", "pid_mode"),
    ("restart", "restart_policy"),
    ("workdir", "working_dir"),
];

/// Options that are not taken.
const REFUSED: &[(&str, Refused)] = &[
    ("name", Refused::Elsewhere("containers are named after their configuration and instance")),
    ("image", Refused::Elsewhere("use the key `image` of the configuration")),
    ("links", Refused::Elsewhere("use the key `links` of the configuration")),
    ("volumes_from", Refused::Elsewhere("use the key `uses` of the configuration")),
    (
        "mounts",
        Refused::Elsewhere(
            "use the keys `binds`, `attaches` and `uses` of the configuration, or the option `tmpfs`",
        ),
    ),
    ("networking_config", Refused::Elsewhere("use the key `networks` of the configuration")),
    (
        "auto_remove",
        Refused::Elsewhere(
            "a container that removes itself cannot be kept as the map says; remove it with `dmap down`",
        ),
    ),
    ("version", Refused::Gone("dmap finds out the version of the API itself; remove it")),
    ("detach", Refused::Gone("containers always run in the background; remove it")),
    ("use_config_proxy", Refused::Gone("set the variables of the proxy under `environment`")),
    ("lxc_conf", Refused::Gone("engines have no LXC driver any more; remove it")),
    ("init_path", Refused::Gone("the engine knows its own init program; use `init: true`")),
];

impl Name {
    /// Returns whether docker-map takes the option in a section (docker-map 10.5): both parts of the arguments take what
    /// is the host's, but only one takes what is the container's own.
    pub(crate) fn fits(self, section: Section) -> bool {
        match self {
            Self::Host(_) | Self::Key("network_mode" | "port_bindings" | "binds") => true,
            Self::Create(_) | Self::Key(_) | Self::HostConfig | Self::Refused(_) => {
                section == Section::Create
            }
        }
    }
}

impl Refused {
    /// Returns what to do instead.
    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::Elsewhere(why) | Self::Gone(why) => why,
        }
    }

    pub(super) fn violation(self, option: &'static str) -> ViolationKind {
        match self {
            Self::Elsewhere(why) => ViolationKind::OptionRefused { option, why },
            Self::Gone(why) => ViolationKind::NotKept { what: option, why },
        }
    }
}

/// Returns all names of options.
pub(crate) fn spellings() -> impl Iterator<Item = Spelling> {
    let create = CreateOptions::NAMES.iter().map(|name| Spelling { written: name, name: Name::Create(name) });
    let host = HostOptions::NAMES.iter().map(|name| Spelling { written: name, name: Name::Host(name) });
    let keys = KEYS.iter().map(|name| Spelling { written: name, name: Name::Key(name) });
    let synonyms = SYNONYMS.iter().map(|(written, name)| Spelling { written, name: Name::Host(name) });
    let refused =
        REFUSED.iter().map(|(written, refused)| Spelling { written, name: Name::Refused(*refused) });
    let nested = [Spelling { written: "host_config", name: Name::HostConfig }];
    create.chain(host).chain(keys).chain(synonyms).chain(refused).chain(nested)
}

/// Returns what a name means in a section, or a name that was probably meant.
pub(super) fn spelling(text: &str, section: Section) -> Result<Spelling, Option<&'static str>> {
    let is_known = |spelling: &Spelling| {
        spelling.written == text && (spelling.name != Name::HostConfig || section == Section::Create)
    };
    spellings().find(is_known).ok_or_else(|| {
        if text == "host_config" {
            return None;
        }
        let habit = HABITS.iter().find(|(written, _)| *written == text).map(|(_, name)| *name);
        let is_taken = |spelling: &Spelling| {
            spelling.name.fits(section) && !matches!(spelling.name, Name::Refused(_) | Name::HostConfig)
        };
        habit.or_else(|| closest(text, spellings().filter(is_taken).map(|spelling| spelling.written)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_in_a_fixture() {
        let valid = [
            include_str!("../../../testdata/valid/options_create.yaml"),
            include_str!("../../../testdata/valid/options_host.yaml"),
            include_str!("../../../testdata/valid/options_keys.yaml"),
            include_str!("../../../testdata/valid/options_limits.yaml"),
        ];
        let refused = include_str!("../../../testdata/invalid/options_names.yaml");
        let says = |text: &str, name: &str| {
            text.match_indices(name).any(|(start, _)| {
                let is_start = text[..start].ends_with([' ', '{']);
                is_start && text[start + name.len()..].starts_with(':')
            })
        };
        for Spelling { written, name } in spellings() {
            let found = match name {
                Name::Refused(_) => says(refused, written),
                Name::Create(_) | Name::Host(_) | Name::Key(_) | Name::HostConfig => {
                    valid.iter().any(|text| says(text, written))
                }
            };
            assert!(found, "{written}");
        }
    }

    #[test]
    fn habits_are_no_options_and_lead_to_some() {
        for (habit, name) in HABITS {
            let section = if CreateOptions::NAMES.contains(name) { Section::Create } else { Section::Host };
            assert_eq!(spelling(habit, section).map(|spelling| spelling.written), Err(Some(*name)));
            assert_eq!(spelling(name, section).map(|spelling| spelling.written), Ok(*name));
        }
    }
}
