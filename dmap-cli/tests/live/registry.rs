//! Pulling from a registry: Debian's own, on the engine's loopback.

use std::fmt::Write as _;
use std::fs;

use crate::checks::{eventually, not_recreated, plan_is_empty, recreated, running, seen};
use crate::docker::{docker, ended, inspect, try_docker};
use crate::host::HostProgram;
use crate::site::{REPOSITORY, Site, free_port};

/// A registry with one repository.
struct Registry {
    _program: HostProgram,
    /// The repository, with the registry before it.
    repository: String,
    /// The folder in which the `docker` command finds how to log in, if that is needed.
    config: Option<String>,
}

/// The user `me` with the password `sesame`, as the registry has users.
const USERS: &str = "me:$2b$05$h.G4nYhOgaDC7RsgOm6k/eoZsJEo6D6mG4VLX49HueQD9Keh7YW6e\n";

impl Registry {
    #[track_caller]
    fn start(site: &Site) -> Self {
        Self::started(site, None)
    }

    /// Starts one that lets in `me` with the password `sesame`, and the `docker` command with a folder of its own.
    #[track_caller]
    fn locked(site: &Site) -> Self {
        let folder = site.path("docker");
        fs::create_dir(&folder).expect("the folder can be made");
        Self::started(site, Some(folder.display().to_string()))
    }

    #[track_caller]
    fn started(site: &Site, config_folder: Option<String>) -> Self {
        let port = free_port();
        let data = site.host_folder("registry");
        let mut config = format!(
            "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {data}}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
        );
        if let Some(folder) = &config_folder {
            let users = format!("{data}/users");
            fs::write(&users, USERS).expect("the users can be written");
            writeln!(config, "auth: {{htpasswd: {{realm: dmap, path: {users}}}}}")
                .expect("a text can be written");
            let login = format!(r#"{{"auths": {{"127.0.0.1:{port}": {{"auth": "bWU6c2VzYW1l"}}}}}}"#);
            fs::write(format!("{folder}/config.json"), login).expect("the login can be written");
        }
        let file = format!("{data}/config.yml");
        fs::write(&file, config).expect("the configuration can be written");
        let program = HostProgram::start(site, "registry", &["docker-registry", "serve", &file]);
        let repository = format!("127.0.0.1:{port}/{}", site.name);
        let registry = Self { _program: program, repository, config: config_folder };
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
        let config = self.config.as_ref().map(|folder| ["--config", folder.as_str()]);
        let config = config.as_ref().map_or(&[][..], |words| words);
        let pushed = try_docker(&[config, &["push", &here]].concat());
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

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn bases_are_pulled_from_a_registry_with_a_login() {
    let site = Site::new("registrylogin");
    let registry = Registry::locked(&site);
    let base = registry.reference("base");
    registry.push("nginx", "base");
    let app = site.path("app").display().to_string();
    fs::create_dir(&app).unwrap();
    fs::write(
        format!("{app}/Dockerfile"),
        format!("ARG TAG\nFROM {}:$TAG\nLABEL a=b\n", registry.repository),
    )
    .unwrap();
    for builder in ["classic", "buildkit"] {
        let tag = format!("built-{builder}:{}", site.name);
        let words = ["build", &app, "--builder", builder, "--tag", &tag, "--build-arg", "TAG=base"];
        let with = |folder: &str| ended(site.command(&words).env("DOCKER_CONFIG", folder));
        let refused = with("/nowhere");
        assert_eq!(refused.code, 1, "{}", refused.text());
        let built = with(registry.config.as_deref().unwrap_or_default());
        assert_eq!(built.code, 0, "{}", built.text());
        assert!(!built.text().contains("sesame"));
        assert_eq!(inspect("image", &tag)["Config"]["Labels"]["a"], "b");
        for image in [&tag, &base] {
            try_docker(&["rmi", "--force", image]);
        }
    }

    // A map has the same logins, for what it pulls and for what it builds on, unless it has its own.
    let folder = registry.config.clone().unwrap_or_default();
    site.write(&format!(
        "pulled: {{image: '{base}', stop_timeout: 1}}\nmade: {{build: {{dockerfile_inline: 'FROM {base}'}}, stop_timeout: 1}}"
    ));
    let up = |folder: &str| ended(site.command(&["up", "--yes"]).env("DOCKER_CONFIG", folder));
    let refused = up("/nowhere");
    assert_eq!(refused.code, 1, "{}", refused.text());
    let done = up(&folder);
    assert_eq!(done.code, 0, "{}", done.text());
    running(&site, &["pulled", "made"]);
    site.dmap_ends(&["down", "--yes"], 0);
    let made = inspect("image", &format!("{REPOSITORY}/{}.made:latest", site.name));
    assert!(made["Id"].is_string());
    for image in [&base, &format!("{REPOSITORY}/{}.made:latest", site.name)] {
        try_docker(&["rmi", "--force", image]);
    }

    // A helper is asked for the registry of the base alone.
    let helper = site.path("docker-credential-dmaptest");
    let asked = site.path("asked").display().to_string();
    let answer = r#"{"ServerURL":"x","Username":"me","Secret":"sesame"}"#;
    fs::write(&helper, format!("#!/bin/sh\n[ \"$1\" = get ] && cat >>{asked} && echo '{answer}'\n")).unwrap();
    make_executable(&helper);
    fs::write(site.path("docker").join("config.json"), r#"{"credsStore": "dmaptest"}"#).unwrap();
    let tag = format!("built-helped:{}", site.name);
    let path = format!("{}:{}", site.path("").display(), std::env::var("PATH").unwrap_or_default());
    let mut command = site.command(&["build", &app, "--tag", &tag, "--build-arg", "TAG=base"]);
    let built = ended(command.env("DOCKER_CONFIG", site.path("docker")).env("PATH", path));
    assert_eq!(built.code, 0, "{}", built.text());
    let registry_name = registry.repository.split('/').next().unwrap_or_default();
    assert_eq!(fs::read_to_string(&asked).unwrap().trim(), registry_name);
    for image in [&tag, &base] {
        try_docker(&["rmi", "--force", image]);
    }
}

/// No registry has what the map builds.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn the_other_bases_of_a_build_are_pulled_from_a_registry() {
    let site = Site::new("registrybases");
    let registry = Registry::start(&site);
    let base = registry.reference("base");
    registry.push("nginx", "base");
    site.write(&format!(
        "made: {{build: {{dockerfile_inline: 'FROM {base}'}}}}\n\
         top: {{build: {{pull: true, no_cache: true, dockerfile_inline: ['FROM {REPOSITORY}/{0}.made', 'COPY --from={base} /bin/idle /idle']}}}}",
        site.name
    ));
    let id = |image: &str| inspect("image", image)["Id"].clone();
    site.dmap_ends(&["build", "--yes"], 0);
    let before = id(&base);
    registry.push("uwsgi", "base");
    assert_eq!(id(&base), before, "nobody has pulled the newer one yet");
    site.dmap_ends(&["build", "--yes", "--force", "top"], 0);
    assert_eq!(id(&base), id(&format!("{REPOSITORY}/uwsgi")));
    for image in
        [&base, &format!("{REPOSITORY}/{}.top", site.name), &format!("{REPOSITORY}/{}.made", site.name)]
    {
        try_docker(&["rmi", "--force", image]);
    }
}

fn make_executable(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}
