//! Edits of the map that take a new container.

use crate::checks::{inside, not_recreated, plan_is_empty, recreated, repaired, running, seen};
use crate::docker::{docker, exists, inspect, sorted};
use crate::site::{REPOSITORY, Site, tag};

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_command_changed_in_the_map_replaces_the_container() {
    let site = Site::new("command");
    let map = |command| {
        format!("web: {{image: nginx, create_options: {{command: {command}}}}}\nother: {{image: nginx}}")
    };
    site.write(&map("/bin/idle one"));
    site.up(&[]);
    let before = seen(&site);
    site.write(&map("[/bin/idle, two words]"));
    repaired(&site, &before, &[("container web", "differs command")]);
    recreated(&site, &before, &["web"]);
    let found = inspect("container", &site.full("web"));
    assert_eq!(found["Config"]["Cmd"], serde_json::json!(["/bin/idle", "two words"]));

    let before = seen(&site);
    site.write("web: {image: nginx}\nother: {image: nginx}");
    repaired(&site, &before, &[("container web", "differs command")]);
    let found = inspect("container", &site.full("web"));
    assert_eq!(found["Config"]["Cmd"], serde_json::json!(["/bin/idle"]), "the image's own command");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_variable_changed_in_or_removed_from_the_map_replaces_the_container() {
    let site = Site::new("env");
    let map = |environment| {
        format!(
            "web: {{image: nginx, create_options: {{environment: {environment}}}}}\nother: {{image: nginx}}"
        )
    };
    let environment = |name: &str| -> Vec<String> {
        let all = sorted(&inspect("container", &site.full(name))["Config"]["Env"]);
        all.into_iter().filter(|line| !line.starts_with("PATH=")).collect()
    };
    site.write(&map("{A: one, B: two, NGINX_VERSION: mine}"));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    assert_eq!(environment("web"), ["A=one", "B=two", "NGINX_VERSION=mine"]);

    let before = seen(&site);
    site.write(&map("{A: other, B: two, NGINX_VERSION: mine}"));
    repaired(&site, &before, &[("container web", "differs environment A")]);
    recreated(&site, &before, &["web"]);
    assert_eq!(environment("web"), ["A=other", "B=two", "NGINX_VERSION=mine"]);

    let before = seen(&site);
    site.write(&map("{A: other}"));
    repaired(
        &site,
        &before,
        &[("container web", "differs environment B"), ("container web", "differs environment NGINX_VERSION")],
    );
    assert_eq!(environment("web"), ["A=other", "NGINX_VERSION=fixture"], "the image's own value is back");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_variable_of_the_image_can_be_unset() {
    let site = Site::new("unset");
    let map = |value: &str| {
        format!(
            "web: {{image: nginx, create_options: {{environment: {{NGINX_VERSION: {value}, EMPTY: ''}}}}}}"
        )
    };
    site.write(&map("null"));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    let environment = inside(&site, "web", &["env"]);
    assert!(!environment.contains("NGINX_VERSION"), "it is not set: {environment}");
    assert!(environment.lines().any(|line| line == "EMPTY="), "it is set and empty: {environment}");
    let before = seen(&site);
    site.write(&map("''"));
    repaired(&site, &before, &[("container web", "differs environment NGINX_VERSION")]);
    assert!(
        inside(&site, "web", &["env"]).lines().any(|line| line == "NGINX_VERSION="),
        "it is set and empty"
    );
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn entrypoint_user_and_hostname_changed_in_the_map_replace_the_container() {
    let site = Site::new("other");
    site.write(
        "web: {image: nginx, user: app, create_options: {entrypoint: [/bin/sh], command: [/bin/idle]}}",
    );
    site.up(&[]);
    plan_is_empty(&site, &[]);
    assert_eq!(docker(&["exec", &site.full("web"), "id", "-u"]), "2000");
    let before = seen(&site);
    site.write("web: {image: nginx, user: www-data}\nset_hostname: false");
    repaired(
        &site,
        &before,
        &[
            ("container web", "differs entrypoint"),
            ("container web", "differs user"),
            ("container web", "differs hostname"),
        ],
    );
    recreated(&site, &before, &["web"]);
    assert_eq!(docker(&["exec", &site.full("web"), "id", "-u"]), "33");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_tag_moved_to_another_image_replaces_the_containers_that_run_it() {
    let site = Site::new("retag");
    let image = tag(&site, "nginx", "latest");
    site.write(&format!("web: {{image: '{image}'}}\nother: {{image: nginx}}"));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    let before = seen(&site);
    tag(&site, "nginx", "next");
    repaired(&site, &before, &[("container web", "differs image")]);
    recreated(&site, &before, &["web"]);
    running(&site, &["web", "other"]);
    assert_eq!(inside(&site, "web", &["cat", "/etc/fixture-next"]), "the next version");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn another_tag_of_the_same_image_changes_nothing() {
    let site = Site::new("sametag");
    let image = tag(&site, "nginx", "latest");
    site.write(&format!("web: {{image: '{image}'}}"));
    site.up(&[]);
    let before = seen(&site);
    site.write("web: {image: nginx}");
    plan_is_empty(&site, &[]);
    site.up(&[]);
    assert_eq!(seen(&site), before);
    let own = format!("{REPOSITORY}/{image}");
    docker(&["image", "rm", &own]);
    assert!(!exists("image", &own));
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn replacing_takes_consent_and_without_it_nothing_is_done() {
    let site = Site::new("consent");
    site.write("web: {image: nginx}");
    // Creating and starting take none.
    site.dmap_ends(&["up"], 0);
    let before = seen(&site);
    site.write("web: {image: nginx, user: app}");
    let ended = site.dmap_ends(&["up"], 1);
    assert!(ended.text().contains("--yes"), "it says how to consent: {}", ended.text());
    assert!(ended.stdout.contains(&site.full("web")), "it shows the plan: {}", ended.text());
    assert_eq!(seen(&site), before, "nothing was done");
    site.dmap_ends(&["down"], 1);
    assert_eq!(seen(&site), before, "nothing was done");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn mounts_and_exposed_ports_changed_in_the_map_replace_the_container() {
    let site = Site::new("mapmounts");
    let (one, two) = (site.host_folder("one"), site.host_folder("two"));
    let map = |bind: &str, rest: &str| format!("web: {{image: nginx, binds: [[{bind}]]{rest}}}");
    let first = map(&format!("/srv/a, {one}"), ", exposes: [8081]");
    for edited in [
        map(&format!("/srv/b, {one}"), ", exposes: [8081]"),
        map(&format!("/srv/a, {two}"), ", exposes: [8081]"),
        map(&format!("/srv/a, {one}, ro"), ", exposes: [8081]"),
        map(&format!("/srv/a, {one}"), ", exposes: [8082]"),
        map(&format!("/srv/a, {one}"), ""),
    ] {
        site.write(&first);
        site.up(&[]);
        let before = seen(&site);
        site.write(&edited);
        site.up(&[]);
        recreated(&site, &before, &["web"]);
        plan_is_empty(&site, &[]);
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_address_changed_in_the_map_is_changed_in_place() {
    let site = Site::new("mapaddress");
    let map = |address: &str| {
        format!(
            "web: {{image: nginx, networks: [[back, [], []{address}]]}}\n\
             networks: {{back: {{create_options: {{ipam: {{pools: [{{subnet: 10.213.7.0/24}}]}}}}}}}}"
        )
    };
    site.write(&map(", 10.213.7.20"));
    site.up(&[]);
    let before = seen(&site);
    for (address, has) in [(", 10.213.7.21", "10.213.7.21"), ("", "")] {
        site.write(&map(address));
        site.up(&[]);
        not_recreated(&site, &before, &["web"]);
        let found = inspect("container", &site.full("web"));
        let place = &found["NetworkSettings"]["Networks"][site.full("back")];
        assert_eq!(place["IPAMConfig"]["IPv4Address"].as_str().unwrap_or_default(), has);
        plan_is_empty(&site, &[]);
    }
}
