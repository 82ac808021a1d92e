//! What is written is read as the same instructions, whatever their values are.

use std::time::Duration;

use dockerfile_builder::{
    Access, AddFiles, AddSource, Command, ContextPath, CopyFiles, Dockerfile, DockerfileBuilder, Exposed,
    HealthCommand, Healthcheck, ImagePath, Instruction, Mount, Outside, Preamble, Protocol, Run, RunNetwork,
    Security, Sharing, Step, Value,
};
use proptest::option;
use proptest::prelude::*;

use crate::render::hostile;

/// Texts without a line break, which has no spelling in most instructions.
fn line() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| text.replace(['\n', '\r'], ""))
}

/// Scripts without blanks at their ends, which no shell looks at.
fn script() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| text.trim_matches([' ', '\t', '\n']).to_owned())
}

/// Words of options, for which there is no quoting.
fn word() -> impl Strategy<Value = String> {
    "[a-z/.:@*-]{1,9}"
}

fn image_path() -> impl Strategy<Value = ImagePath> {
    hostile().prop_map(|text| if text.is_empty() { ".".into() } else { text.into() })
}

fn context_path() -> impl Strategy<Value = ContextPath> {
    hostile().prop_map(|text| text.parse().unwrap_or_else(|_| ContextPath::root()))
}

fn value() -> impl Strategy<Value = Value> {
    let expanded =
        (line(), line()).prop_map(|(before, after)| Value::Expanded(format!("{before}${{x}}{after}")));
    prop_oneof![line().prop_map(Value::Literal), expanded]
}

fn command() -> impl Strategy<Value = Command> {
    let list = proptest::collection::vec(hostile(), 0..4);
    prop_oneof![script().prop_map(Command::Shell), list.prop_map(Command::Exec)]
}

fn outside() -> impl Strategy<Value = Outside> {
    let stage = Dockerfile::from("a").this_stage();
    prop_oneof![Just(Outside::Stage(stage)), "[a-z]{1,5}(:[a-z]{1,3})?".prop_map(Outside::Image)]
}

fn mount() -> impl Strategy<Value = Mount> {
    let sharing = prop_oneof![Just(Sharing::Shared), Just(Sharing::Private), Just(Sharing::Locked)];
    let path = || word().prop_map(ImagePath::from);
    let place = || (option::of(outside()), option::of(path()));
    let access = || any::<[Option<u32>; 3]>().prop_map(|[uid, gid, mode]| Access { uid, gid, mode });
    let cached = (path(), option::of(word()), option::of(sharing), place(), any::<bool>(), access());
    prop_oneof![
        (path(), place(), any::<bool>()).prop_map(|(target, (from, source), writable)| Mount::Bind {
            target,
            from,
            source,
            writable
        }),
        cached.prop_map(|(target, id, sharing, (from, source), readonly, access)| Mount::Cache {
            target,
            id,
            sharing,
            from,
            source,
            readonly,
            access
        }),
        (path(), any::<Option<u64>>()).prop_map(|(target, size)| Mount::Tmpfs { target, size }),
        (word(), option::of(path()), option::of(word()), any::<bool>(), access()).prop_map(
            |(id, target, env, required, access)| Mount::Secret { id, target, env, required, access }
        ),
        (option::of(word()), option::of(path()), any::<bool>(), access())
            .prop_map(|(id, target, required, access)| Mount::Ssh { id, target, required, access }),
    ]
}

fn run() -> impl Strategy<Value = Run> {
    let heredoc = hostile().prop_map(|text| Run::heredoc(text.replace('\r', "")));
    let script = prop_oneof![command().prop_map(Run::from), heredoc];
    let mounts = proptest::collection::vec(mount(), 0..3);
    let network =
        option::of(prop_oneof![Just(RunNetwork::Default), Just(RunNetwork::None), Just(RunNetwork::Host)]);
    let security = option::of(prop_oneof![Just(Security::Sandbox), Just(Security::Insecure)]);
    let devices = proptest::collection::vec(("[a-z.]{1,5}/[a-z]{1,3}(=[a-z0-9]{1,3})?", any::<bool>()), 0..2);
    (script, mounts, network, security, devices).prop_map(|(run, mounts, network, security, devices)| {
        let run = mounts.into_iter().fold(run, Run::mount);
        let run = network.into_iter().fold(run, Run::network);
        let run = devices.into_iter().fold(run, |run, (name, required)| run.device(name, required));
        security.into_iter().fold(run, Run::security)
    })
}

fn copy() -> impl Strategy<Value = CopyFiles> {
    let context = proptest::collection::vec(context_path(), 1..3);
    let elsewhere = (outside(), proptest::collection::vec(image_path(), 1..3));
    let copied = prop_oneof![
        (context, image_path()).prop_map(|(from, to)| CopyFiles::context(from, to)),
        (elsewhere, image_path()).prop_map(|((place, from), to)| CopyFiles::elsewhere(place, from, to)),
    ];
    (copied, option::of(word()), option::of(word()), any::<[bool; 2]>(), option::of(word())).prop_map(
        |(copy, owner, mode, [link, parents], exclude)| {
            let copy = owner.into_iter().fold(copy, CopyFiles::chown);
            let copy = mode.into_iter().fold(copy, CopyFiles::chmod);
            let copy = if link { copy.link() } else { copy };
            let copy = if parents { copy.parents() } else { copy };
            exclude.into_iter().fold(copy, CopyFiles::exclude)
        },
    )
}

fn add() -> impl Strategy<Value = AddFiles> {
    let remote = line().prop_map(|rest| AddSource::Remote(format!("https://{rest}")));
    let source = prop_oneof![context_path().prop_map(AddSource::Context), remote];
    let flags = (any::<bool>(), any::<Option<bool>>());
    (proptest::collection::vec(source, 1..3), image_path(), option::of(word()), flags).prop_map(
        |(sources, to, checksum, (keep, unpack))| {
            let add = checksum.into_iter().fold(AddFiles::new(sources, to), AddFiles::checksum);
            let add = unpack.into_iter().fold(add, AddFiles::unpack);
            if keep { add.keep_git_dir() } else { add }
        },
    )
}

fn exposed() -> impl Strategy<Value = Exposed> {
    let protocol = prop_oneof![Just(Protocol::Tcp), Just(Protocol::Udp), Just(Protocol::Sctp)];
    (any::<u16>(), any::<u16>(), protocol)
        .prop_map(|(one, other, protocol)| Exposed::range(one, other, protocol))
}

fn healthcheck() -> impl Strategy<Value = Healthcheck> {
    let duration = || {
        option::of(prop_oneof![
            any::<u32>().prop_map(|seconds| Duration::from_secs(seconds.into())),
            any::<u64>().prop_map(Duration::from_nanos),
        ])
    };
    let check = (command(), [duration(), duration(), duration(), duration()], any::<Option<u32>>());
    let check = check.prop_map(|(command, [interval, timeout, start_period, start_interval], retries)| {
        let check =
            HealthCommand { interval, timeout, start_period, start_interval, retries, ..command.into() };
        Healthcheck::Check(check)
    });
    prop_oneof![Just(Healthcheck::Disabled), check]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        run().prop_map(Step::Run),
        copy().prop_map(Step::Copy),
        add().prop_map(Step::Add),
        ("[A-Za-z_][A-Za-z0-9_]{0,5}", option::of(value()))
            .prop_map(|(name, default)| Step::Arg { name, default }),
        (line(), value()).prop_map(|(name, value)| Step::Env { name, value }),
        (line(), value()).prop_map(|(name, value)| Step::Label { name, value }),
        line().prop_map(|path| Step::Workdir(if path.is_empty() { ".".into() } else { path.into() })),
        line().prop_map(Step::User),
        proptest::collection::vec(exposed(), 1..3).prop_map(Step::Expose),
        proptest::collection::vec(image_path(), 1..3).prop_map(Step::Volume),
        command().prop_map(Step::Entrypoint),
        command().prop_map(Step::Cmd),
        healthcheck().prop_map(Step::Healthcheck),
        line().prop_map(Step::StopSignal),
        proptest::collection::vec(hostile(), 0..3).prop_map(Step::Shell),
    ]
}

fn instruction() -> impl Strategy<Value = Instruction> {
    let comment = hostile().prop_map(|text| {
        let lines = text.split('\n').map(|line| line.replace('\r', ""));
        Instruction::Comment(lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n"))
    });
    prop_oneof![
        8 => step().prop_map(Instruction::Step),
        1 => step().prop_map(Instruction::OnBuild),
        1 => comment,
        1 => Just(Instruction::Blank),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(
        above in (option::of("[a-z/:]{1,9}"), proptest::collection::vec(("[a-z]{1,5}", option::of(value())), 0..3)),
        first in proptest::collection::vec(instruction(), 0..4),
        second in proptest::collection::vec(instruction(), 0..6),
        platform in option::of("[a-z/$]{1,9}"),
    ) {
        let (syntax, args) = above;
        let preamble = syntax.into_iter().fold(Dockerfile::preamble(), Preamble::syntax);
        let preamble = args.into_iter().fold(preamble, |preamble, (name, default)| preamble.arg(name, default));
        // What is taken from another stage is taken from this one.
        let mut builder = append(preamble.from("z").stage("a"), first);
        let stage = builder.this_stage();
        builder = append(builder.stage("scratch"), second).stage(stage);
        let dockerfile = platform.into_iter().fold(builder, DockerfileBuilder::platform).build();
        let text = dockerfile.to_string();
        let read: Result<Dockerfile, _> = text.parse();
        prop_assert_eq!(read, Ok(dockerfile), "{}", text);
    }
}

/// Appends instructions; of comments in a row, which are one, only the first.
fn append(mut builder: DockerfileBuilder, instructions: Vec<Instruction>) -> DockerfileBuilder {
    let mut after_comment = false;
    for instruction in instructions {
        let is_comment = matches!(instruction, Instruction::Comment(_));
        builder = match instruction {
            Instruction::Step(step) => builder.step(step),
            Instruction::OnBuild(step) => builder.on_build(step),
            Instruction::Comment(text) if !after_comment => builder.comment(text),
            Instruction::Blank => builder.blank(),
            _ => builder,
        };
        after_comment = is_comment;
    }
    builder
}
