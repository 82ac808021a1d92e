//! A volume on a full disk.

use crate::checks::{inside, plan_is_empty, running, tree};
use crate::private::Daemon;
use crate::site::Site;

/// A file system of the size that is given, as the engine sees it.
struct Disk<'a> {
    daemon: &'a Daemon,
    path: String,
}

impl<'a> Disk<'a> {
    #[track_caller]
    fn new(daemon: &'a Daemon, name: &str, size: &str) -> Self {
        let path = daemon.folder().join(name).display().to_string();
        let disk = Self { daemon, path };
        disk.run(&["mkdir", "-p", &disk.path]);
        disk.run(&["mount", "-t", "tmpfs", "-o", &format!("size={size}"), "dmap-disk", &disk.path]);
        disk
    }

    #[track_caller]
    fn resize(&self, size: &str) {
        self.run(&["mount", "-o", &format!("remount,size={size}"), &self.path]);
    }

    #[track_caller]
    fn run(&self, words: &[&str]) {
        let ended = self.daemon.beside(words);
        assert_eq!(ended.code, 0, "{words:?}: {}", ended.text());
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        self.daemon.beside(&["umount", "--lazy", &self.path]);
    }
}

/// The image has two files there; on this disk there is room for one.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_volume_on_a_full_disk_of_a_private_engine_is_filled_when_there_is_room() {
    let daemon = Daemon::here();
    let disk = Disk::new(&daemon, "full", "4k");
    let site = Site::new("full");
    site.write(&format!(
        "app: {{image: data, attaches: files, user: 2000, permissions: 'u=rwX,g=rX,o='}}\n\
         web: {{image: nginx}}\n\
         volumes: {{files: {{default_path: /data, driver_options: {{type: none, o: bind, device: {}}}}}}}",
        disk.path
    ));
    // The second time there is nothing else to do.
    for code in [3, 1] {
        let said = site.dmap_ends(&["up", "--yes"], code).text();
        assert!(said.contains("no space left on device"), "{said}");
        assert!(said.contains(&format!("volume `{}`", site.full("files"))), "{said}");
        running(&site, &["web"]);
    }
    disk.resize("1m");
    site.up(&[]);
    running(&site, &["app", "web"]);
    let expected =
        ["/v 2000:2000 750", "/v/a 2000:2000 640", "/v/sub 2000:2000 750", "/v/sub/run 2000:2000 750"];
    assert_eq!(tree(&site, "files"), expected);
    assert_eq!(inside(&site, "app", &["cat", "/data/a"]), "a");
    plan_is_empty(&site, &[]);
    assert_eq!(site.objects("container"), [site.full("app"), site.full("web")]);
}
