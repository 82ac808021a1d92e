//! Texts that mean harm, or look as if: a clear answer in bounded time and memory, and never an overflow.
//!
//! A test that takes minutes here has found a cost that grows faster than its text; there is no clock to say so.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::thread;

use container_map::{LoadError, LoadOptions, ProjectFiles, Violation};

/// What becomes of a text, in short.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Map,
    Syntax(String),
    /// The codes of all problems, each once.
    Problems(Vec<&'static str>),
}

/// Loads a text with as much stack as a thread usually has.
fn answer(text: String) -> Answer {
    with_usual_stack(move || match crate::load(&text) {
        Ok(_) => Answer::Map,
        Err(LoadError::Syntax(error)) => {
            assert!(error.span.is_none_or(|span| text.get(span.bytes()).is_some()));
            Answer::Syntax(error.message)
        }
        Err(LoadError::Invalid(violations)) => {
            let mut codes: Vec<&str> = violations.iter().map(Violation::code).collect();
            codes.sort_unstable();
            codes.dedup();
            Answer::Problems(codes)
        }
    })
}

fn with_usual_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // An overflow ends the process, and with it the test run.
    thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap()
}

/// A map with one container, and the rest of its configuration.
fn web(rest: &str) -> String {
    format!("name: site\nweb: {{image: nginx, {rest}}}\n")
}

fn is_refused(text: &str) {
    let start: String = text.chars().take(60).collect();
    assert_ne!(answer(text.to_owned()), Answer::Map, "{start}…");
}

/// Numbered pieces of a text.
fn repeat(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn what_aliases_blow_up_is_refused() {
    let bomb = |first: &str, [open, close]: [&str; 2], item: &dyn Fn(usize, usize) -> String| {
        let mut text = format!("name: site\na0: &a0 {first}\n");
        for level in 1..10 {
            let items: Vec<String> = (0..10).map(|index| item(level - 1, index)).collect();
            writeln!(text, "a{level}: &a{level} {open}{}{close}", items.join(", ")).unwrap();
        }
        text
    };
    let list = bomb("[x, x]", ["[", "]"], &|level, _| format!("*a{level}"));
    let mapping = bomb("{x: y}", ["{", "}"], &|level, index| format!("k{index}: *a{level}"));
    let merged = bomb("{x: y}", ["{<<: [", "]}"], &|level, _| format!("*a{level}"));
    let long =
        format!("name: site\na: &a {}\nweb: {{shares: [{}]}}\n", "x".repeat(1 << 20), "*a, ".repeat(5_000));
    let itself = "name: site\nweb: &a {<<: *a}\n".to_owned();
    for text in [list, mapping, merged, long, itself] {
        let start: String = text.chars().take(40).collect();
        assert!(matches!(answer(text), Answer::Syntax(_)), "{start}…");
    }
}

#[test]
fn what_variables_blow_up_is_refused() {
    // A long value that a short text names many times, in each of the notations.
    let value = "v".repeat(1 << 20);
    for reference in ["${V}", "${W:-${V}}", "${V:+${V}}", "!path $V", "!path ${V}"] {
        for times in [[1, 100], [100, 1]] {
            let [in_one, texts] = times;
            let (tag, name) = reference.split_once(' ').unwrap_or(("", reference));
            let text = format!("{tag} '{}'", name.repeat(in_one));
            let options = repeat(texts, |index| format!("K{index}: {text}, "));
            let text = web(&format!("create_options: {{environment: {{{options}}}}}"));
            let options =
                LoadOptions { variables: [("V", value.as_str())].into_iter().collect(), name: None };
            let loaded = container_map::load(&text, options);
            assert!(matches!(loaded, Err(LoadError::Syntax(_))), "{reference} {times:?}");
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep = 10_000;
    let indented = repeat(2_000, |level| format!("{}a:\n", " ".repeat(level)));
    for nested in [
        format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("{}{}", "{a: ".repeat(deep), "}".repeat(deep)),
        format!("\n {}", "- ".repeat(deep)),
        format!("\n {}x", "? ".repeat(deep)),
        repeat(deep, |level| format!("&a{level} [")),
        repeat(deep, |level| format!("!a{level} {{b: ")),
    ] {
        for text in [nested.clone(), format!("name: site\nweb: {nested}\n")] {
            assert!(matches!(answer(text), Answer::Syntax(_)), "{}…", &nested[..20]);
        }
    }
    assert!(matches!(answer(indented), Answer::Syntax(_)));
}

#[test]
fn nesting_that_is_read_needs_no_large_stack() {
    let deep = 50;
    let text =
        format!("name: site\nweb: {{image: nginx, binds: {}{}}}\n", "[".repeat(deep), "]".repeat(deep));
    assert_eq!(answer(text), Answer::Problems(vec!["DM006"]));
}

#[test]
fn megabytes_of_one_character_are_answered() {
    for piece in [
        "[", "{", "]", "- ", "a: ", "&a ", "! ", "\"", "'", "|", "%", "#", "\t", "*", "? ", ":", "---\n",
        "\0",
    ] {
        let many = piece.repeat((5 << 20) / piece.len());
        is_refused(&many);
        // A comment or a blank says nothing, so this is a container without a body.
        if !["#", "\t"].contains(&piece) {
            is_refused(&format!("name: site\nweb: {many}"));
        }
    }
}

#[test]
fn control_characters_are_refused() {
    for character in ["\0", "\u{7}", "\u{1b}", "\u{7f}", "\u{fffe}"] {
        for text in [format!("name: a{character}b\n"), web(&format!("user: \"a{character}b\""))] {
            assert!(matches!(answer(text), Answer::Syntax(_)), "{character:?}");
        }
    }
    // Those that YAML lets through are no part of a name, a path or a value with a syntax.
    for escape in ["\\0", "\\x07", "\\e", "\\x7f", "\\N"] {
        for field in ["image", "user", "stop_signal", "permissions", "network_mode", "instances", "links"] {
            is_refused(&format!("name: site\nweb: {{{field}: \"a{escape}b\"}}\n"));
        }
        is_refused(&format!("\"a{escape}b\": {{image: nginx}}\nname: site\n"));
    }
    for escape in ["\\0", "\\x07", "\\e", "\\N"] {
        assert_eq!(
            answer(web(&format!("shares: \"/a{escape}b\""))),
            Answer::Problems(vec!["DM011"]),
            "{escape}"
        );
    }
}

#[test]
fn escapes_that_are_no_characters_are_refused() {
    for escape in ["\\ud800", "\\udfff\\ud800", "\\U00110000", "\\xZZ", "\\u12", "\\q"] {
        for text in [web(&format!("shares: \"/a{escape}\"")), format!("\"{escape}\": x\n")] {
            assert!(matches!(answer(text), Answer::Syntax(_)), "{escape}");
        }
    }
}

#[test]
fn a_scalar_of_ten_thousand_lines_keeps_them() {
    let lines = "        a line\n".repeat(10_000);
    for (style, kept) in [("|", 10_000), (">", 1), ("\"", 1), ("", 1)] {
        let quote = if style == "\"" { style } else { "" };
        let head = "name: site\nweb:\n  create_options:\n    environment:\n      LINES: ";
        let text = format!("{head}{style}\n{lines}        {quote}\n");
        let value = with_usual_stack(move || {
            let map = crate::load(&text).unwrap();
            let config = map.containers().values().next().unwrap();
            format!("{:?}", config.create_options.environment)
        });
        let words = value.matches("a line").count();
        assert_eq!(words, 10_000, "{style}");
        let expected = if kept == 1 { 9_999 } else { 0 };
        assert_eq!(value.matches("line a").count(), expected, "{style}");
    }
    assert_eq!(answer(format!("name: site\nweb:\n  image: |\n{lines}")), Answer::Problems(vec!["DM011"]));
    assert_eq!(
        answer(format!("name: site\n? |\n{lines}: {{image: nginx}}\n")),
        Answer::Problems(vec!["DM010"])
    );
}

#[test]
fn values_of_megabytes_are_answered() {
    let size = 5 << 20;
    for (field, piece) in [
        ("image", "a/"),
        ("shares", "/.."),
        ("permissions", "u+x,"),
        ("stop_timeout", "9"),
        ("stop_signal", "A"),
        ("user", "1"),
        ("network_mode", "a."),
        ("links", "a"),
        ("stop_timeout", "${A:-"),
    ] {
        is_refused(&format!("name: site\nweb: {{{field}: '{}'}}\n", piece.repeat(size / piece.len())));
    }
    is_refused(&format!("name: {}.\n", "a".repeat(size)));
}

#[test]
fn thousands_of_repeated_keys_are_one_kind_of_problem() {
    for text in [
        format!("name: site\n{}", "web: {image: nginx}\n".repeat(20_000)),
        format!("name: site\nweb: {{image: nginx}}\n{}", "host: {a: /b}\n".repeat(20_000)),
        web(&format!("create_options: {{environment: {{{}}}}}", "A: b, ".repeat(20_000))),
        web(&"user: me, ".repeat(20_000)),
    ] {
        assert_eq!(answer(text), Answer::Problems(vec!["DM003"]));
    }
}

#[test]
fn line_ends_and_a_byte_order_mark_do_not_matter() {
    let text =
        "name: site\nweb:\n  image: nginx\n  shares:\n  - /data\n  create_options: {command: \"a\n b\"}\n";
    let plain = crate::load(text).unwrap();
    let marked = format!("\u{feff}{text}");
    for other in
        [text.replace('\n', "\r\n"), text.replace('\n', "\r"), marked.clone(), marked.replace('\n', "\r\n")]
    {
        assert_eq!(crate::load(&other).as_ref(), Ok(&plain), "{other:?}");
    }
    assert!(matches!(answer(format!("name: site\n{marked}")), Answer::Syntax(_)));
}

#[test]
fn tabs_separate_but_do_not_indent() {
    let plain = crate::load("name: site\nweb: {image: nginx}\n");
    assert_eq!(crate::load("name:\tsite\nweb:\t{\timage:\tnginx\t}\t\n"), plain);
    assert!(matches!(answer("name: site\nweb:\n\timage: nginx\n".into()), Answer::Syntax(_)));
}

#[test]
fn small_texts_are_not_large_maps() {
    let count = 2_000;
    let names = |prefix: &str| repeat(count, |index| format!("{prefix}{index}, "));
    // Each instance needs each instance: a million edges, if they were counted one by one.
    let crossed = format!(
        "name: site\napp: {{image: x, instances: [{}]}}\nweb: {{image: x, instances: [{}], links: [{}]}}\n",
        names("p"),
        names("p"),
        names("app.p"),
    );
    assert_eq!(answer(crossed), Answer::Map);
    // Each configuration has what all before it have.
    let chain = repeat(5_000, |index| match index {
        0 => "b0: {image: x, shares: /p0}\n".to_owned(),
        _ => format!("b{index}: {{extends: b{}, shares: /p{index}}}\n", index - 1),
    });
    assert_eq!(answer(format!("name: site\n{chain}")), Answer::Problems(vec!["DM019"]));
}

#[test]
fn thousands_of_unknown_names_are_reported_without_comparing_all() {
    let count = 5_000;
    let containers = |rest: &dyn Fn(usize) -> String| {
        let line = |index| format!("service_{index}: {{image: x, {}}}\n", rest(index));
        format!("name: site\n{}", repeat(count, line))
    };
    let attached = |index| format!("uses: servce{index}, attaches: {{volume_{index}: /v}}");
    assert_eq!(answer(containers(&|index| format!("links: servce{index}"))), Answer::Problems(vec!["DM021"]));
    assert_eq!(answer(containers(&attached)), Answer::Problems(vec!["DM020"]));
    assert_eq!(answer(containers(&|index| format!("binds: servce{index}"))), Answer::Problems(vec!["DM026"]));
    assert_eq!(
        answer(containers(&|index| format!("extends: servce{index}"))),
        Answer::Problems(vec!["DM029"])
    );
    let instances = repeat(count, |index| format!("p{index}, "));
    let links = repeat(count, |index| format!("app.q{index}, "));
    let text = format!(
        "name: site\napp: {{image: x, instances: [{instances}]}}\nweb: {{image: x, links: [{links}]}}\n"
    );
    assert_eq!(answer(text), Answer::Problems(vec!["DM022"]));
}

#[test]
fn a_long_chain_of_includes_is_no_overflow() {
    let count = 5_000;
    let mut files: BTreeMap<String, String> = (0..count)
        .map(|index| {
            (format!("{index}.yaml"), format!("include: {}.yaml\nweb{index}: {{image: x}}\n", index + 1))
        })
        .collect();
    files.insert(format!("{count}.yaml"), "last: {image: x}\n".into());
    files.insert("0.yaml".into(), "name: site\ninclude: 1.yaml\n".into());
    with_usual_stack(move || {
        let project = ProjectFiles { maps: vec!["0.yaml".into()], clients: None };
        // Whether so many are read or refused is not the question here.
        drop(container_map::load_project(&project, &mut files, &LoadOptions::default()));
    });
}
