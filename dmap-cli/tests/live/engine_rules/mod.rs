//! Rules of the engine that the planner relies on and the simulator models, shown with the `docker` client alone.
//!
//! Network names that racing creates duplicate are not among them: the client asks the engine not to allow that.

mod binding;

use crate::docker::{Ended, docker, exists, inspect, try_docker};
use crate::site::{REPOSITORY, Site, free_port};

/// A place for objects made by hand.
struct Hand {
    site: Site,
}

impl Hand {
    #[track_caller]
    fn new(scenario: &str) -> Self {
        Self { site: Site::new(&format!("rule-{scenario}")) }
    }

    /// A name of the scenario's own.
    fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.site.name)
    }

    fn words<'a>(verb: &[&'a str], name: &'a str, options: &[&'a str], image: &'a str) -> Vec<&'a str> {
        [verb, &["--name", name], options, &[image]].concat()
    }

    /// Makes a container that is not started.
    #[track_caller]
    fn try_create(&self, name: &str, image: &str, options: &[&str]) -> Ended {
        let (name, image) = (self.name(name), format!("{REPOSITORY}/{image}"));
        try_docker(&Self::words(&["create"], &name, options, &image))
    }

    #[track_caller]
    fn create(&self, name: &str, image: &str, options: &[&str]) {
        let ended = self.try_create(name, image, options);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }

    /// Makes and starts a container.
    #[track_caller]
    fn run(&self, name: &str, image: &str, options: &[&str]) {
        let (name, image) = (self.name(name), format!("{REPOSITORY}/{image}"));
        docker(&Self::words(&["run", "--detach"], &name, options, &image));
    }

    /// Does something with one container.
    #[track_caller]
    fn does(&self, words: &[&str], name: &str) -> Ended {
        try_docker(&[words, &[&self.name(name)]].concat())
    }

    #[track_caller]
    fn fails(&self, words: &[&str], name: &str, because: &str) {
        let Ended { code, stderr, .. } = self.does(words, name);
        assert!(
            code != 0 && stderr.to_lowercase().contains(because),
            "{words:?} {name} fails: {because}: {stderr}"
        );
    }

    #[track_caller]
    fn works(&self, words: &[&str], name: &str) -> String {
        let Ended { code, stdout, stderr } = self.does(words, name);
        assert_eq!(code, 0, "{words:?} {name}: {stderr}");
        stdout.trim().to_owned()
    }

    #[track_caller]
    fn inspect(&self, name: &str) -> serde_json::Value {
        inspect("container", &self.name(name))
    }

    #[track_caller]
    fn inside(&self, name: &str, command: &[&str]) -> String {
        docker(&[&["exec", &self.name(name)], command].concat())
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn creating_a_volume_that_is_there_answers_with_it() {
    let hand = Hand::new("volume");
    let volume = hand.name("v");
    docker(&["volume", "create", "--label", "dmap.e2e=first", &volume]);
    assert_eq!(docker(&["volume", "create", "--label", "dmap.e2e=second", &volume]), volume, "no error");
    assert_eq!(inspect("volume", &volume)["Labels"]["dmap.e2e"], "first");
    // It is in use by a container that was never started, and stays when that one goes.
    let mount = format!("{volume}:/v");
    hand.create("user", "nginx", &["-v", &mount]);
    let ended = try_docker(&["volume", "rm", &volume]);
    assert!(ended.code != 0 && ended.stderr.contains("in use"), "{}", ended.stderr);
    hand.works(&["rm", "--volumes"], "user");
    assert!(exists("volume", &volume));
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_volume_survives_the_creation_that_failed() {
    let hand = Hand::new("failed");
    let mount = format!("{}:/v", hand.name("v"));
    let link = format!("{}:x", hand.name("nobody"));
    let ended = hand.try_create("user", "nginx", &["-v", &mount, "--link", &link]);
    assert_ne!(ended.code, 0, "nobody can be linked to");
    assert!(!exists("container", &hand.name("user")));
    assert!(exists("volume", &hand.name("v")), "the volume is there, without labels");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn an_empty_volume_is_filled_at_every_creation_unless_told_not_to() {
    let hand = Hand::new("copyup");
    let volume = hand.name("v");
    // Empty in the image, owned by 33:33, with mode 0777.
    let (path, mount) = ("/var/lib/uwsgi/socket", format!("{volume}:/var/lib/uwsgi/socket"));
    let nocopy = format!("type=volume,src={volume},dst={path},volume-nocopy");
    let look = format!("{volume}:/v");
    hand.run("look", "nginx", &["-v", &look]);
    let rights = || hand.inside("look", &["stat", "-c", "%u %a", "/v"]);
    let change = || hand.inside("look", &["sh", "-c", "chown 2000 /v && chmod 0750 /v"]);
    assert_eq!(rights(), "0 755", "the image has nothing at this path");
    hand.create("first", "uwsgi", &["-v", &mount]);
    assert_eq!(rights(), "33 777", "owner and mode are the image's");
    change();
    hand.create("second", "uwsgi", &["-v", &mount]);
    assert_eq!(rights(), "33 777", "again, for it is still empty");
    change();
    hand.create("third", "uwsgi", &["--mount", &nocopy]);
    assert_eq!(rights(), "2000 750", "not with nocopy");
    hand.works(&["start"], "third");
    assert_eq!(rights(), "2000 750", "nor at the start");
    hand.inside("look", &["touch", "/v/file"]);
    hand.create("fourth", "uwsgi", &["-v", &mount]);
    assert_eq!(rights(), "2000 750", "not when there is something in it");
    // Also an empty directory of the image: none of them copied a file.
    assert_eq!(hand.inside("look", &["ls", "-A", "/v"]), "file");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn ports_and_addresses_are_taken_at_start() {
    let hand = Hand::new("ports");
    let publish = format!("127.0.0.1:{}:80", free_port());
    for name in ["one", "two"] {
        hand.create(name, "nginx", &["-p", &publish]);
    }
    hand.works(&["start"], "one");
    hand.fails(&["start"], "two", "port is already allocated");
    hand.works(&["stop"], "one");
    hand.works(&["start"], "two");
    hand.fails(&["start"], "one", "port is already allocated");
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_stopped_container_keeps_the_network_it_was_in() {
    let hand = Hand::new("network");
    let network = hand.name("n");
    docker(&["network", "create", &network]);
    hand.run("user", "nginx", &["--network", &network]);
    hand.works(&["stop"], "user");
    docker(&["network", "rm", &network]);
    docker(&["network", "create", &network]);
    hand.fails(&["start"], "user", "not found");
    // Both by name: the engine finds the place by the name, and gives the new network's.
    docker(&["network", "disconnect", &network, &hand.name("user")]);
    docker(&["network", "connect", &network, &hand.name("user")]);
    hand.works(&["start"], "user");
    let place = &hand.inspect("user")["NetworkSettings"]["Networks"][&network]["NetworkID"];
    assert_eq!(*place, inspect("network", &network)["Id"]);
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn labels_go_from_image_to_container_and_by_commit_to_images() {
    let hand = Hand::new("labels");
    hand.create("one", "nginx", &["--label", "dmap.e2e=mine"]);
    let labels = hand.inspect("one")["Config"]["Labels"].clone();
    assert!(labels["dmap.fixture"].is_string(), "from the image: {labels}");
    let image = format!("{REPOSITORY}/nginx:{}", hand.site.name);
    docker(&["commit", &hand.name("one"), &image]);
    assert_eq!(inspect("image", &image)["Config"]["Labels"], labels);
    docker(&["create", "--name", &hand.name("two"), &image]);
    assert_eq!(hand.inspect("two")["Config"]["Labels"]["dmap.e2e"], "mine", "so a label proves nothing");
    hand.works(&["rm"], "two");
}
