//! What is serialised of options: saved plans and the planner's comparisons are made of it.

use container_map::config::{CreateOptions, HostOptions};

use crate::{fixtures, load};

/// Returns the options of all configurations of the fixtures.
fn all() -> Vec<(String, CreateOptions, HostOptions)> {
    let mut found = Vec::new();
    for (fixture, text) in fixtures("valid") {
        for (name, config) in load(&text).unwrap().containers() {
            let config = config.clone();
            found.push((
                format!("{fixture}: {name}"),
                config.create_options,
                HostOptions::clone(&config.host_config),
            ));
        }
    }
    assert!(found.iter().any(|(_, _, host)| host.mem_limit.is_some()));
    found
}

#[test]
fn what_is_serialised_is_the_same_again() {
    for (name, create, host) in all() {
        let text = serde_json::to_string(&(&create, &host)).unwrap();
        let again: (CreateOptions, HostOptions) = serde_json::from_str(&text).unwrap();
        assert_eq!(again, (create, host), "{name}: {text}");
    }
}

#[test]
fn a_serialised_option_can_stand_in_a_map() {
    for (name, _, host) in all() {
        let text = serde_json::to_string(&host).unwrap();
        let map = load(&format!("{{name: m, web: {{image: x, host_config: {text}}}}}")).unwrap();
        let read = &map.containers().values().next().unwrap().host_config;
        assert_eq!(**read, host, "{name}: {text}");
    }
}

#[test]
fn what_no_map_can_say_is_not_deserialised() {
    for text in [
        r#"{"mem_limit": "much"}"#,
        r#"{"blkio_weight": 1}"#,
        r#"{"blkio_weight": "500"}"#,
        r#"{"restart_policy": "always:5"}"#,
        r#"{"ulimits": ["nofile=2:1"]}"#,
        r#"{"cap_add": ["NET_ADMN"]}"#,
        r#"{"memory": "1g"}"#,
    ] {
        assert!(serde_json::from_str::<HostOptions>(text).is_err(), "{text}");
    }
}
