use super::*;

fn found(name: &str, state: &str, key: Option<&str>) -> FoundContainer {
    let label = |key: &str| (label::KEY.to_owned(), key.to_owned());
    FoundContainer {
        id: format!("id-of-{name}"),
        name: name.to_owned(),
        aliases: BTreeSet::new(),
        image: "app".to_owned(),
        image_id: "sha256:1".to_owned(),
        state: state.to_owned(),
        labels: key.map(label).into_iter().collect(),
        size: 0,
    }
}

fn keepsake(keepsake: Keepsake, map: &str) -> FoundContainer {
    let map = map.parse().unwrap();
    FoundContainer { labels: keepsake.labels(), ..found(&keepsake.name(&map), "created", None) }
}

/// An engine with something of everything: `site` is at rest, and somebody works on `busy`.
fn engine() -> Vec<FoundContainer> {
    let volume = "site.data".parse().unwrap();
    let carrier = FoundContainer {
        labels: label::carrier(&volume),
        ..found(&label::carrier_name(&volume), "created", None)
    };
    vec![
        found("up", "running", None),
        found("old", "exited", None),
        found("dead", "dead", None),
        found("new", "created", None),
        found("going", "removing", None),
        // A copied label alone makes nothing dmap's.
        found("copy", "exited", Some("container/site.web")),
        found("site.web", "running", Some("container/site.web")),
        found("site.job", "exited", Some("container/site.job")),
        found("site.web.dmap-next", "created", Some("container/site.web")),
        found("site.web.dmap-prev", "exited", Some("container/site.web")),
        carrier,
        keepsake(Keepsake::Record, "site"),
        keepsake(Keepsake::Lease, "busy"),
        keepsake(Keepsake::Record, "busy"),
        found("busy.web", "exited", Some("container/busy.web")),
        found("busy.web.dmap-next", "created", Some("container/busy.web")),
    ]
}

/// Returns the names of what goes, and of what stays with the reason.
fn chosen(rules: &ContainerRules) -> (String, String) {
    let choice = rules.choose(&engine());
    let names: Vec<&str> = choice.chosen.iter().map(|container| container.name.as_str()).collect();
    let spared: Vec<String> =
        choice.spared.iter().map(|(container, why)| format!("{} {why:?}", container.name)).collect();
    (names.join(" "), spared.join(", "))
}

#[test]
fn stopped_ones_that_are_of_no_map() {
    let (names, spared) = chosen(&ContainerRules::stopped());
    assert_eq!(names, "copy dead old");
    assert_eq!(
        spared,
        "busy.web Leased, busy.web.dmap-next Leased, dmap-lease.busy Leased, dmap-prep.site.data Needed, \
         dmap-record.busy Leased, dmap-record.site Needed, new NeverStarted, site.job OfMap, \
         site.web.dmap-next Needed, site.web.dmap-prev Needed"
    );
}

#[test]
fn never_started_ones_and_those_of_maps_on_request() {
    let idle = ContainerRules { reach: Reach::Idle, ..ContainerRules::stopped() };
    assert_eq!(chosen(&idle).0, "copy dead new old");
    let of_maps = ContainerRules { of_maps: true, ..idle };
    assert_eq!(chosen(&of_maps).0, "copy dead new old site.job", "what runs of dmap need stays");
}

#[test]
fn all_but_what_is_worked_on() {
    let (names, spared) = chosen(&ContainerRules::all());
    assert_eq!(
        names,
        "copy dead dmap-prep.site.data dmap-record.site going new old site.job site.web site.web.dmap-next \
         site.web.dmap-prev up"
    );
    assert_eq!(
        spared,
        "busy.web Leased, busy.web.dmap-next Leased, dmap-lease.busy Leased, dmap-record.busy Leased"
    );
}

#[test]
fn only_some_of_them() {
    let all = ContainerRules::all;
    let maps = BTreeSet::from(["site".parse().unwrap()]);
    let of_site =
        "dmap-prep.site.data dmap-record.site site.job site.web site.web.dmap-next site.web.dmap-prev";
    assert_eq!(chosen(&ContainerRules { maps, ..all() }).0, of_site);
    let names = vec![NamePattern::new("o*"), NamePattern::new("up")];
    assert_eq!(chosen(&ContainerRules { names, ..all() }).0, "old up");
    let labels = vec![LabelFilter::new("dmap.key=container/site.web")];
    assert_eq!(
        chosen(&ContainerRules { labels, ..all() }).0,
        "copy site.web site.web.dmap-next site.web.dmap-prev"
    );
    let exclude = vec![NamePattern::new("o*")];
    let (names, spared) = chosen(&ContainerRules { exclude, ..ContainerRules::stopped() });
    assert_eq!(names, "copy dead");
    assert!(spared.contains("old Excluded"), "{spared}");
}

/// docker-map took the names that links give for names too.
#[test]
fn a_name_that_a_link_gave_is_excluded_too() {
    let mut linked = found("db", "exited", None);
    linked.aliases.insert("web/db".to_owned());
    let exclude = vec![NamePattern::new("web/db")];
    let rules = ContainerRules { exclude, ..ContainerRules::stopped() };
    assert!(rules.choose(&[linked]).chosen.is_empty());
}
