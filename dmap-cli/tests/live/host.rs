//! Programs on the engine's host, so that they are on its loopback whatever network the engine itself is in.

use crate::checks::eventually;
use crate::docker::{docker, try_docker};
use crate::site::{REPOSITORY, Site};

/// A program that runs for as long as this value lives, in a container of the engine's host network.
pub(crate) struct HostProgram {
    container: String,
}

impl HostProgram {
    /// Starts a program of the machine, which sees the folders that the engine sees.
    #[track_caller]
    pub(crate) fn start(site: &Site, name: &str, program: &[&str]) -> Self {
        // It is none of the scenario's own objects, whose names begin with the scenario's.
        let container = format!("{name}.{}", site.name);
        let label = format!("dmap.e2e={}", std::env::var("DMAP_E2E_PREFIX").unwrap_or_default());
        let image = format!("{REPOSITORY}/nginx");
        let words = ["run", "--detach", "--name", &container, "--label", &label, "--network", "host"];
        // Its program needs the libraries of the machine.
        let mount = ["--volume", "/:/host", "--entrypoint", "", &image, "chroot", "/host"];
        docker(&[&words[..], &mount, program].concat());
        Self { container }
    }

    /// Waits until something listens on a port of the engine's host.
    #[track_caller]
    pub(crate) fn wait_for(&self, port: u16) {
        // As the kernel lists it: a local address with the port, no other side, and the state of listening.
        let line = format!(":{port:04X} 0*:0000 0A ");
        let words = ["exec", &self.container, "grep", "-q", &line, "/proc/net/tcp", "/proc/net/tcp6"];
        eventually("something listens on the port", || try_docker(&words).code == 0);
    }
}

impl Drop for HostProgram {
    fn drop(&mut self) {
        let _ = try_docker(&["rm", "--force", "--volumes", &self.container]);
    }
}
