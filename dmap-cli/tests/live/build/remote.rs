//! What is fetched from addresses while an image is built.

use std::fs;
use std::process::Command;

use dockerfile_builder::{AddFiles, AddSource, BuildContext, Dockerfile, Encoding, MemoryTree};

use super::newer::is_newer;
use super::{BUILDERS, base, build, is_there, left, look, name, write};
use crate::docker::ended;
use crate::host::HostProgram;
use crate::site::{Site, free_port};

/// A folder whose files are on the engine's loopback.
struct Served {
    folder: String,
    port: u16,
    _program: HostProgram,
}

impl Served {
    #[track_caller]
    fn start(site: &Site) -> Self {
        let (folder, port) = (site.host_folder("served"), free_port());
        let at = format!("127.0.0.1:{port}");
        let program =
            HostProgram::start(site, "files", &["busybox", "httpd", "-f", "-p", &at, "-h", &folder]);
        program.wait_for(port);
        Self { folder, port, _program: program }
    }

    /// Writes a file that is served.
    #[track_caller]
    fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(format!("{}/{name}", self.folder), content).expect("the file can be written");
    }

    fn address(&self, path: &str) -> AddSource {
        AddSource::Remote(format!("http://127.0.0.1:{}/{path}", self.port))
    }
}

/// An archive with a file `Dockerfile` in it.
fn archive() -> Vec<u8> {
    let mut archive = Vec::new();
    let content = BuildContext::new(Dockerfile::from("scratch").build());
    content.pack(&MemoryTree::new(), Encoding::Plain, &mut archive).expect("it can be packed");
    archive
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn files_are_added_from_addresses() {
    let site = Site::new("build-remote");
    let served = Served::start(&site);
    served.file("a file.txt", "fetched\n");
    let archive = archive();
    served.file("archive.tar", &archive);
    let owned = AddFiles::new([served.address("a%20file.txt?x=$HOME")], "/as it/is called").chown("33:2000");
    let dockerfile = Dockerfile::from(base().as_str()).env("HOME", "/somewhere").add_with(owned).add_with(
        AddFiles::new([served.address("a%20file.txt"), served.address("archive.tar")], "/by name/"),
    );
    write(&site, "Dockerfile", dockerfile.build().to_string());
    for builder in BUILDERS {
        let tag = name(&site, builder);
        build(&site, builder, &tag, &[], 0);
        let found = look(&site, &tag, "stat -c '%a %u:%g' '/as it/is called' && cat '/as it/is called'");
        assert_eq!(found, "600 33:2000\nfetched", "{builder}");
        // What is fetched is not unpacked.
        let found = look(&site, &tag, "cd '/by name' && ls && wc -c <archive.tar");
        assert_eq!(found, format!("a file.txt\narchive.tar\n{}", archive.len()), "{builder}");
    }

    // What is not there fails its step, and leaves nothing.
    let missing =
        Dockerfile::from(base().as_str()).add_with(AddFiles::new([served.address("none")], "/none"));
    write(&site, "Dockerfile", missing.build().to_string());
    let before = left(&site);
    for builder in BUILDERS {
        let tag = name(&site, "missing");
        let failed = build(&site, builder, &tag, &[], 1).stderr;
        assert!(failed.contains("404") && failed.contains("none"), "{builder}: {failed}");
        assert!(!is_there(&tag), "{builder}");
        assert_eq!(left(&site), before, "{builder}");
    }
}

/// The digest of what is served.
const RIGHT: &str = "sha256:f6e379b0639054c51806fd5d67948cbcaebd354b0e91a7683932b043c5c3ba32";

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn newer_builders_check_what_they_fetch() {
    let site = Site::new("build-checked");
    let served = Served::start(&site);
    served.file("file", "fetched\n");
    served.file("archive.tar", archive());
    let with = |digest: &str| {
        let add = AddFiles::new([served.address("file")], "/file").checksum(digest).link();
        let unpacked = AddFiles::new([served.address("archive.tar")], "/unpacked/").unpack(true);
        let dockerfile = Dockerfile::from(base().as_str()).add_with(add).add_with(unpacked);
        write(&site, "Dockerfile", dockerfile.build().to_string());
    };
    let tag = name(&site, "checked");
    with(RIGHT);
    if !is_newer() {
        let refused = build(&site, "buildkit", &tag, &[], 1).stderr;
        assert!(refused.to_lowercase().contains("unknown flag: checksum"), "{refused}");
        return;
    }
    build(&site, "buildkit", &tag, &[], 0);
    assert_eq!(look(&site, &tag, "cat /file; ls /unpacked"), "fetched\nDockerfile");
    with(&RIGHT.replace("f6e3", "f6e0"));
    let other = name(&site, "other");
    let failed = build(&site, "buildkit", &other, &["--no-cache"], 1).stderr;
    assert!(failed.contains("digest mismatch"), "{failed}");
    assert!(!is_there(&other));
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn newer_builders_add_repositories() {
    let site = Site::new("build-git");
    let (folder, port) = (site.host_folder("repositories"), free_port());
    let git = |words: &[&str]| {
        let who = ["-c", "user.name=me", "-c", "user.email=me@example.org", "-C", &folder];
        let ended = ended(Command::new("git").args(who).args(words));
        assert_eq!(ended.code, 0, "{}", ended.text());
    };
    let add = |path: &str| {
        let address = AddSource::Remote(format!("git://127.0.0.1:{port}/{path}"));
        AddFiles::new([address], "/added")
    };
    let dockerfile = |add: AddFiles| {
        write(&site, "Dockerfile", Dockerfile::from(base().as_str()).add_with(add).build().to_string());
    };
    let tag = name(&site, "git");
    dockerfile(add("project.git#side:docs"));
    if !is_newer() {
        // It is taken for a file.
        let refused = build(&site, "buildkit", &tag, &[], 1).stderr;
        assert!(refused.contains("project.git"), "{refused}");
        assert!(!is_there(&tag));
        return;
    }
    git(&["init", "--quiet", "--initial-branch=main", "project.git"]);
    fs::create_dir(format!("{folder}/project.git/docs")).expect("the folder can be made");
    for (branch, text) in [("main", "of main\n"), ("side", "of the side\n")] {
        git(&["-C", "project.git", "checkout", "--quiet", "-B", branch]);
        fs::write(format!("{folder}/project.git/docs/file"), text).expect("the file can be written");
        git(&["-C", "project.git", "add", "."]);
        git(&["-C", "project.git", "commit", "--quiet", "--message", branch]);
    }
    let (base_path, at) = (format!("--base-path={folder}"), format!("--port={port}"));
    let words = ["git", "daemon", "--export-all", "--reuseaddr", "--listen=127.0.0.1", &base_path, &at];
    let daemon = HostProgram::start(&site, "repositories", &words);
    daemon.wait_for(port);
    build(&site, "buildkit", &tag, &[], 0);
    assert_eq!(look(&site, &tag, "ls -A /added; cat /added/file"), "file\nof the side");
    dockerfile(add("project.git#main").keep_git_dir());
    build(&site, "buildkit", &tag, &[], 0);
    assert_eq!(look(&site, &tag, "ls -A /added; cat /added/docs/file"), ".git\ndocs\nof main");
}
