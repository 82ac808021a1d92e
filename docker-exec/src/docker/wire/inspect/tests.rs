use serde_json::from_str;

use super::*;

fn read(text: &str) -> Container {
    from_str(text).unwrap()
}

/// The short form of a snapshot of what was observed, as `dmap snapshot` writes it.
fn observed(text: &str) -> String {
    serde_json::to_string_pretty(&read(text).observed()).unwrap()
}

#[test]
fn engine_20_10_running() {
    insta::assert_snapshot!(observed(include_str!("../../../../testdata/inspect-web-20.10.json")));
}

#[test]
fn engine_20_10_never_started() {
    insta::assert_snapshot!(observed(include_str!("../../../../testdata/inspect-linked-20.10.json")));
}

#[test]
fn engine_20_10_guest() {
    let text = include_str!("../../../../testdata/inspect-guest-20.10.json");
    insta::assert_snapshot!(observed(text));
    assert!(read(text).namespace_owner().is_some_and(|id| id.len() == 64));
}

#[test]
fn times_compare_whatever_their_fraction() {
    let at = |time: &str| {
        let text = format!(r#"{{"Id":"a","Name":"/a","State":{{"Status":"exited","StartedAt":"{time}"}}}}"#);
        read(&text).started()
    };
    assert!(at("2026-11-23T10:00:00.12Z") < at("2026-11-23T10:00:00.123Z"));
    assert!(at("2026-11-23T10:00:00.9Z") < at("2026-11-23T10:00:01Z"));
    assert!(at("2026-11-23T10:00:00.5Z") < at("2026-11-23T10:00:00.51Z"));
    assert_eq!(at("0001-01-01T00:00:00Z"), None);
}

#[test]
fn words_of_newer_engines_do_not_fail() {
    let text = r#"{"Id":"a","Name":"/a","State":{"Status":"dreaming","ExitCode":1},"Mounts":[{"Type":"novel",
        "Destination":"/x/"}],"HostConfig":{"NetworkMode":"x","PortBindings":{"80/sctp":[{"HostIp":"::","HostPort":""}],
        "1/quic":null}},"Config":{"Healthcheck":{}},"NetworkSettings":{"Networks":{"x":null}}}"#;
    let found = read(text).observed();
    assert_eq!((found.state, found.healthcheck), (RunState::Dead, None));
    assert_eq!(found.mounts["/x"].source, ObservedMountSource::Other("novel".to_owned()));
    assert_eq!(found.published.len(), 1);
}
