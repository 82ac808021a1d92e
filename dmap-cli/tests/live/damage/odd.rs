//! States and maps that are seldom met.

use crate::checks::{
    connected, inside, plan_is_empty, recreated, repaired, running, seen, succeeds_inside, tree,
};
use crate::docker::{docker, inspect};
use crate::site::Site;

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_paused_container_runs_and_can_be_replaced_and_removed() {
    let site = Site::new("paused");
    site.write("web: {image: nginx}\nother: {image: nginx}");
    site.up(&[]);
    let before = seen(&site);
    docker(&["pause", &site.full("web")]);
    plan_is_empty(&site, &[]);
    site.write("web: {image: nginx, user: app}\nother: {image: nginx}");
    repaired(&site, &before, &[("container web", "differs user")]);
    recreated(&site, &before, &["web"]);
    running(&site, &["web"]);
    docker(&["pause", &site.full("web")]);
    site.down(&[]);
    assert_eq!(site.objects("container"), Vec::<String>::new());
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_host_folder_that_is_not_there_is_made() {
    let site = Site::new("nofolder");
    let folder = site.path("not/there");
    site.write(&format!(
        "web: {{image: nginx, binds: [config, [/srv, {0}/srv, ro]]}}\n\
         volumes: {{config: /etc/nginx}}\n\
         host: {{config: {0}/config}}",
        folder.display()
    ));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    inside(&site, "web", &["touch", "/etc/nginx/made"]);
    assert!(folder.join("config/made").exists() && folder.join("srv").exists());
    assert!(!succeeds_inside(&site, "web", &["touch", "/srv/made"]), "it is read-only");
    let before = seen(&site);
    site.write("web: {image: nginx}");
    repaired(
        &site,
        &before,
        &[("container web", "differs mount /etc/nginx"), ("container web", "differs mount /srv")],
    );
    assert_eq!(inside(&site, "web", &["cat", "/etc/nginx/nginx.conf"]), "# a fixture");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_network_mode_can_change() {
    let site = Site::new("mode");
    let map = |mode: &str| format!("web: {{image: nginx, {mode}}}\nnetworks: {{front: {{}}, back: {{}}}}");
    let mode = || inspect("container", &site.full("web"))["HostConfig"]["NetworkMode"].clone();
    let networks = || {
        let found = inspect("container", &site.full("web"))["NetworkSettings"]["Networks"].clone();
        found.as_object().expect("a mapping").keys().cloned().collect::<Vec<_>>()
    };
    site.write(&map("network_mode: none"));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    for (wanted, expected) in [
        ("network_mode: host", "host"),
        ("networks: [front]", "front"),
        ("networks: [back, front]", "back"),
        ("network_mode: bridge", "bridge"),
    ] {
        let before = seen(&site);
        site.write(&map(wanted));
        site.up(&[]);
        plan_is_empty(&site, &[]);
        recreated(&site, &before, &["web"]);
        running(&site, &["web"]);
        let name =
            if matches!(expected, "front" | "back") { site.full(expected) } else { expected.to_owned() };
        assert!(networks().contains(&name), "{wanted}: {:?}", networks());
        assert!(mode() == name || (name == "bridge" && mode() == "default"), "{wanted}: {}", mode());
    }
    assert_eq!(networks(), ["bridge"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_link_within_a_network_leads_to_the_replaced_container() {
    let site = Site::new("netlink");
    let map = |value: u32| {
        format!(
            "db: {{image: nginx, networks: [back], create_options: {{environment: {{A: {value}}}}}}}\n\
             web: {{image: nginx, links: [[db, database]], networks: [back]}}\n\
             networks: {{back: {{}}}}"
        )
    };
    site.write(&map(1));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    let known = || succeeds_inside(&site, "web", &["ping", "-c", "1", "-W", "2", "database"]);
    assert!(known(), "the alias is known");
    let before = seen(&site);
    site.write(&map(2));
    repaired(&site, &before, &[("container db", "differs environment A")]);
    connected(&site, "web", "back", &[]);
    crate::checks::eventually("the alias leads to the new one", known);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn volumes_can_carry_their_owners_name() {
    let site = Site::new("parent");
    site.write(
        "use_attached_parent_name: true\n\
         one: {image: uwsgi, attaches: log, user: 2000, permissions: '0750'}\n\
         two: {image: uwsgi, attaches: log, user: 33, permissions: '0700'}\n\
         web: {image: nginx, uses: [[one.log, /one], [two.log, /two, ro]]}\n\
         volumes: {log: /var/lib/app/log}",
    );
    site.up(&[]);
    plan_is_empty(&site, &[]);
    assert_eq!(tree(&site, "one.log"), ["/v 2000:2000 750", "/v/first.log 2000:2000 750"]);
    assert_eq!(tree(&site, "two.log"), ["/v 33:33 700", "/v/first.log 33:33 700"]);
    assert_eq!(inside(&site, "web", &["stat", "-c", "%u", "/one", "/two"]), "2000\n33");
}
