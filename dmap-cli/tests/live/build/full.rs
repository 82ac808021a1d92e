//! Builds on an engine whose disk is full.

use super::{BUILDERS, build, is_there, name, write};
use crate::docker::docker;
use crate::private::Daemon;
use crate::site::Site;

/// How large the engine's disk is.
const SIZE: &str = "96m";
const MIB: usize = 1 << 20;

/// A daemon with a small disk and nothing on it; the one with the usual disk comes back afterwards.
struct SmallDisk {
    root: String,
}

impl SmallDisk {
    #[track_caller]
    fn new() -> Self {
        let daemon = Daemon::here();
        let root = daemon.folder().join("root").display().to_string();
        let next = daemon.ended_by("TERM");
        let mounted =
            next.beside(&["mount", "-t", "tmpfs", "-o", &format!("size={SIZE}"), "dmap-disk", &root]);
        assert_eq!(mounted.code, 0, "{}", mounted.text());
        next.begins();
        Self { root }
    }

    #[track_caller]
    fn resize(&self, size: &str) {
        let resized = Daemon::here().beside(&["mount", "-o", &format!("remount,size={size}"), &self.root]);
        assert_eq!(resized.code, 0, "{}", resized.text());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let next = Daemon::here().ended_by("TERM");
        next.beside(&["umount", "--lazy", &self.root]);
        next.begins();
    }
}

/// What does not fit is a context of 128 MiB, and a layer of 60 MiB beside its context.
#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn builds_on_a_full_disk_of_a_private_engine_leave_nothing() {
    for builder in BUILDERS {
        let disk = SmallDisk::new();
        let site = Site::new(&format!("build-full-{builder}"));
        let tag = name(&site, "full");
        write(&site, "Dockerfile", "FROM scratch\nLABEL a=b\nCOPY file /\n");
        for mebibytes in [128, 60] {
            write(&site, "file", vec![b'x'; mebibytes * MIB]);
            let said = build(&site, builder, &tag, &[], 1).stderr;
            assert!(said.contains("no space left on device"), "{builder}, {mebibytes} MiB: {said}");
            assert!(!is_there(&tag), "{builder}, {mebibytes} MiB");
            assert_eq!(docker(&["image", "ls", "--all", "--quiet"]), "", "{builder}, {mebibytes} MiB");
            assert_eq!(docker(&["ps", "--all", "--quiet"]), "", "{builder}, {mebibytes} MiB");
        }
        // The same build goes through where there is room, whatever BuildKit keeps in its cache.
        disk.resize("512m");
        build(&site, builder, &tag, &[], 0);
        drop(disk);
        assert!(is_there(&super::base()), "the engine has its disk again");
    }
}
