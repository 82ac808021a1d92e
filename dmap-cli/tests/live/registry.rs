//! Pulling from a registry: Debian's own, in a container of the engine's host network, so that it is on the engine's loopback.

use std::fs;

use crate::checks::{eventually, not_recreated, plan_is_empty, recreated, running, seen};
use crate::docker::{docker, inspect, try_docker};
use crate::site::{REPOSITORY, Site, free_port};

/// A registry with one repository.
struct Registry {
    container: String,
    /// The repository, with the registry before it.
    repository: String,
}

impl Registry {
    #[track_caller]
    fn start(site: &Site) -> Self {
        let (container, port) = (format!("{}-registry", site.name), free_port());
        let data = site.host_folder("registry");
        let config = format!(
            "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {data}}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
        );
        let file = format!("{data}/config.yml");
        fs::write(&file, config).expect("the configuration can be written");
        // Its program needs the libraries of the machine.
        let label = format!("dmap.e2e={}", std::env::var("DMAP_E2E_PREFIX").unwrap_or_default());
        let image = format!("{REPOSITORY}/nginx");
        let words = ["run", "--detach", "--name", &container, "--label", &label, "--network", "host"];
        let program = ["chroot", "/host", "docker-registry", "serve", &file];
        let mount = ["--volume", "/:/host", "--entrypoint", "", &image];
        docker(&[&words[..], &mount, &program].concat());
        let registry = Self { container, repository: format!("127.0.0.1:{port}/{}", site.name) };
        eventually("the registry takes images", || registry.try_push("nginx", "first").is_ok());
        registry
    }

    /// Gives a tag of the registry to an image. The engine's own tag stays as it was.
    #[track_caller]
    fn push(&self, image: &str, tag: &str) {
        self.try_push(image, tag).expect("the registry takes images");
    }

    fn try_push(&self, image: &str, tag: &str) -> Result<(), String> {
        let here = self.reference(tag);
        let was = try_docker(&["image", "inspect", "--format", "{{.Id}}", &here]);
        docker(&["tag", &format!("{REPOSITORY}/{image}"), &here]);
        let pushed = try_docker(&["push", &here]);
        docker(&["rmi", &here]);
        if was.code == 0 {
            docker(&["tag", was.stdout.trim(), &here]);
        }
        if pushed.code == 0 { Ok(()) } else { Err(pushed.text()) }
    }

    fn reference(&self, tag: &str) -> String {
        format!("{}:{tag}", self.repository)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = try_docker(&["rm", "--force", "--volumes", &self.container]);
    }
}

#[track_caller]
fn runs(site: &Site, image: &str) {
    running(site, &["web"]);
    let expected = inspect("image", &format!("{REPOSITORY}/{image}"))["Id"].clone();
    assert_eq!(inspect("container", &site.full("web"))["Image"], expected, "web runs {image}");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn images_of_a_registry_are_pulled_and_their_tags_followed() {
    let site = Site::new("registry");
    let registry = Registry::start(&site);
    let map = |tag: &str| format!("web: {{image: '{}', stop_timeout: 1}}", registry.reference(tag));
    registry.push("nginx", "live");
    site.write(&map("live"));
    site.up(&[]);
    runs(&site, "nginx");
    let before = seen(&site);
    let none = site.dmap_ends(&["up", "--yes", "--pull"], 0).text();
    assert!(none.contains("nothing to do"), "{none}");
    not_recreated(&site, &before, &["web"]);

    // Somebody moves the tag: only who asks the registry can know.
    registry.push("uwsgi", "live");
    plan_is_empty(&site, &[]);
    let moved = site.dmap_ends(&["up", "--yes", "--pull"], 0).text();
    assert!(moved.contains("image: the tag moved"), "{moved}");
    recreated(&site, &before, &["web"]);
    runs(&site, "uwsgi");
    plan_is_empty(&site, &[]);

    // Pulling alone replaces nothing, and says so; a saved plan of it does the same.
    let before = seen(&site);
    registry.push("nginx", "live");
    let file = site.path("pull.json").display().to_string();
    let planned = site.dmap_ends(&["plan", "--goal", "pull", "--out", &file], 0).text();
    assert!(planned.contains("pull image/"), "{planned}");
    site.dmap_ends(&["apply", &file, "--yes"], 0);
    not_recreated(&site, &before, &["web"]);
    let plan = site.dmap_ends(&["plan", "--detailed-exitcode"], 2).text();
    assert!(plan.contains("image: the tag moved"), "{plan}");
    registry.push("uwsgi", "live");
    site.dmap_ends(&["pull"], 0);
    plan_is_empty(&site, &[]);

    // What the registry does not have is named, and nothing else is done.
    site.write(&map("missing"));
    for words in [&["up", "--yes"][..], &["up", "--yes", "--pull"], &["pull"]] {
        let failed = site.dmap_ends(words, 1).text();
        let says = [registry.reference("missing"), "manifest unknown".to_owned()];
        assert!(says.iter().all(|said| failed.contains(said.as_str())), "{words:?}: {failed}");
    }
    not_recreated(&site, &before, &["web"]);
}
