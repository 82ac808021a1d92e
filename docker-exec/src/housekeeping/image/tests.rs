use super::*;

fn image(id: &str, created: i64, tags: &[&str]) -> FoundImage {
    FoundImage {
        id: id.to_owned(),
        parent: None,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        digests: BTreeSet::new(),
        created,
        size: 1000,
        labels: BTreeMap::new(),
        is_used: false,
    }
}

fn on(parent: &str, image: FoundImage) -> FoundImage {
    FoundImage { parent: Some(parent.to_owned()), ..image }
}

fn used(image: FoundImage) -> FoundImage {
    FoundImage { is_used: true, ..image }
}

/// Two repositories with a history, a chain of the classic builder, and what has no name.
fn engine() -> Vec<FoundImage> {
    vec![
        image("app1", 1, &["app:1"]),
        used(image("app2", 2, &["app:2"])),
        image("app3", 3, &["app:3"]),
        image("app4", 4, &["app:4", "app:latest"]),
        image("app5", 5, &["app:5", "other:5"]),
        image("reg1", 1, &["localhost:5000/team/tool:1"]),
        image("base", 1, &["base:1"]),
        on("base", image("between", 2, &[])),
        on("between", image("top", 3, &["top:latest"])),
        on("between", image("failed", 3, &[])),
        on("failed", image("more", 3, &[])),
        image("loose", 1, &[]),
        used(image("busy", 1, &[])),
        FoundImage { size: 0, ..image("nothing", 1, &[]) },
    ]
}

fn chosen(rules: &ImageRules) -> (String, String) {
    let choice = rules.choose(&engine());
    let ids: Vec<&str> = choice.chosen.iter().map(|image| image.id.as_str()).collect();
    let spared: Vec<String> =
        choice.spared.iter().map(|(image, why)| format!("{} {why:?}", image.id)).collect();
    (ids.join(" "), spared.join(", "))
}

fn old(prefix: &str, keep: &[&str], newest: usize) -> ImageRules {
    let keep = keep.iter().map(|tag| (*tag).to_owned()).collect();
    ImageRules { old: Some(OldTags { prefix: prefix.to_owned(), keep, newest }), labels: Vec::new() }
}

#[test]
fn untagged_ones_that_nobody_needs() {
    let (ids, spared) = chosen(&ImageRules::default());
    assert_eq!(ids, "more failed loose", "what is built on others goes first");
    assert_eq!(spared, "busy Used");
}

#[test]
fn old_tags_but_those_to_keep() {
    let (ids, spared) = chosen(&old("", &["latest"], 0));
    assert_eq!(ids, "more failed loose app1 app3 app5 reg1");
    assert_eq!(spared, "busy Used, app2 Used, base BuiltOn");
    assert_eq!(chosen(&old("", &["latest", "1"], 0)).0, "more failed loose app3 app5");
}

#[test]
fn the_newest_of_each_repository_stay() {
    assert_eq!(chosen(&old("app:", &[], 0)).0, "app1 app3 app4", "`app5` has a tag that is not meant");
    assert_eq!(chosen(&old("app:", &[], 1)).0, "app1 app3 app4");
    assert_eq!(chosen(&old("app:", &[], 2)).0, "app1 app3");
    assert_eq!(chosen(&old("", &[], 1)).0, "more failed loose app1 app3 app4");
    // The port of a registry is no tag.
    assert_eq!(chosen(&old("localhost:5000/", &["latest"], 0)).0, "reg1");
}

#[test]
fn only_those_with_a_label() {
    let mut found = engine();
    found[11].labels.insert("of".to_owned(), "ci".to_owned());
    let rules = |label| ImageRules { old: None, labels: vec![LabelFilter::new(label)] };
    let ids =
        |label| rules(label).choose(&found).chosen.into_iter().map(|image| image.id).collect::<Vec<_>>();
    assert_eq!(ids("of=ci"), ["loose"]);
    assert_eq!(ids("of=us"), [""; 0]);
}

/// Whatever an engine says of parents, choosing ends, and nothing is chosen that something needs that stays.
#[test]
fn a_circle_of_parents_is_no_trap() {
    let found = [on("b", image("a", 1, &[])), on("a", image("b", 1, &[])), on("a", used(image("c", 1, &[])))];
    assert!(ImageRules::default().choose(&found).chosen.is_empty());
    assert_eq!(ImageRules::default().choose(&found[..2]).chosen.len(), 2);
}
