//! What only frontends of the `labs` channel know, which no engine has built in.

use std::{env, fs};

use dockerfile_builder::{CopyFiles, Dockerfile, Run, Security};

use super::newer::is_newer;
use super::{base, build, is_there, look, name, write};
use crate::site::Site;

/// The path of such a frontend's program, if there is one; CONTRIBUTING says how to make it.
const FRONTEND: &str = "DMAP_E2E_FRONTEND";

/// Makes the frontend's image on the engine, and returns its name.
#[track_caller]
fn frontend(site: &Site, program: &str) -> String {
    fs::copy(program, site.path("app/frontend")).expect("the frontend is there");
    // What the engine asks the image of a frontend.
    let dockerfile = Dockerfile::from("scratch")
        .label("moby.buildkit.frontend.network.none", "true")
        .label(
            "moby.buildkit.frontend.caps",
            "moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests",
        )
        .copy("frontend".parse::<dockerfile_builder::ContextPath>().expect("it is a path"), "/bin/frontend")
        .entrypoint(["/bin/frontend"]);
    write(site, "Dockerfile", dockerfile.build().to_string());
    let image = name(site, "frontend");
    build(site, "buildkit", &image, &[], 0);
    image
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_frontend_of_the_labs_knows_parents_devices_and_security() {
    let site = Site::new("build-labs");
    for file in ["a/b/kept.txt", "a/c/kept.txt", "a/c/left.log"] {
        write(&site, file, file);
    }
    let from = ["a/b/kept.txt", "a/c"].map(|path| path.parse().expect("it is a path"));
    let tag = name(&site, "labs");
    let program = env::var(FRONTEND).ok().filter(|_| is_newer());
    let preamble = match &program {
        Some(program) => Dockerfile::preamble().syntax(frontend(&site, program)),
        None => Dockerfile::preamble(),
    };
    let dockerfile = preamble
        .from(base().as_str())
        .copy_with(CopyFiles::context(from, "/kept/").parents().exclude("**/*.log"))
        .run(Run::from("echo secure > /secure").security(Security::Sandbox))
        .run(Run::from("echo no device > /device").device("example.org/none=any", false));
    write(&site, "Dockerfile", dockerfile.build().to_string());
    if program.is_none() {
        // What is built in refuses it, and names what it does not know.
        let refused = build(&site, "buildkit", &tag, &[], 1).stderr.to_lowercase();
        assert!(
            refused.contains("unknown flag: parents") || refused.contains("unknown flag: --parents"),
            "{refused}"
        );
        assert!(!is_there(&tag));
        return;
    }
    build(&site, "buildkit", &tag, &[], 0);
    let found = look(&site, &tag, "cd /kept && find . -type f | sort && cat /secure /device");
    assert_eq!(found, "./a/b/kept.txt\n./a/c/kept.txt\nsecure\nno device");
    let insecure = Dockerfile::preamble().syntax(name(&site, "frontend")).from(base().as_str());
    let insecure = insecure.run(Run::from("true").security(Security::Insecure));
    write(&site, "Dockerfile", insecure.build().to_string());
    let refused = build(&site, "buildkit", &tag, &[], 1).stderr;
    assert!(refused.contains("security.insecure is not allowed"), "{refused}");
}
