//! The words for violations besides their message: code, label and help.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::kind::{ValueError, ViolationKind};

impl ViolationKind {
    /// Returns the stable code of this kind.
    #[expect(clippy::too_many_lines, reason = "it is one table")]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "DM001",
            Self::MissingName => "DM002",
            Self::DuplicateKey { .. } => "DM003",
            Self::UnknownKey { .. } => "DM004",
            Self::NotAContainer { .. } => "DM005",
            Self::WrongType { .. } => "DM006",
            Self::BadElement { .. } => "DM007",
            Self::Elsewhere { .. } => "DM009",
            Self::BadName { .. } => "DM010",
            Self::BadValue { .. } => "DM011",
            Self::UnknownWord { .. } => "DM012",
            Self::UnknownUse { .. } => "DM020",
            Self::UnknownContainer { .. } | Self::AbstractContainer { .. } => "DM021",
            Self::UnknownInstance { .. } => "DM022",
            Self::InstanceNeeded { .. } => "DM023",
            Self::NothingShared { .. } => "DM024",
            Self::UnknownNetwork { .. } => "DM025",
            Self::NoHostPath { .. } => "DM026",
            Self::NoHostPathForInstance { .. } => "DM027",
            Self::NoContainerPath { .. } => "DM028",
            Self::UnknownBase { .. } => "DM029",
            Self::AttachedTwice { .. } => "DM040",
            Self::SameMountPath { .. } => "DM041",
            Self::MountAtRoot => "DM042",
            Self::SameHostPort { .. } => "DM043",
            Self::Ambiguous { .. } => "DM044",
            Self::Repeated { .. } => "DM045",
            Self::Cycle { .. } => "DM046",
            Self::ExtendsCycle { .. } => "DM047",
            Self::RestlessMode { .. } => "DM048",
            Self::BadVariable { .. } | Self::OpenVariable => "DM013",
            Self::UnsetVariable { .. } => "DM014",
            Self::UnknownTag { .. } => "DM015",
            Self::UnreadableInclude { .. } => "DM016",
            Self::IncludeCycle { .. } => "DM017",
            Self::NotKept { .. } => "DM018",
            Self::TooMuchInherited { .. } => "DM019",
            Self::UnknownClient { .. } => "DM030",
            Self::NotOnClient { .. } => "DM031",
            Self::UnknownInterface { .. } => "DM032",
            Self::HidesUsed { .. } => "DM049",
            Self::PublishedWithoutNetwork { .. } => "DM050",
            Self::LongHostname { .. } => "DM051",
            Self::FollowsNoDependency { .. } => "DM052",
            Self::MustFollow { .. } => "DM053",
            Self::TwoBuilds { .. } | Self::TagIsUsed { .. } => "DM054",
            Self::BuiltByDigest { .. } => "DM055",
            Self::NoBuildContext => "DM056",
            Self::UnreachableLink { .. } => "DM057",
            Self::OptionRefused { .. } => "DM060",
            Self::OptionMisplaced { .. } => "DM061",
            Self::OptionTwice { .. } => "DM062",
            Self::OptionConflict { .. } => "DM063",
            Self::ReservedLabel { .. } => "DM064",
            Self::OutsideOfSubnet { .. } => "DM065",
            Self::NoSubnet { .. } => "DM066",
            Self::SameAddress { .. } => "DM067",
            Self::UnknownAttribute { .. } => "DM068",
            Self::NothingMore { .. } => "DM069",
        }
    }

    /// Returns whether this says that something is missing which a file that could not be read may have.
    pub(super) fn is_absence(&self) -> bool {
        matches!(
            self,
            Self::Empty
                | Self::MissingName
                | Self::UnknownUse { .. }
                | Self::UnknownContainer { .. }
                | Self::UnknownInstance { .. }
                | Self::NothingShared { .. }
                | Self::UnknownNetwork { .. }
                | Self::NoHostPath { .. }
                | Self::NoHostPathForInstance { .. }
                | Self::NoContainerPath { .. }
                | Self::UnknownBase { .. }
                | Self::UnknownClient { .. }
                | Self::UnknownInterface { .. }
                | Self::NoSubnet { .. }
        )
    }

    /// Returns a few words for the marked place.
    pub fn label(&self) -> Option<String> {
        Some(match self {
            Self::DuplicateKey { first_line, .. }
            | Self::SameMountPath { first_line, .. }
            | Self::OptionTwice { first_line, .. }
                // What was built in code stands in no line.
                if *first_line > 0 =>
            {
                format!("first in line {first_line}")
            }
            Self::UnknownKey { within, .. } => format!("not a key of {within}"),
            // The message of a plain value says already what it should be.
            Self::BadValue { source: ValueError::Other(..) | ValueError::Option(_), .. } => return None,
            Self::BadName { what, .. } | Self::BadValue { what, .. } => format!("should be {what}"),
            Self::UnknownUse { by, .. } => format!("used by `{by}`"),
            Self::UnknownContainer { by, .. } | Self::AbstractContainer { by, .. } => by.clone(),
            Self::UnknownNetwork { by, .. } => format!("joined by `{by}`"),
            Self::NoHostPath { by, .. } | Self::NoHostPathForInstance { by, .. } => {
                format!("bound by `{by}`")
            }
            Self::NoContainerPath { by, .. } => format!("mounted by `{by}`"),
            Self::UnknownBase { by, .. } => format!("extended by `{by}`"),
            Self::AttachedTwice { second, .. } => format!("attached by `{second}`"),
            Self::TwoBuilds { second, .. } => format!("built by `{second}`"),
            Self::HidesUsed { from, .. } => format!("`{from}` brings a mount here too"),
            Self::LongHostname { .. } => "makes the host name".into(),
            Self::SameHostPort { second, .. } => format!("published by `{second}`"),
            Self::Cycle { path } if path.len() > 2 => format!("needs `{}`", path.get(1)?),
            Self::ExtendsCycle { path } if path.len() > 2 => format!("extends `{}`", path.get(1)?),
            _ => return None,
        })
    }

    /// Returns what to do about it.
    pub fn help(&self) -> Option<String> {
        self.help_with_text().or_else(|| self.help_with_names()).or_else(|| self.help_with_rules())
    }

    /// About what the text says.
    fn help_with_text(&self) -> Option<String> {
        match self {
            Self::Empty | Self::MissingName => Some("add a line `name: …`".into()),
            Self::DuplicateKey { .. } | Self::OptionTwice { .. } => Some("remove one of them".into()),
            Self::UnknownKey { suggestion, .. } => did_you_mean(suggestion.as_ref()),
            Self::Elsewhere { hint, .. } => Some((*hint).into()),
            Self::NotAContainer { suggestion: Some(suggestion), .. } => {
                Some(format!("did you mean `{suggestion}`? a container of this name goes under `containers`"))
            }
            Self::NotAContainer { .. } => Some("a container configuration is a mapping".into()),
            Self::BadElement { example, .. } => Some(format!("write {example}")),
            Self::BadName { source, .. } => did_you_mean(source.suggestion().as_ref()),
            Self::UnknownWord { text, expected } => did_you_mean(boolean(text, expected).as_ref()),
            Self::BadVariable { .. } | Self::OpenVariable => Some(
                "write `${NAME}`, `${NAME:-default}` or `${NAME:?message}`; `$$` is a dollar sign, as in `$${…}` for a \
                 shell in a container"
                    .into(),
            ),
            Self::UnsetVariable { name, .. } => Some(format!(
                "set it in the environment or in an `--env-file`, or write `${{{name}:-default}}`; for a shell in a \
                 container, write `$${{{name}}}`"
            )),
            Self::UnknownTag { .. } => Some(
                "tags of a map are `!path`, `!path_lazy`, `!secret` for a variable of the environment, and `!override` for \
                 a key of a configuration"
                    .into(),
            ),
            Self::NotKept { why, .. } | Self::OptionRefused { why, .. } => Some((*why).into()),
            Self::IncludeCycle { .. } => Some("remove one of the `include`s".into()),
            Self::UnreadableInclude { .. } => Some("paths start at the folder of the file that includes".into()),
            _ => None,
        }
    }

    /// About what names refer to.
    fn help_with_names(&self) -> Option<String> {
        match self {
            Self::UnknownUse { suggestion, .. }
            | Self::UnknownContainer { suggestion, .. }
            | Self::UnknownNetwork { suggestion, .. }
            | Self::UnknownAttribute { suggestion, .. }
            | Self::UnknownBase { suggestion, .. } => did_you_mean(suggestion.as_ref()),
            Self::UnknownInstance { config, instances, .. } | Self::InstanceNeeded { config, instances } => {
                Some(instance_help(config, instances))
            }
            Self::AbstractContainer { .. } => Some("name a configuration that extends it".into()),
            Self::NothingShared { .. } => {
                Some("name one of its attached volumes, or give it `shares`, `binds` or `uses`".into())
            }
            Self::NoHostPath { alias, suggestion, .. } => {
                did_you_mean(suggestion.as_ref()).or_else(|| Some(format!("add `{alias}: …` under `host`")))
            }
            Self::NoHostPathForInstance { alias, instance, .. } => {
                Some(format!("add `{instance}: …` under `host`, `{alias}`"))
            }
            Self::NoContainerPath { alias, suggestion, .. } => did_you_mean(suggestion.as_ref())
                .or_else(|| Some(format!("add `{alias}: …` under `volumes`"))),
            Self::UnknownClient { name, suggestion } => did_you_mean(suggestion.as_ref()).or_else(|| {
                Some(format!(
                    "configure it: `clients: {{{name}: {{base_url: …}}}}`, or in a file for `--clients`"
                ))
            }),
            Self::NotOnClient { needs, client, .. } => Some(format!(
                "let `{needs}` run on `{client}` too; containers of different engines do not reach each other"
            )),
            Self::UnknownInterface { client, interface, ipv6 } => {
                let key = if *ipv6 { "interfaces_ipv6" } else { "interfaces" };
                Some(format!("add `{interface}: …` under `{key}` of client `{client}`"))
            }
            _ => None,
        }
    }

    /// About what does not go together.
    fn help_with_rules(&self) -> Option<String> {
        match self {
            Self::AttachedTwice { .. } => {
                Some("let one of them use it, or set `use_attached_parent_name: true`".into())
            }
            Self::SameHostPort { .. } => Some("publish them on different ports or interfaces".into()),
            Self::Ambiguous { .. } => Some("rename one of them".into()),
            Self::RestlessMode { .. } => {
                Some("say the mode of each of user, group and others, like `u=rwX,g=rX,o=`".into())
            }
            Self::TooMuchInherited { .. } => Some("shorten the chain of `extends`".into()),
            Self::HidesUsed { .. } => Some("mount it elsewhere, or use single volumes of the other container".into()),
            Self::PublishedWithoutNetwork { .. } => {
                Some("expose the port without a port of the host, or publish it where the network is".into())
            }
            Self::FollowsNoDependency { .. } => {
                Some("name what it links to, uses, joins the network of, or names under `start`".into())
            }
            Self::MustFollow { .. } => {
                Some("leave this entry out, or choose `restart` or `recreate`".into())
            }
            Self::UnreachableLink { .. } => {
                Some("leave the link out: what has the host's network is reached at the host's address, and what has none is not reached at all".into())
            }
            Self::LongHostname { .. } => {
                Some("systems take at most 64: use shorter names, give it a `hostname` under `create_options`, or set `set_hostname: false`".into())
            }
            Self::Cycle { path } if path.len() > 2 => Some("one of them has to do without the next".into()),
            Self::OptionMisplaced { .. } => Some("move it to `create_options`".into()),
            Self::OptionConflict { remedy, .. } => Some((*remedy).into()),
            Self::ReservedLabel { .. } => Some("choose a name that does not start with `dmap.`".into()),
            Self::OutsideOfSubnet { .. } => Some("choose an address of the subnet, or a larger subnet".into()),
            Self::NoSubnet { .. } => Some(
                "use a network of the map with one: `create_options: {ipam: {pools: [{subnet: 10.20.0.0/16}]}}`".into(),
            ),
            Self::TwoBuilds { second, .. } => {
                Some(format!("give `{second}` another `image`, or leave its `build` out to use the same one"))
            }
            Self::TagIsUsed { image, config, .. } => Some(format!("let `{config}` have the image `{image}`")),
            Self::BuiltByDigest { .. } => Some("name it with a tag".into()),
            Self::NoBuildContext => {
                Some("write `context: .` for the folder of this file, or `dockerfile_inline: …`".into())
            }
            Self::NothingMore { .. } => Some("write `strict` or `ignore`, or leave the rule out".into()),
            Self::SameAddress { .. } => Some("give them different addresses, or let the engine choose".into()),
            _ => None,
        }
    }
}

fn did_you_mean<T: AsRef<str>>(suggestion: Option<&T>) -> Option<String> {
    suggestion.map(|suggestion| format!("did you mean `{}`?", suggestion.as_ref()))
}

fn instance_help(config: &str, instances: &[String]) -> String {
    if instances.is_empty() {
        return format!("`{config}` has no instances; leave the part after the dot out");
    }
    let names: Vec<String> = instances.iter().map(|instance| format!("`{config}.{instance}`")).collect();
    format!("name {}", names.join(" or "))
}

/// Returns the word that an abbreviation or another case stands for.
fn boolean(text: &str, expected: &[&'static str]) -> Option<String> {
    let lower = text.to_lowercase();
    let meant = match lower.as_str() {
        "y" => "true",
        "n" => "false",
        "readonly" | "read-only" => "ro",
        other => other,
    };
    expected.iter().find(|word| **word == meant).map(ToString::to_string)
}
