//! Images that the map builds: what is built, when, and what it means for the containers.

use std::fs;

use crate::checks::{not_recreated, only_containers, plan_is_empty, recreated, running, seen};
use crate::docker::{docker, inspect, list, text, try_docker};
use crate::site::{REPOSITORY, Site};

const DOCKERFILE: &str = "FROM dmap-fixture/nginx\nCOPY page /page\n";

/// A scenario whose images are removed in the end.
struct Built(Site);

impl Built {
    fn new(scenario: &str, map: &str) -> Self {
        let site = Site::new(scenario);
        fs::create_dir(site.path("web")).unwrap();
        site.write(map);
        let built = Self(site);
        built.file("Dockerfile", DOCKERFILE);
        built.file("page", "one\n");
        built
    }

    fn file(&self, name: &str, content: &str) {
        self.file_of("web", name, content);
    }

    fn file_of(&self, folder: &str, name: &str, content: &str) {
        fs::create_dir_all(self.0.path(folder)).unwrap();
        fs::write(self.0.path(folder).join(name), content).unwrap();
    }

    fn images(&self) -> Vec<String> {
        let own = format!("{REPOSITORY}/{}", self.0.name);
        list("image").into_iter().filter(|image| image.starts_with(&own)).collect()
    }

    /// The image that a container has.
    fn image_of(&self, name: &str) -> String {
        text(&inspect("container", &self.0.full(name))["Image"])
    }

    fn page(&self, name: &str) -> String {
        docker(&["exec", &self.0.full(name), "cat", "/page"])
    }

    /// What `dmap` says of bytes that were sent, or of builds at all.
    fn plan(&self, words: &[&str]) -> String {
        self.0.dmap_ends(&[&["plan"], words].concat(), 0).stdout
    }
}

impl Drop for Built {
    fn drop(&mut self) {
        for container in self.0.objects("container") {
            try_docker(&["rm", "--force", "--volumes", &container]);
        }
        for image in self.images() {
            try_docker(&["rmi", "--force", &image]);
        }
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn up_builds_what_is_missing_and_what_changed_if_asked() {
    let built = Built::new("build", "web: {build: ./web}\nother: {image: nginx}");
    let site = &built.0;
    let plan = built.plan(&[]);
    assert!(plan.contains("build image/") && !plan.contains("pull"), "{plan}");
    site.up(&[]);
    running(site, &["web", "other"]);
    assert_eq!(built.page("web"), "one");
    assert_eq!(built.images(), [format!("{REPOSITORY}/{}.web:latest", site.name)]);
    plan_is_empty(site, &[]);
    plan_is_empty(site, &["--build"]);

    // What is left out of the context changes nothing.
    built.file(".dockerignore", "*.log\n");
    site.dmap_ends(&["up", "--yes", "--build"], 0);
    let before = seen(site);
    built.file("noise.log", "noise");
    plan_is_empty(site, &["--build"]);

    // A changed file is told, and built if that is asked.
    built.file("page", "two\n");
    let plan = built.plan(&[]);
    assert!(plan.contains("its build context changed; `--build` builds it"), "{plan}");
    site.up(&[]);
    not_recreated(site, &before, &["web", "other"]);
    assert_eq!(built.page("web"), "one");
    let unread = built.plan(&["--no-build"]);
    assert!(!unread.contains("context"), "{unread}");
    site.dmap_ends(&["up", "--yes", "--build"], 0);
    recreated(site, &before, &["web"]);
    not_recreated(site, &before, &["other"]);
    assert_eq!(built.page("web"), "two");
    only_containers(site, &["web", "other"]);
    plan_is_empty(site, &["--build"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_build_that_fails_stops_nothing() {
    let built = Built::new("buildfails", "web: {build: ./web}\nother: {image: nginx}");
    let site = &built.0;
    site.up(&[]);
    let before = seen(site);
    let images = built.images();
    built.file("Dockerfile", "FROM dmap-fixture/nginx\nRUN echo no such table; exit 3\n");
    let ended = site.dmap(&["up", "--yes", "--build"]);
    assert_eq!(ended.code, 1, "{}", ended.text());
    assert!(ended.text().contains("no such table"), "{}", ended.text());
    not_recreated(site, &before, &["web", "other"]);
    running(site, &["web", "other"]);
    assert_eq!(built.page("web"), "one");
    only_containers(site, &["web", "other"]);
    assert_eq!(built.images(), images);
    built.file("Dockerfile", DOCKERFILE);
    plan_is_empty(site, &["--build"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn several_containers_share_one_build() {
    let text =
        "a: {image: IMAGE, build: {context: ./web, tags: [TAG]}, instances: [x, y]}\nb: {image: IMAGE}";
    let site_name = |site: &Site| site.name.clone();
    let built = Built::new("buildshared", "a: {image: nginx}");
    let name = site_name(&built.0);
    built
        .0
        .write(&text.replace("IMAGE", &format!("{name}.app")).replace("TAG", &format!("'{name}.app:extra'")));
    let site = &built.0;
    let plan = built.plan(&[]);
    assert_eq!(plan.matches("build image/").count(), 1, "{plan}");
    site.up(&[]);
    running(site, &["a.x", "a.y", "b"]);
    assert_eq!(built.image_of("a.x"), built.image_of("b"));
    assert_eq!(built.images().len(), 2, "{:?}", built.images());
    plan_is_empty(site, &["--build"]);
    let before = seen(site);
    built.file("page", "two\n");
    site.dmap_ends(&["up", "--yes", "--build"], 0);
    recreated(site, &before, &["a.x", "a.y", "b"]);
    assert_eq!(built.page("b"), "two");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_saved_plan_is_for_one_context() {
    let built = Built::new("buildsaved", "web: {build: ./web}");
    let site = &built.0;
    let plan = site.path("plan.json").display().to_string();
    site.dmap_ends(&["plan", "--out", &plan], 0);
    built.file("page", "two\n");
    let refused = site.dmap_ends(&["apply", &plan, "--yes"], 4).text();
    assert!(refused.contains("the build context of image/"), "{refused}");
    assert!(site.objects("container").is_empty() && built.images().is_empty());
    built.file("page", "one\n");
    site.dmap_ends(&["apply", &plan, "--yes"], 0);
    assert_eq!(built.page("web"), "one");
    plan_is_empty(site, &["--build"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn images_are_built_alone() {
    let map = "web: {build: ./web}\ninline: {build: {dockerfile_inline: [FROM dmap-fixture/nginx, LABEL team=shop]}}";
    let built = Built::new("buildalone", map);
    let site = &built.0;
    site.dmap_ends(&["build", "inline", "--yes"], 0);
    let image = format!("{REPOSITORY}/{}.inline:latest", site.name);
    assert_eq!(built.images(), std::slice::from_ref(&image));
    let labels = inspect("image", &image)["Config"]["Labels"].clone();
    assert_eq!(labels["team"], "shop");
    assert!(text(&labels["dmap.context"]).starts_with("sha256:"), "{labels}");
    site.dmap_ends(&["build", "--yes"], 0);
    assert_eq!(built.images().len(), 2);
    assert!(site.objects("container").is_empty());
    let said = site.dmap_ends(&["build", "--yes"], 0).text();
    assert!(said.contains("unchanged"), "{said}");
    site.dmap_ends(&["build", "--yes", "--force", "web"], 0);
    site.up(&[]);
    plan_is_empty(site, &["--build"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn images_of_the_map_are_built_on_each_other() {
    let built =
        Built::new("buildorder", "web: {build: ./web}\nyard: {build: {context: ./yard, args: {A: b}}}");
    let site = &built.0;
    let image = |name: &str| format!("{REPOSITORY}/{}.{name}", site.name);
    built.file("Dockerfile", &format!("ARG BASE={}\nFROM $BASE\nCOPY page /page\n", image("yard")));
    let yard = "FROM dmap-fixture/nginx\nCOPY motto /motto\n";
    built.file_of("yard", "Dockerfile", yard);
    built.file_of("yard", "motto", "one\n");
    let motto = |name: &str| docker(&["exec", &site.full(name), "cat", "/motto"]);

    // The steps of the builds are told while they go on.
    let told = site.dmap_ends(&["up", "--yes", "--progress", "json"], 0).stdout;
    for step in ["COPY motto /motto", "COPY page /page"] {
        let is_step = |line: &str| line.contains(r#""event":"progress""#) && line.contains(step);
        assert!(told.lines().any(is_step), "{step} is not in\n{told}");
    }
    assert_eq!((motto("web").as_str(), built.page("web").as_str()), ("one", "one"));
    plan_is_empty(site, &["--build"]);
    let labels = inspect("image", &image("web"))["Config"]["Labels"].clone();
    let id = text(&inspect("image", &image("yard"))["Id"]);
    assert_eq!(text(&labels["dmap.bases"]), format!("{}:latest={id}", image("yard")));

    // What is based on it follows it: at once, or later if it was built alone.
    built.file_of("yard", "motto", "two\n");
    let plan = built.plan(&["--build"]);
    let because = format!("based on image/{}:latest, which changed", image("yard"));
    assert!(plan.contains(&because), "{plan}");
    let before = seen(site);
    site.dmap_ends(&["up", "--yes", "--build"], 0);
    recreated(site, &before, &["web", "yard"]);
    assert_eq!((motto("web").as_str(), motto("yard").as_str()), ("two", "two"));
    plan_is_empty(site, &["--build"]);
    built.file_of("yard", "motto", "three\n");
    site.dmap_ends(&["build", "yard", "--yes"], 0);
    assert!(built.plan(&[]).contains(&because), "{}", built.plan(&[]));
    site.dmap_ends(&["up", "--yes", "--build"], 0);
    assert_eq!(motto("web"), "three");
    plan_is_empty(site, &["--build"]);

    // A circle is an error of the map, and a base that is gone is built with what is based on it.
    built.file_of("yard", "Dockerfile", &format!("FROM {}\n", image("web")));
    let refused = site.dmap_ends(&["up", "--yes", "--build"], 64).text();
    assert!(refused.contains("images would be built from each other"), "{refused}");
    built.file_of("yard", "Dockerfile", yard);
    site.dmap_ends(&["down", "--yes"], 0);
    for name in ["web", "yard"] {
        docker(&["rmi", "--force", &image(name)]);
    }
    site.dmap_ends(&["build", "web", "--yes"], 0);
    assert_eq!(built.images().len(), 2, "{:?}", built.images());
}
