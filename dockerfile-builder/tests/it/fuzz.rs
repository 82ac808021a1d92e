//! The fuzz bodies with random input: arbitrary bytes, and what is almost right.

use std::path::Path;

use dockerfile_builder::fuzz;
use proptest::prelude::*;
use tar::{Builder, EntryType, Header};

use crate::render::hostile;

/// Lines that are almost those of a Dockerfile.
fn dockerfile() -> impl Strategy<Value = String> {
    let keyword = "(from|FROM|RUN|COPY|ADD|ENV|ARG|LABEL|EXPOSE|VOLUME|HEALTHCHECK|SHELL|ONBUILD RUN|USER|#|# syntax=|CMD)";
    let option = "( --(from|mount|chown|link|interval)(=[a-z0-9=,/-]{0,12})?)?";
    let line = (keyword, option, hostile(), "( \\\\\n)?")
        .prop_map(|(keyword, option, text, end)| format!("{keyword}{option} {text}{end}"));
    proptest::collection::vec(line, 0..6).prop_map(|lines| format!("FROM a\n{}", lines.join("\n")))
}

/// Lines of pieces that mean something in a pattern.
fn patterns() -> impl Strategy<Value = String> {
    "((!|#|/|\\*|\\*\\*|\\?|\\[|\\]|\\^|-|\\\\|a|b|\\.|\\.\\.|ö| |\t|\r){0,8}\n){0,4}"
}

/// An archive of entries with odd names, cut off somewhere or not.
fn archive() -> impl Strategy<Value = Vec<u8>> {
    let entry = ("(\\.\\.|\\.|/|a|b){1,6}", "(\\.\\.|/|a|b){0,4}", 0_usize..8, any::<[u8; 3]>());
    (proptest::collection::vec(entry, 0..5), proptest::option::of(0_usize..3000)).prop_map(
        |(entries, cut)| {
            let types = [
                EntryType::Regular,
                EntryType::Directory,
                EntryType::Symlink,
                EntryType::Link,
                EntryType::Fifo,
            ];
            let mut builder = Builder::new(Vec::new());
            for (name, link, entry_type, content) in entries {
                let mut header = Header::new_gnu();
                header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
                header.as_mut_bytes()[157..157 + link.len()].copy_from_slice(link.as_bytes());
                let entry_type = *types.get(entry_type).unwrap_or(&EntryType::Regular);
                header.set_entry_type(entry_type);
                header.set_mode(0o644);
                let content = if entry_type == EntryType::Regular { &content[..] } else { &[] };
                header.set_size(content.len() as u64);
                header.set_cksum();
                builder.append(&header, content).unwrap();
            }
            let mut bytes = builder.into_inner().unwrap();
            bytes.truncate(cut.unwrap_or(usize::MAX));
            bytes
        },
    )
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        for body in [fuzz::dockerfile, fuzz::ignore, fuzz::archive, fuzz::path] {
            body(&bytes);
        }
    }

    #[test]
    fn almost_a_dockerfile(text in dockerfile()) {
        fuzz::dockerfile(text.as_bytes());
    }

    #[test]
    fn almost_patterns(text in patterns()) {
        fuzz::ignore(text.as_bytes());
    }

    #[test]
    fn almost_an_archive(bytes in archive()) {
        fuzz::archive(&bytes);
    }

    #[test]
    fn almost_a_path(text in "(\\.\\.|\\.|/|a|b|\0|sha256:)[0-9a-f]{0,70}(/|\\.\\.)?") {
        fuzz::path(text.as_bytes());
    }
}

#[test]
fn every_body_has_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = std::fs::read_to_string(folder.join("src/fuzz.rs")).unwrap();
    let manifest = std::fs::read_to_string(folder.join("fuzz/Cargo.toml")).unwrap();
    let bodies = source.lines().filter_map(|line| line.strip_prefix("pub fn ")?.split('(').next());
    let mut count = 0;
    for body in bodies {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{body}.rs\"")), "{body}");
        let target = std::fs::read_to_string(folder.join(format!("fuzz/fuzz_targets/{body}.rs"))).unwrap();
        assert!(target.contains(&format!("dockerfile_builder::fuzz::{body}(")), "{body}");
        count += 1;
    }
    assert_eq!(count, 4);
}
