//! Whatever the values are, the engine sees the instructions that were put in.

use dockerfile_builder::{
    AddFiles, AddSource, Command, ContextPath, CopyFiles, Dockerfile, DockerfileBuilder, Healthcheck, Mount,
    Outside, Run, Step, Value,
};
use proptest::prelude::*;

/// Returns the logical lines as the engine's parsers do: comments dropped, lines joined at a trailing backslash.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = None::<String>;
    for line in text.split('\n') {
        if line.trim_start().starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let mut joined = open.take().unwrap_or_default();
        if let Some(start) = line.trim_end().strip_suffix('\\') {
            joined.push_str(start);
            open = Some(joined);
        } else {
            joined.push_str(line);
            lines.push(joined);
        }
    }
    lines.extend(open);
    lines
}

fn keywords(text: &str) -> Vec<String> {
    let first_word = |line: String| line.split(' ').next().map(str::to_owned);
    logical_lines(text).into_iter().filter_map(first_word).collect()
}

/// Texts made of everything that means something in a Dockerfile.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n"),
        Just("\r\n"),
        Just("\r"),
        Just("\\"),
        Just("\""),
        Just("'"),
        Just("$"),
        Just("${x"),
        Just("<<EOF"),
        Just("<<-"),
        Just("["),
        Just("]"),
        Just("#"),
        Just(" "),
        Just("\t"),
        Just("="),
        Just("--from=0"),
        Just("RUN a"),
        Just("\nRUN evil"),
        Just("\\\n"),
        Just("a"),
        Just("*"),
        Just("?"),
        Just(":"),
        Just("/"),
        Just("\u{a0}"),
        Just("\u{2028}"),
        Just("\u{85}"),
        Just("\0"),
        Just("ö"),
    ];
    prop_oneof![proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()), any::<String>()]
}

type Call = (usize, String, String);

/// Makes one call of the builder and returns the keyword it must show up as, if any.
fn call(builder: DockerfileBuilder, (method, a, b): &Call) -> (DockerfileBuilder, Option<&'static str>) {
    let (a, b) = (a.as_str(), b.as_str());
    let path = a.parse().unwrap_or_else(|_| ContextPath::root());
    let mount =
        Mount::Bind { target: a.into(), from: Some(Outside::Image(b.into())), source: None, writable: true };
    match method {
        0 => (builder.run(a), Some("RUN")),
        1 => (builder.run([a, b]), Some("RUN")),
        2 => (builder.copy(path, b), Some("COPY")),
        3 => (builder.add(path, b), Some("ADD")),
        4 => (builder.env(a, b), Some("ENV")),
        5 => (builder.label(a, b), Some("LABEL")),
        6 => (builder.workdir(a), Some("WORKDIR")),
        7 => (builder.user(a), Some("USER")),
        8 => (builder.entrypoint(a), Some("ENTRYPOINT")),
        9 => (builder.cmd(Command::Exec(vec![a.to_owned()])), Some("CMD")),
        10 => (builder.comment(a), None),
        11 => (builder.expose(80), Some("EXPOSE")),
        12 => {
            let stage = builder.this_stage();
            (builder.copy_from(stage, a, b), Some("COPY"))
        }
        13 => (builder.env(a, Value::expanded(b)), Some("ENV")),
        14 => (builder.arg(a, Some(b.into())), Some("ARG")),
        15 => (builder.volume(a), Some("VOLUME")),
        16 => (builder.stop_signal(a), Some("STOPSIGNAL")),
        17 => (builder.shell([a, b]), Some("SHELL")),
        18 => (builder.healthcheck(Healthcheck::Check(a.into())), Some("HEALTHCHECK")),
        19 => (builder.on_build(Step::Run(a.into())), Some("ONBUILD")),
        20 => (builder.run(Run::from(a).mount(mount).mount(Mount::secret(b))), Some("RUN")),
        21 => {
            let copy = CopyFiles::elsewhere(Outside::Image(a.into()), [b, a], b).chown(a).chmod(b).exclude(a);
            (builder.copy_with(copy), Some("COPY"))
        }
        22 => (builder.add_with(AddFiles::new([AddSource::Remote(a.into())], b).checksum(b)), Some("ADD")),
        23 => (builder.maintainer(a).blank(), Some("LABEL")),
        _ => (builder.stage(a).platform(b), Some("FROM")),
    }
}

proptest! {
    #[test]
    fn no_value_adds_ends_or_swallows_an_instruction(
        base in hostile(),
        calls in proptest::collection::vec((0_usize..25, hostile(), hostile()), 0..10),
    ) {
        let mut builder = Dockerfile::from(base);
        let mut expected = vec!["FROM"];
        for each in &calls {
            let (next, keyword) = call(builder, each);
            builder = next;
            expected.extend(keyword);
        }
        let text = builder.build().to_string();
        prop_assert_eq!(keywords(&text), expected, "{}", text);
        prop_assert!(logical_lines(&text).iter().all(|line| !line.contains("<<")), "{}", text);
        // What is written is read, and written again to the letter.
        let read: Result<Dockerfile, _> = text.parse();
        prop_assert_eq!(read.map(|read| read.to_string()), Ok(text));
    }

    #[test]
    fn plain_scripts_stay_readable(script in "[a-z/-]{1,9}( [a-zA-Z0-9$\"'&|./=-]{1,9}){0,5}") {
        prop_assume!(!script.starts_with("--"));
        let dockerfile = Dockerfile::from("busybox").run(script.as_str()).build();
        prop_assert_eq!(dockerfile.to_string(), format!("FROM busybox\nRUN {script}\n"));
    }
}
