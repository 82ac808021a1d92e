//! Builds that fail: a clear error with the line, and nothing left.

use super::{BUILDERS, base, build, is_there, left, name, write};
use crate::site::Site;

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn a_failed_build_names_the_line_and_leaves_nothing() {
    for builder in BUILDERS {
        let site = Site::new(&format!("build-fails-{builder}"));
        let text = format!(
            "ARG V=1\nFROM {}\n\nRUN echo made-{} > /x\n# why\nRUN echo told; \\\n    echo wrong >&2; \\\n    exit 7\nRUN true\n",
            base(),
            site.name
        );
        write(&site, "Dockerfile", text);
        let tag = name(&site, "fails");
        let said = build(&site, builder, &tag, &["--quiet", "--tag", &name(&site, "other")], 1);
        assert_eq!(said.stdout, "");
        for words in ["app/Dockerfile:6", "RUN echo told", "told\n", "wrong", "7"] {
            assert!(said.stderr.contains(words), "{words}: {}", said.stderr);
        }
        assert_eq!(left(&site), Vec::<String>::new(), "{builder}: no container and no image is left");
    }
}

#[test]
#[ignore = "needs a Docker daemon: cargo xtask e2e"]
fn builds_refuse_bad_input_before_anything_is_made() {
    for builder in BUILDERS {
        let site = Site::new(&format!("build-bad-{builder}"));
        let tag = name(&site, "bad");
        write(&site, "file", "x");
        let fails = |words: &[&str]| {
            let said = build(&site, builder, &tag, &[], 1).stderr;
            for words in words {
                assert!(said.contains(words), "{builder}: {words}: {said}");
            }
        };
        fails(&["has no `Dockerfile`", "`--dockerfile PATH`"]);
        write(&site, "Dockerfile", format!("FROM {}\nRUN true\nFLY away\n", base()));
        fails(&["app/Dockerfile:3", "FLY"]);
        write(&site, "Dockerfile", format!("FROM {}\nRUN : {}\nCOPY missing /\n", base(), site.name));
        fails(&["app/Dockerfile:3", "missing"]);
        write(&site, "Dockerfile", "FROM dmap-fixture/not-there:never\n");
        fails(&["app/Dockerfile:1", "not-there"]);
        write(&site, "Dockerfile", format!("FROM {}\n", base()));
        write(&site, ".dockerignore", "fine\n[\n");
        fails(&[".dockerignore", "line 2"]);
        assert!(!is_there(&tag));
        assert_eq!(left(&site), Vec::<String>::new(), "{builder}: nothing is left");
    }
}
