use std::collections::{BTreeMap, BTreeSet};

use container_map::config::{HostOptions, Propagation};
use map_planner::spec::{EndpointSpec, EnvValue, HostBinding, LinkSpec, VolumesFrom};

use super::*;

fn text(body: &Value) -> String {
    serde_json::to_string_pretty(body).unwrap()
}

fn engine(api_version: &str) -> EngineInfo {
    EngineInfo {
        version: "1".to_owned(),
        api_version: api_version.to_owned(),
        drops: std::collections::BTreeSet::new(),
        id: String::new(),
        cpus: 1,
        miscounts_endpoints: false,
    }
}

fn body(api_version: &str) -> Value {
    create(&full(), &Secrets::default(), &engine(api_version)).unwrap()
}

fn mounts() -> BTreeMap<ContainerPath, MountSpec> {
    let volume = |name: &str| name.parse::<VolumeKey>().unwrap();
    let mounts = [
        ("/host", MountSource::Bind("/srv/site".parse().unwrap()), Access::ReadOnly),
        ("/plain", MountSource::Volume(volume("site.plain")), Access::ReadWrite),
        ("/run/app", MountSource::PreparedVolume(volume("site.sock")), Access::ReadOnly),
        ("/data", MountSource::Anonymous, Access::ReadWrite),
        ("/kept", MountSource::Kept("0a".repeat(32)), Access::ReadWrite),
    ];
    let spread = MountSpec {
        propagation: Some(Propagation::SlaveBelow),
        ..MountSpec::new(MountSource::Bind("/mnt".parse().unwrap()), Access::ReadWrite)
    };
    mounts
        .into_iter()
        .map(|(path, source, access)| (path.parse().unwrap(), MountSpec::new(source, access)))
        .chain([("/spread".parse().unwrap(), spread)])
        .collect()
}

fn bindings(bindings: &[(Option<&str>, u16)]) -> BTreeSet<HostBinding> {
    let bindings = bindings.iter().map(|(address, port)| HostBinding {
        address: address.map(|address| address.parse().unwrap()),
        port: *port,
    });
    bindings.collect()
}

fn full() -> ContainerSpec {
    let endpoint = EndpointSpec {
        aliases: BTreeSet::from(["www".to_owned()]),
        links: BTreeMap::from([("db".to_owned(), "site.db".to_owned())]),
        ipv4_address: Some("10.0.0.2".parse().unwrap()),
        driver_options: BTreeMap::from([("speed".to_owned(), "1".to_owned())]),
        ..EndpointSpec::default()
    };
    ContainerSpec {
        image: "nginx:1".parse().unwrap(),
        hostname: Some("site-web".to_owned()),
        domainname: Some("example.org".to_owned()),
        user: Some("1000:1000".to_owned()),
        working_dir: Some("/srv".parse().unwrap()),
        tty: Some(true),
        stdin_open: Some(false),
        mac_address: Some("02:42:ac:11:00:02".parse().unwrap()),
        platform: Some("linux/arm64".to_owned()),
        command: Some(vec!["serve".to_owned()]),
        entrypoint: Some(vec!["/bin/run".to_owned()]),
        environment: BTreeMap::from([
            ("A".to_owned(), Some(EnvValue::text("b=c"))),
            ("GONE".to_owned(), None),
        ]),
        mounts: mounts(),
        volumes_from: BTreeSet::from([VolumesFrom {
            container: "site.app".parse().unwrap(),
            access: Access::ReadOnly,
        }]),
        ports: BTreeMap::from([
            ("80/tcp".parse().unwrap(), bindings(&[(None, 8080), (Some("::1"), 80)])),
            ("53/udp".parse().unwrap(), BTreeSet::new()),
        ]),
        network: NetworkModeSpec::Network("site.net".parse().unwrap()),
        endpoints: BTreeMap::from([("site.net".parse().unwrap(), endpoint)]),
        links: BTreeSet::from([LinkSpec {
            container: "site.db.dmap-next".parse().unwrap(),
            alias: "db".to_owned(),
        }]),
        healthcheck: Some(HealthcheckSpec {
            test: vec!["CMD".to_owned(), "true".to_owned()],
            interval: Some(Duration::from_millis(1500)),
            timeout: None,
            retries: Some(3),
            start_period: None,
        }),
        stop_signal: Some("INT".parse().unwrap()),
        stop_timeout: Some(Duration::from_secs(7)),
        host: HostOptions { init: Some(true), ..HostOptions::default() }.into(),
        labels: BTreeMap::from([("dmap.key".to_owned(), "container/site.web".to_owned())]),
    }
}

#[test]
fn everything_a_container_can_have() {
    insta::assert_snapshot!(text(&body("1.41")));
}

/// Engines before API 1.44 know the hardware address of the container, later ones those of its endpoints.
#[test]
fn hardware_addresses() {
    let (old, new) = (body("1.43"), body("1.44"));
    let endpoint =
        |body: &Value| body["NetworkingConfig"]["EndpointsConfig"]["site.net"]["MacAddress"].clone();
    assert_eq!((&old["MacAddress"], endpoint(&old)), (&"02:42:ac:11:00:02".into(), Value::Null));
    assert_eq!((&new["MacAddress"], endpoint(&new)), (&Value::Null, "02:42:ac:11:00:02".into()));
}

#[test]
fn network_modes() {
    for (mode, expect) in [
        (NetworkModeSpec::Default, None),
        (NetworkModeSpec::Network("host".parse().unwrap()), Some("host")),
        (
            NetworkModeSpec::Container("site.app.dmap-next".parse().unwrap()),
            Some("container:site.app.dmap-next"),
        ),
        (NetworkModeSpec::Foreign("vpn".to_owned()), Some("container:vpn")),
    ] {
        assert_eq!(network_mode(&mode).as_deref(), expect);
    }
}

#[test]
fn carriers() {
    let volume: VolumeKey = "site.sock".parse().unwrap();
    let at: ContainerPath = "/run/app".parse().unwrap();
    let volumes = ["/data".to_owned(), "/run/app".to_owned()];
    insta::assert_snapshot!(text(&carrier("sha256:0a", &volume, Some(&at), volumes.into_iter()).unwrap()));
}
