//! Attached volumes: owner and mode are set before any container mounts them, and nothing undoes it.

use crate::checks::{
    in_volume, inside, not_recreated, only_containers, owner_mode, plan_is_empty, running, seen, tree,
};
use crate::docker::docker;
use crate::site::{REPOSITORY, Site};

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_images_directory_does_not_undo_a_preparation() {
    let site = Site::new("prepared");
    // In the image the directory is 33:33 with mode 0777, and empty: every container that mounts the volume makes the
    // engine copy it again.
    let map = "app: {image: uwsgi, instances: [one, two], attaches: socket, user: 2000, permissions: '0750'}\n\
               volumes: {socket: /var/lib/uwsgi/socket}";
    site.write(map);
    site.up(&[]);
    running(&site, &["app.one", "app.two"]);
    assert_eq!(tree(&site, "socket"), ["/v 2000:2000 750"]);
    plan_is_empty(&site, &[]);

    site.write(&format!("{map}\nlate: {{image: uwsgi, uses: socket}}"));
    site.up(&[]);
    running(&site, &["app.one", "app.two", "late"]);
    assert_eq!(tree(&site, "socket"), ["/v 2000:2000 750"], "also after a later container");
    assert_eq!(inside(&site, "late", &["stat", "-c", "%u %a", "/var/lib/uwsgi/socket"]), "2000 750");
    plan_is_empty(&site, &[]);

    site.write(&map.replace("image: uwsgi,", "image: uwsgi, create_options: {environment: {A: 1}},"));
    site.up(&[]);
    assert_eq!(tree(&site, "socket"), ["/v 2000:2000 750"], "also after a replacement");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn symbolic_modes_mean_for_files_and_directories_what_chmod_means() {
    let site = Site::new("symbolic");
    // The image has files below /data, one of them executable.
    site.write(
        "db: {image: data, attaches: [data], user: '2000:33', permissions: 'u=rwX,g=rX,o='}\n\
         volumes: {data: /data}",
    );
    site.up(&[]);
    let files = ["/v 2000:33 750", "/v/a 2000:33 640", "/v/sub 2000:33 750", "/v/sub/run 2000:33 750"];
    assert_eq!(tree(&site, "data"), files);
    assert_eq!(in_volume(&site, "data", &["cat", "/v/a"]), "a", "the engine's copy is in it");
    plan_is_empty(&site, &[]);

    site.down(&[]);
    docker(&["volume", "rm", &site.full("data")]);
    site.write(
        "db: {image: data, attaches: [data], permissions: 'a-x,a+X,o-r,g+s'}\n\
         volumes: {data: /data}",
    );
    site.up(&[]);
    let ours = tree(&site, "data");
    let chmod = format!("{REPOSITORY}/data");
    let script = "chmod -R a-x,a+X,o-r,g+s /data && find /data -exec stat -c '%n %u:%g %a' {} ';' | sed s,/data,/v, | sort";
    let name = format!("{}-chmod", site.name);
    let theirs = docker(&["run", "--rm", "--name", &name, &chmod, "sh", "-c", script]);
    assert_eq!(ours.join("\n"), theirs, "as `chmod -R`");
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_users_name_means_what_the_image_says() {
    let site = Site::new("byname");
    let map = |user: &str| {
        format!(
            "app: {{image: uwsgi, attaches: log, user: {user}, permissions: '0700'}}\n\
             volumes: {{log: /var/lib/app/log}}"
        )
    };
    site.write(&map("www-data"));
    site.up(&[]);
    assert_eq!(tree(&site, "log"), ["/v 33:33 700", "/v/first.log 33:33 700"]);
    assert_eq!(docker(&["exec", &site.full("app"), "id", "-un"]), "www-data");
    plan_is_empty(&site, &[]);
    site.write(&map("'app:www-data'"));
    site.up(&[]);
    assert_eq!(owner_mode(&site, "log"), "2000 700");
    assert_eq!(tree(&site, "log")[0], "/v 2000:33 700");
    plan_is_empty(&site, &[]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_user_the_image_does_not_know_is_refused_by_name_before_anything_stops() {
    let site = Site::new("noname");
    let map = |user: &str| {
        format!(
            "app: {{image: uwsgi, attaches: log, user: {user}, permissions: '0700'}}\n\
             volumes: {{log: /var/lib/app/log}}"
        )
    };
    let refused = || {
        let ended = site.dmap(&["up", "--yes"]);
        assert!(matches!(ended.code, 1 | 3), "{}", ended.text());
        let text = ended.stderr;
        assert!(text.contains("nobody-knows") && text.contains("uwsgi"), "it names user and image: {text}");
    };
    site.write(&map("nobody-knows"));
    refused();
    // The carrier stays: it says that the volume is not ready.
    let marker = format!("dmap-prep.{}", site.full("log"));
    assert!(site.objects("container").iter().all(|name| *name == marker), "no container of the map is there");
    site.write(&map("www-data"));
    site.up(&[]);
    assert_eq!(tree(&site, "log"), ["/v 33:33 700", "/v/first.log 33:33 700"]);
    plan_is_empty(&site, &[]);
    only_containers(&site, &["app"]);

    let before = seen(&site);
    site.write(&map("nobody-knows"));
    refused();
    not_recreated(&site, &before, &["app"]);
    site.write(&map("www-data"));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    not_recreated(&site, &before, &["app"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_volume_made_ready_once_is_not_looked_through_again() {
    let site = Site::new("remount");
    let map = "app: {image: uwsgi, attaches: log, user: 2000, permissions: '0750'}\n\
               volumes: {log: /var/lib/app/log}";
    site.write(map);
    site.up(&[]);
    in_volume(&site, "log", &["sh", "-c", "echo mine > /v/mine && chown 5:5 /v/mine && chmod 0600 /v/mine"]);
    let files = ["/v 2000:2000 750", "/v/first.log 2000:2000 750", "/v/mine 5:5 600"];
    assert_eq!(tree(&site, "log"), files);
    for _ in 0..2 {
        site.down(&[]);
        assert_eq!(tree(&site, "log"), files);
        site.up(&[]);
        assert_eq!(tree(&site, "log"), files);
        let before = seen(&site);
        site.up(&[]);
        assert_eq!(seen(&site), before);
    }
    // Emptied, it is filled and prepared as a new one.
    site.down(&[]);
    in_volume(&site, "log", &["sh", "-c", "rm -r /v/* && chown 1:1 /v"]);
    site.up(&[]);
    assert_eq!(tree(&site, "log"), ["/v 2000:2000 750", "/v/first.log 2000:2000 750"]);
    plan_is_empty(&site, &[]);
}
