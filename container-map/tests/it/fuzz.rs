//! The fuzz bodies with random input: arbitrary bytes, and what is almost right.

use container_map::fuzz;
use proptest::prelude::*;

/// Pieces of values, so that random texts come close to being one.
const PIECES: &[&str] = &[
    "",
    "a",
    "b9",
    "web",
    "A",
    "_",
    "-",
    "--",
    ".",
    "..",
    "/",
    "//",
    ":",
    "@",
    "=",
    ",",
    "+",
    "%",
    " ",
    "\t",
    "\0",
    "ä",
    "€",
    "0",
    "1",
    "7",
    "8",
    "80",
    "0755",
    "65535",
    "65536",
    "2147483647",
    "18446744073709551616",
    "1.5",
    ".5",
    "1e3",
    "-1",
    "tcp",
    "udp",
    "sctp",
    "/tcp",
    "80-90",
    "s",
    "ms",
    "us",
    "µs",
    "ns",
    "m",
    "h",
    "1h30m",
    "k",
    "kb",
    "KiB",
    "g",
    "GB",
    "u",
    "g",
    "o",
    "rwX",
    "u=rwX",
    "g=u",
    "a+x",
    "st",
    "SIG",
    "KILL",
    "RTMIN+1",
    "RTMAX-1",
    "term",
    "root",
    "1000:1000",
    "latest",
    ":1.29",
    "docker.io/",
    "library/",
    "localhost:5000/",
    "[::1]:5000/",
    "registry.example.org:5000/",
    "sha256:",
    "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "container/",
    "volume/",
    "network/",
    "image/",
    "dmap",
    "dmap-next",
    "bridge",
    "site.web",
    "site.web.blue",
    "default",
];

/// Bytes that are arbitrary, or pieces of values.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..8);
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..200),
        1 => any::<String>().prop_map(String::into_bytes),
        4 => pieces.prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}

/// Runs each body of the module `fuzz` as a property.
macro_rules! bodies {
    ($($body:ident),*) => {
        proptest! {
            $(
                #[test]
                fn $body(bytes in bytes()) {
                    fuzz::$body(&bytes);
                }
            )*
        }

        /// The names of the bodies that have a property here.
        const BODIES: &[&str] = &[$(stringify!($body)),*];
    };
}

bodies!(map, names, image, port, size, duration, mode, path, user, signal, key);

#[test]
fn every_body_has_a_property_and_a_target() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = std::fs::read_to_string(folder.join("src/fuzz.rs")).unwrap();
    let bodies: Vec<&str> =
        source.lines().filter_map(|line| line.strip_prefix("pub fn ")?.split('(').next()).collect();
    assert_eq!(bodies, BODIES);
    for body in bodies {
        let target = std::fs::read_to_string(folder.join(format!("fuzz/fuzz_targets/{body}.rs"))).unwrap();
        assert!(target.contains(&format!("container_map::fuzz::{body}(")), "{body}");
    }
}
