use super::super::host::{self, tests::full};
use super::*;

/// What is sent for an option is read as the same option: all of them, as in the table.
#[test]
fn what_is_sent_is_what_is_read() {
    let wanted = full();
    let (found, unsayable) = given(&host::options(&wanted));
    assert_eq!((found, unsayable), (wanted, BTreeMap::new()));
}

#[test]
fn what_is_not_set_has_no_value() {
    let (found, unsayable) = given(&Map::new());
    let policy = HostOptions { restart_policy: Some("no".parse().unwrap()), ..HostOptions::default() };
    assert_eq!((found, unsayable), (policy, BTreeMap::new()));
}

#[test]
fn words_of_newer_engines_are_kept_as_they_are() {
    let config = json!({
        "CapAdd": ["CAP_NET_ADMIN", "CAP_NOVEL"], "UsernsMode": "somebody's", "Memory": -5, "Ulimits": null,
        "RestartPolicy": { "Name": "novel" }, "LogConfig": { "Type": "", "Config": null }, "OomScoreAdj": 5000,
        "DeviceRequests": [{ "Driver": "", "Count": 2, "DeviceIDs": null, "Capabilities": [["gpu"]], "Options": null }],
    });
    let Value::Object(config) = config else { unreachable!() };
    let (found, unsayable) = given(&config);
    assert_eq!(found.restart_policy, Some("always".parse().unwrap()));
    assert_eq!(found.device_requests.len(), 1);
    let unsayable: Vec<(&str, &str)> =
        unsayable.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let expect = [
        ("cap_add", "[\"CAP_NET_ADMIN\",\"CAP_NOVEL\"]"),
        ("oom_score_adj", "5000"),
        ("userns_mode", "somebody's"),
    ];
    assert_eq!(unsayable, expect);
}
