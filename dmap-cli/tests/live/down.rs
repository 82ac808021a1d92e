//! Taking down: containers and the map's own networks go, everything else stays.

use crate::checks::{in_volume, not_recreated, only_containers, plan_is_empty, running, seen};
use crate::docker::{docker, exists, inspect};
use crate::site::{REPOSITORY, Site};

const MAP: &str = "app: {image: uwsgi, attaches: [socket], user: 2000, networks: [back]}\n\
                   web: {image: nginx, uses: socket, networks: [back, front]}\n\
                   other: {image: nginx, networks: [front]}\n\
                   volumes: {socket: /var/lib/uwsgi/socket}\n\
                   networks: {front: {}, back: {}}";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn down_leaves_volumes_and_foreign_objects_alone() {
    let site = Site::new("down");
    let foreign = format!("{}-foreign", site.name);
    let image = format!("{REPOSITORY}/nginx");
    docker(&["network", "create", &foreign]);
    docker(&["volume", "create", &foreign]);
    let mount = format!("{foreign}:/srv");
    docker(&["run", "--detach", "--name", &foreign, "--network", &foreign, "-v", &mount, &image]);
    let id = inspect("container", &foreign)["Id"].clone();
    site.write(MAP);
    site.up(&[]);
    in_volume(&site, "socket", &["sh", "-c", "echo kept > /v/mine"]);

    site.down(&[]);
    assert_eq!(site.objects("container"), std::slice::from_ref(&foreign), "the map's containers are gone");
    assert_eq!(site.objects("network"), std::slice::from_ref(&foreign), "the map's networks are gone");
    assert_eq!(site.objects("volume"), [foreign.clone(), site.full("socket")], "volumes stay");
    assert_eq!(in_volume(&site, "socket", &["cat", "/v/mine"]), "kept");
    let found = inspect("container", &foreign);
    assert_eq!(
        (&found["Id"], &found["State"]["Status"]),
        (&id, &"running".into()),
        "the foreign container runs on"
    );

    let ended = site.dmap_ends(&["down"], 0);
    assert_eq!(ended.code, 0, "a second `down` takes no consent, for it does nothing: {}", ended.text());
    assert_eq!(inspect("container", &foreign)["Id"], id);
    site.up(&[]);
    plan_is_empty(&site, &[]);
    assert_eq!(in_volume(&site, "socket", &["cat", "/v/mine"]), "kept");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn down_of_a_target_takes_its_dependents_first_and_keeps_the_rest() {
    let site = Site::new("downtarget");
    site.write(MAP);
    site.up(&[]);
    let before = seen(&site);
    let plan = site.dmap_ends(&["down", "app"], 1).text();
    let removal = |name: &str| {
        let name = format!("container/{}", site.full(name));
        plan.lines().position(|line| line.contains("remove") && line.contains(&name))
    };
    assert!(removal("web").is_some() && removal("web") < removal("app"), "web goes before app: {plan}");
    only_containers(&site, &["app", "other", "web"]);

    site.down(&["web"]);
    only_containers(&site, &["app", "other"]);
    not_recreated(&site, &before, &["app", "other"]);
    site.up(&[]);
    site.down(&["app"]);
    only_containers(&site, &["other"]);
    not_recreated(&site, &before, &["other"]);
    for network in ["front", "back"] {
        assert!(exists("network", &site.full(network)), "`down` of a target keeps networks");
    }
    site.up(&["web"]);
    running(&site, &["app", "web", "other"]);
    not_recreated(&site, &before, &["other"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn down_keeps_a_network_that_somebody_else_uses() {
    let site = Site::new("downshared");
    site.write(MAP);
    site.up(&[]);
    let (guest, image) = (format!("{}-guest", site.name), format!("{REPOSITORY}/nginx"));
    docker(&["run", "--detach", "--name", &guest, "--network", &site.full("front"), &image]);
    let text = site.dmap_ends(&["down", "--yes"], 0).text();
    assert!(text.contains(&guest), "it says who keeps the network: {text}");
    assert_eq!(site.objects("network"), [site.full("front")]);
    assert_eq!(site.objects("container"), std::slice::from_ref(&guest));
    docker(&["rm", "--force", &guest]);
    site.down(&[]);
    assert_eq!(site.objects("network"), Vec::<String>::new());
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn up_of_a_target_brings_its_dependencies_and_nothing_else() {
    let site = Site::new("uptarget");
    site.write(MAP);
    site.up(&["app"]);
    only_containers(&site, &["app"]);
    plan_is_empty(&site, &["app"]);
    let before = seen(&site);
    site.up(&["web"]);
    only_containers(&site, &["app", "web"]);
    not_recreated(&site, &before, &["app"]);
    site.dmap_ends(&["plan", "--detailed-exitcode"], 2);
    let text = site.dmap_ends(&["up", "wbe"], 64).stderr;
    assert!(text.contains("web"), "a target that is not there is an error with a suggestion: {text}");
}

/// Whatever interrupted runs left, and what was noted and kept, goes with the map.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn down_leaves_nothing_of_dmaps_own_but_volumes() {
    let site = Site::new("downall");
    let map = |memory: &str, volume: &str| {
        format!(
            "web: {{image: uwsgi, attaches: [{volume}], user: 2000, networks: [back], host_config: {{mem_limit: {memory}}}}}\n\
             volumes: {{{volume}: /var/lib/uwsgi/socket}}\n\
             networks: {{back: {{}}}}"
        )
    };
    site.write(&map("64m", "old"));
    site.up(&[]);
    site.write(&map("64m", "new"));
    site.up(&[]);
    site.write(&map("96m", "new"));
    site.up(&[]);
    site.dmap_ends(&["run", "--keep", "web", "sh", "-c", "exit 4"], 4);
    let carrier = |kind: &str, volume: &str| {
        let (name, full) = (format!("dmap-{kind}.{}", site.full(volume)), site.full(volume));
        let (key, mount) = (format!("dmap.key=volume/{full}"), format!("{full}:/.dmap/v:nocopy"));
        let image = format!("{REPOSITORY}/uwsgi");
        let labels = ["--label", "dmap.format=1", "--label", "dmap.role=prepare", "--label", &key];
        docker(&[&["create", "--name", &name], &labels[..], &["-v", &mount, &image]].concat());
        name
    };
    let (old, look) = (carrier("prep", "old"), carrier("look", "new"));
    for name in
        [&old, &look, &format!("dmap-record.{}", site.name), &format!("dmap-run.{}", site.full("web"))]
    {
        assert!(exists("container", name), "{name} is there");
    }
    let plan = site.dmap_ends(&["plan", "web", "--detailed-exitcode"], 2).stdout;
    assert!(plan.contains(&format!("note: container {old} was left")), "{plan}");
    let plan = site.dmap_ends(&["plan", "--detailed-exitcode"], 2).stdout;
    assert!(plan.contains(&format!("remove container {old}")), "{plan}");

    site.down(&[]);
    let left = site.objects("container");
    assert!(left.is_empty(), "{left:?}");
    assert!(site.objects("network").is_empty());
    assert_eq!(site.objects("volume"), [site.full("new"), site.full("old")]);
    site.up(&[]);
    plan_is_empty(&site, &[]);

    // A volume whose preparation was interrupted is removed where that is asked; the other one is not the map's any more.
    carrier("prep", "new");
    site.dmap_ends(&["down", "--yes", "--volumes"], 0);
    assert!(site.objects("container").is_empty());
    assert_eq!(site.objects("volume"), [site.full("old")]);
}
