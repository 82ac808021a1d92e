//! Volumes that nobody named: what is in them goes over to the successor.

use crate::checks::{inside, plan_is_empty, recreated, repaired, running, seen};
use crate::docker::{docker, exists, inspect, text};
use crate::site::{Site, is_anonymous};

/// The name of the volume mounted at a path of a container.
#[track_caller]
fn volume_at(site: &Site, name: &str, path: &str) -> String {
    let found = inspect("container", &site.full(name));
    let mounts = found["Mounts"].as_array().expect("a list of mounts");
    let mount = mounts.iter().find(|mount| mount["Destination"] == path);
    mount.map(|mount| text(&mount["Name"])).unwrap_or_default()
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_content_of_an_images_volume_survives_a_replacement() {
    let site = Site::new("anonymous");
    let map = |environment| {
        format!(
            "db: {{image: data, shares: [/shared], create_options: {{environment: {environment}}}}}\n\
             other: {{image: nginx}}"
        )
    };
    site.write(&map("{A: 1}"));
    site.up(&[]);
    plan_is_empty(&site, &[]);
    for (path, content) in [("/data/mine", "kept"), ("/shared/mine", "kept too")] {
        inside(&site, "db", &["sh", "-c", &format!("echo {content} > {path}")]);
    }
    let volumes = ["/data", "/shared"].map(|path| volume_at(&site, "db", path));
    assert!(volumes.iter().all(|name| is_anonymous(name)), "{volumes:?}");
    // Twice: what was taken over once is taken over again.
    for value in ["{A: 2}", "{A: 3}"] {
        let before = seen(&site);
        site.write(&map(value));
        repaired(&site, &before, &[("container db", "differs environment A")]);
        recreated(&site, &before, &["db"]);
        running(&site, &["db"]);
        assert_eq!(inside(&site, "db", &["cat", "/data/mine", "/shared/mine"]), "kept\nkept too");
        assert_eq!(inside(&site, "db", &["cat", "/data/a"]), "a");
        assert_eq!(
            ["/data", "/shared"].map(|path| volume_at(&site, "db", path)),
            volumes,
            "the same volumes"
        );
    }
    site.down(&[]);
    for volume in &volumes {
        assert!(exists("volume", volume), "`down` keeps volumes, also those nobody named");
        docker(&["volume", "rm", volume]);
    }
}
