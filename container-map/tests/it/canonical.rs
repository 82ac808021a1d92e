//! The canonical form: what it looks like, and that it is read as the map it was made from.

use container_map::{ContainerMap, Draft};

use crate::{fixtures, load};

#[test]
fn every_valid_fixture_has_its_canonical_form() {
    for (name, text) in fixtures("valid") {
        let map = load(&text).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("canonical__{name}"), map.document());
        });
        assert_same(&name, &map);
    }
}

/// Checks that everything that is made from a map is this map again.
#[track_caller]
fn assert_same(what: &str, map: &ContainerMap) {
    let text = map.document().to_string();
    let read = load(&text).unwrap_or_else(|error| panic!("{what}: {error:?}\n{text}"));
    assert_eq!(&read, map, "{what}\n{text}");
    // The order counts as well, which the comparison of maps does not look at.
    assert_eq!(read.document().to_string(), text, "{what}");
    let draft = Draft::from(map).check().unwrap_or_else(|error| panic!("{what}: {error:?}"));
    assert_eq!(&draft, map, "{what}");
}
