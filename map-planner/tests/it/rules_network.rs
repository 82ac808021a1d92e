//! The rules of networks, namespaces, links and ports that the simulator models, one test each.

use std::collections::BTreeMap;

use map_planner::engine::ObservedNetworkMode;
use map_planner::spec::{ContainerSpec, EndpointSpec, NetworkModeSpec};

use crate::fixture::{
    bridge, engine, in_network, kind, linking, network, publishing, run, scope, sharing, spec, web,
    with_subnet,
};

#[test]
fn a_namespace_belongs_to_an_object() {
    let mut engine = engine();
    run(&mut engine, "site.db", &spec());
    run(&mut engine, "site.web", &sharing("site.db"));
    let owner = engine.id_of("site.db").unwrap();
    engine.rename("site.db", "site.db.dmap-prev").unwrap();
    engine.create_container("site.db", &spec()).unwrap();
    assert_eq!(web(&engine).network, ObservedNetworkMode::Container(owner.clone()));
    engine.stop("site.db.dmap-prev").unwrap();
    engine.stop("site.web").unwrap();
    engine.remove_container("site.db.dmap-prev").unwrap();
    assert_eq!(web(&engine).network, ObservedNetworkMode::Container(owner));
    assert_eq!(kind(engine.start("site.web")), "not found");
}

#[test]
fn a_guest_needs_a_running_owner_and_loses_a_restarted_one() {
    let mut engine = engine();
    assert_eq!(kind(engine.create_container("site.web", &sharing("site.db"))), "not found");
    run(&mut engine, "site.db", &spec());
    run(&mut engine, "site.web", &sharing("site.db"));
    assert!(!web(&engine).namespace_lost);
    engine.stop("site.db").unwrap();
    assert!(!web(&engine).namespace_lost, "the namespace is there until the owner makes another one");
    engine.start("site.db").unwrap();
    assert!(web(&engine).namespace_lost);
    engine.stop("site.web").unwrap();
    engine.start("site.web").unwrap();
    assert!(!web(&engine).namespace_lost);
    engine.stop("site.web").unwrap();
    engine.stop("site.db").unwrap();
    assert_eq!(kind(engine.start("site.web")), "not running");
}

#[test]
fn a_link_follows_its_object() {
    let mut engine = engine();
    run(&mut engine, "site.db", &spec());
    run(&mut engine, "site.web", &linking("site.db"));
    engine.rename("site.db", "site.db.dmap-prev").unwrap();
    run(&mut engine, "site.db", &spec());
    let targets: Vec<String> = web(&engine).links.into_iter().map(|link| link.target).collect();
    assert_eq!(targets, ["site.db.dmap-prev"]);
    engine.stop("site.web").unwrap();
    engine.stop("site.db.dmap-prev").unwrap();
    assert_eq!(kind(engine.start("site.web")), "not running");
    engine.remove_container("site.db.dmap-prev").unwrap();
    assert!(web(&engine).links.is_empty());
    assert_eq!(kind(engine.start("site.web")), "not found");
}

#[test]
fn links_are_for_the_default_bridge() {
    let mut engine = engine();
    engine.create_network("site.net", &bridge()).unwrap();
    let spec =
        ContainerSpec { links: linking("site.db").links, ..in_network("site.net", EndpointSpec::default()) };
    run(&mut engine, "site.web", &spec);
    assert!(web(&engine).links.is_empty());
    assert_eq!(kind(engine.create_container("site.other", &linking("site.db"))), "not found");
}

#[test]
fn ports_are_taken_at_start() {
    let mut engine = engine();
    run(&mut engine, "site.a", &publishing("80", 8080));
    engine.create_container("site.b", &publishing("81", 8080)).unwrap();
    assert_eq!(kind(engine.start("site.b")), "held");
    run(&mut engine, "site.c", &publishing("80/udp", 8080));
    engine.stop("site.a").unwrap();
    assert_eq!(engine.start("site.b"), Ok(true));
    assert_eq!(kind(engine.start("site.a")), "held");
}

#[test]
fn addresses_are_taken_at_start() {
    let mut engine = engine();
    engine.create_network("site.net", &with_subnet("10.0.0.0/24")).unwrap();
    let fixed = EndpointSpec { ipv4_address: Some([10, 0, 0, 9].into()), ..EndpointSpec::default() };
    run(&mut engine, "site.a", &in_network("site.net", fixed.clone()));
    engine.create_container("site.b", &in_network("site.net", fixed.clone())).unwrap();
    assert_eq!(kind(engine.start("site.b")), "held");
    run(&mut engine, "site.c", &spec());
    assert_eq!(kind(engine.connect("site.net", "site.c", &fixed)), "held");
    engine.stop("site.a").unwrap();
    assert_eq!(engine.start("site.b"), Ok(true));
}

#[test]
fn a_fixed_address_takes_a_subnet_that_was_asked_for() {
    let fixed = EndpointSpec { ipv4_address: Some([10, 0, 0, 9].into()), ..EndpointSpec::default() };
    for (network, expect) in
        [(bridge(), "refused"), (with_subnet("10.0.1.0/24"), "refused"), (with_subnet("10.0.0.0/24"), "done")]
    {
        let mut engine = engine();
        engine.create_network("site.net", &network).unwrap();
        let made = engine.create_container("site.web", &in_network("site.net", fixed.clone()));
        assert_eq!(kind(made), expect, "{network:?}");
    }
}

#[test]
fn a_stopped_container_keeps_the_identifier_of_its_network() {
    let mut engine = engine();
    engine.create_network("site.net", &bridge()).unwrap();
    let joined = in_network("site.net", EndpointSpec::default());
    engine.create_container("site.web", &joined).unwrap();
    assert_eq!(web(&engine).endpoints["site.net"].network, "", "nothing is looked up before the first start");
    engine.start("site.web").unwrap();
    assert_eq!(kind(engine.remove_network("site.net")), "in use");
    let old = web(&engine).endpoints["site.net"].network.clone();
    engine.stop("site.web").unwrap();
    engine.remove_network("site.net").unwrap();
    engine.create_network("site.net", &bridge()).unwrap();
    assert_eq!(web(&engine).endpoints["site.net"].network, old);
    assert_eq!(kind(engine.start("site.web")), "not found");
    engine.disconnect("site.net", "site.web").unwrap();
    engine.connect("site.net", "site.web", &EndpointSpec::default()).unwrap();
    assert_eq!(engine.start("site.web"), Ok(true));
}

#[test]
fn networks_can_share_a_name() {
    let mut engine = engine();
    engine.create_network("site.net", &bridge()).unwrap();
    assert_eq!(kind(engine.create_network("site.net", &bridge())), "taken");
    engine.race_network("site.net", &bridge());
    let joined = in_network("site.net", EndpointSpec::default());
    assert_eq!(kind(engine.create_container("site.web", &joined)), "ambiguous");
    assert_eq!(kind(engine.remove_network("site.net")), "ambiguous");
    assert_eq!(engine.observe(&scope()).networks_of(&network("site.net")).count(), 2);
}

#[test]
fn what_is_in_the_way_is_refused() {
    let mut engine = engine();
    engine.create_network("site.net", &bridge()).unwrap();
    run(&mut engine, "site.web", &spec());
    run(&mut engine, "site.guest", &sharing("site.web"));
    engine.create_container("site.host", &mode("host")).unwrap();
    engine.create_container("site.none", &mode("none")).unwrap();
    let unset = EndpointSpec::default();
    assert_eq!(kind(engine.create_container("site.web", &spec())), "taken");
    assert_eq!(kind(engine.rename("site.guest", "site.web")), "taken");
    assert_eq!(kind(engine.remove_container("site.web")), "refused");
    assert_eq!(kind(engine.remove_network("bridge")), "refused");
    assert_eq!(kind(engine.connect("bridge", "site.web", &unset)), "refused");
    assert_eq!(kind(engine.disconnect("site.net", "site.web")), "refused");
    for alone in ["site.guest", "site.host", "site.none"] {
        assert_eq!(kind(engine.connect("site.net", alone, &unset)), "refused", "{alone}");
    }
    let two = BTreeMap::from([(network("bridge"), unset.clone()), (network("site.net"), unset)]);
    assert_eq!(
        kind(engine.create_container("site.two", &ContainerSpec { endpoints: two, ..spec() })),
        "refused"
    );
}

fn mode(name: &str) -> ContainerSpec {
    ContainerSpec { network: NetworkModeSpec::Network(network(name)), ..spec() }
}
