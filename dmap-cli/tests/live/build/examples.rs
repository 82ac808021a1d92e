//! The programs of the project's first document, as examples of the library.

use super::{BUILDERS, look, name, write};
use crate::docker::{docker, ended, example, inspect};
use crate::site::{REPOSITORY, Site};

/// Runs an example and returns what it printed.
#[track_caller]
fn printed_by(program: &str, words: &[&str]) -> String {
    let ended = ended(example(program).args(words));
    assert_eq!(ended.code, 0, "{}", ended.text());
    ended.stdout.trim().to_owned()
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn examples_that_build_images_run() {
    for builder in BUILDERS {
        let site = Site::new(&format!("build-examples-{builder}"));
        let base = format!("{REPOSITORY}/ubuntu");
        let tag = name(&site, &format!("{}/new_base_image", site.name));
        let printed = printed_by("simple_dockerfile", &[&tag, &base, builder]);
        assert_eq!(inspect("image", &tag)["Id"], printed.as_str());
        assert_eq!(look(&site, &tag, "cat /var/log/apt"), "update\n-y upgrade");
        let latest = format!("{}/new_base_image:latest", site.name);
        assert_eq!(inspect("image", &latest)["Id"], printed.as_str(), "it is called latest, too");
        docker(&["image", "rm", &latest]);

        write(&site, "home/user/myfiles/a", "a\n");
        write(&site, "home/user/myfiles/sub/b", "b\n");
        write(&site, "home/user/other", "not sent\n");
        let (tag, folder) = (name(&site, "new_image"), site.path("app").display().to_string());
        let printed = printed_by("image_with_files", &[&folder, "home/user/myfiles", &tag, &base, builder]);
        assert_eq!(inspect("image", &tag)["Id"], printed.as_str());
        assert_eq!(look(&site, &tag, "cd /var/lib/myfiles && cat a sub/b"), "a\nb");
        // The classic builder leaves what it built in steps, so which one it was can be seen.
        let is_classic = inspect("image", &tag)["Parent"] != "";
        assert_eq!(is_classic, builder == "classic");
    }
}
