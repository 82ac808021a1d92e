//! What holds for any text.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::{fixtures, load};

/// Pieces that maps are made of, so that mutations are near misses more often than noise.
const PIECES: &[&str] = &[
    "",
    "\n",
    " ",
    "  ",
    ":",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "~",
    "null",
    "true",
    "*a",
    "&a ",
    "<<: *a",
    "!path ",
    "|",
    ">",
    "#",
    "80",
    "-1",
    "99999",
    "/",
    "/data",
    "..",
    "name",
    "host",
    "uses",
    "extends: ",
    "web",
    "äö€",
    "\u{0}",
    "\t",
    "\r\n",
];

/// Loads a text and checks what has to hold for whatever comes out.
fn check(text: &str) {
    container_map::fuzz::map(text.as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn loading_never_panics_on_arbitrary_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn loading_never_panics_on_pieces_of_maps(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        check(&pieces.concat());
    }

    #[test]
    fn loading_never_panics_on_mutated_maps(
        fixture in any::<Index>(),
        cuts in prop::collection::vec((any::<Index>(), 0usize..12, prop::sample::select(PIECES)), 1..6),
    ) {
        let fixtures: Vec<(String, String)> = fixtures("valid");
        let mut text: Vec<char> = fixture.get(&fixtures).1.chars().collect();
        for (place, length, piece) in cuts {
            let start = place.index(text.len() + 1);
            let end = (start + length).min(text.len());
            text.splice(start..end, piece.chars());
        }
        check(&text.into_iter().collect::<String>());
    }
}

#[test]
fn loading_gives_the_same_twice() {
    for (name, text) in [fixtures("valid"), fixtures("invalid")].concat() {
        assert_eq!(load(&text), load(&text), "{name}");
    }
}
