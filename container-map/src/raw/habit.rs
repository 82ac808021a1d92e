//! Keys that people expect in a container configuration, and where a map has what they say.

use super::container::CONTAINER;
use super::options::{Name, spellings};

/// Keys of Compose and of the engine's command line, and one that docker-map's documentation still has.
const HABITS: &[(&str, &str)] = &[
    ("container_name", "containers are named after their map, configuration and instance"),
    ("depends_on", "write `links: name`, or `start: {name: healthy}` for a container to wait for"),
    (
        "env_file",
        "give the file with `--env-file`, and name the variables under `create_options: {environment: …}`",
    ),
    ("env", "write `environment` under `create_options`"),
    ("gpus", "write `device_requests` under `host_config`"),
    ("ipc", "write `ipc_mode` under `host_config`"),
    ("logging", "write `log_config` under `host_config`"),
    ("memory", "write `mem_limit` under `host_config`"),
    ("memory_swap", "write `memswap_limit` under `host_config`"),
    ("network_disabled", "write `network_mode: none`"),
    ("pid", "write `pid_mode` under `host_config`"),
    ("port_bindings", PORTS),
    ("ports", PORTS),
    ("restart", "write `host_config: {restart_policy: {Name: always}}`"),
    ("start_options", "write it under `host_config`"),
    (
        "volumes",
        "use `binds` for folders of the host, `attaches` for volumes and `shares` for anonymous ones",
    ),
    ("volumes_from", "write `uses: name`"),
    ("workdir", "write `working_dir` under `create_options`"),
];

/// Keys of Compose's `build` that a map does not have.
const BUILD_HABITS: &[(&str, &str)] = &[
    ("additional_contexts", "copy what the build needs into its context"),
    ("cache_from", "an engine uses what it has built before by itself"),
    ("cache_to", "an engine keeps what it has built by itself"),
    ("platforms", "write `platform: …`: an engine has one image of a name"),
];

const PORTS: &str = "write `exposes: {80: 8080}`, with the port of the container first";

/// Returns what to write in place of a key that belongs elsewhere.
pub(super) fn elsewhere(key: &str) -> Option<&'static str> {
    if let Some((_, hint)) = HABITS.iter().find(|(habit, _)| *habit == key) {
        return Some(hint);
    }
    match spellings().find(|spelling| spelling.written == key)?.name {
        Name::Create(_) => Some("write it under `create_options`"),
        Name::Host(_) => Some("write it under `host_config`"),
        Name::Refused(refused) if !CONTAINER.keys.contains(&key) => Some(refused.why()),
        Name::Refused(_) | Name::Key(_) | Name::HostConfig => None,
    }
}

/// Returns what to write in place of a key of `build` that a map does not have.
pub(super) fn elsewhere_in_build(key: &str) -> Option<&'static str> {
    BUILD_HABITS.iter().find(|(habit, _)| *habit == key).map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_belong_under_their_section_and_keys_nowhere_else() {
        assert_eq!(elsewhere("environment"), Some("write it under `create_options`"));
        assert_eq!(elsewhere("mem_limit"), Some("write it under `host_config`"));
        assert_eq!(elsewhere("imge"), None);
        for spelling in spellings().filter(|spelling| !CONTAINER.keys.contains(&spelling.written)) {
            assert!(elsewhere(spelling.written).is_some(), "{}", spelling.written);
        }
        for key in CONTAINER.keys {
            assert_eq!(elsewhere(key), None, "{key}");
        }
    }
}
