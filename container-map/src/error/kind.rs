//! The kinds of violations, and their words.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::config::OptionError;
use crate::image::ImageRefError;
use crate::mode::ModeError;
use crate::name::NameError;
use crate::path::PathError;
use crate::port::PortError;
use crate::quantity::{ByteSizeError, DurationError};
use crate::signal::SignalError;
use crate::user::UserError;

/// What is wrong with one field of a map.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ViolationKind {
    /// There is no map in the text.
    #[error("the map is empty")]
    Empty,
    /// The map has no name.
    #[error("the map has no name")]
    MissingName,
    /// A key occurs twice.
    #[error("`{key}` is given twice")]
    DuplicateKey {
        /// The key.
        key: String,
        /// The line of its first occurrence.
        first_line: usize,
    },
    /// A key that means nothing where it is.
    #[error("unknown key `{key}`")]
    UnknownKey {
        /// The key.
        key: String,
        /// What it is a key of, with its article.
        within: &'static str,
        /// A known key that is close.
        suggestion: Option<&'static str>,
    },
    /// A key that belongs elsewhere.
    #[error("`{key}` is not a key of {within}")]
    Elsewhere {
        /// The key.
        key: String,
        /// Where it is, with its article.
        within: &'static str,
        /// What to write instead.
        hint: &'static str,
    },
    /// A key of the map that is none of its sections, and whose value cannot be a container configuration.
    #[error("`{key}` is neither a key of the map nor a container configuration")]
    NotAContainer {
        /// The key.
        key: String,
        /// A key of the map that is close.
        suggestion: Option<&'static str>,
    },
    /// A value of another kind than the field takes.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// What the field takes.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A list element that has none of the forms the field takes.
    #[error("{problem}")]
    BadElement {
        /// What is wrong with it.
        problem: &'static str,
        /// A form that the field takes.
        example: &'static str,
    },
    /// A name that is none.
    #[error("{source}")]
    BadName {
        /// What it should name, with its article.
        what: &'static str,
        /// What is wrong with it.
        source: NameError,
    },
    /// A value that does not have the form its field takes.
    #[error("{source}")]
    BadValue {
        /// What it should be, with its article.
        what: &'static str,
        /// What is wrong with it.
        source: ValueError,
    },
    /// A word that is none of those the field takes.
    #[error("`{text}` is not {}", alternatives(.expected))]
    UnknownWord {
        /// The word.
        text: String,
        /// The words the field takes.
        expected: &'static [&'static str],
    },
    /// `uses` names nothing.
    #[error("no volume or container is named `{name}`")]
    UnknownUse {
        /// The name.
        name: String,
        /// The configuration that uses it.
        by: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// A container configuration that does not exist.
    #[error("no container is named `{name}`")]
    UnknownContainer {
        /// The name.
        name: String,
        /// Who says so, like "linked by `web`".
        by: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// A configuration that is only there to be extended, where a container is needed.
    #[error("`{name}` is abstract: there is no container of it")]
    AbstractContainer {
        /// The name.
        name: String,
        /// Who says so, like "linked by `web`".
        by: String,
    },
    /// An instance that its configuration does not have.
    #[error("`{config}` has no instance `{instance}`")]
    UnknownInstance {
        /// The configuration.
        config: String,
        /// The instance.
        instance: String,
        /// Its instances.
        instances: Vec<String>,
    },
    /// A configuration with several instances where one container is needed.
    #[error("`{config}` has several instances, and one of them is needed")]
    InstanceNeeded {
        /// The configuration.
        config: String,
        /// Its instances.
        instances: Vec<String>,
    },
    /// All volumes of a container that has none.
    #[error("`{config}` has no volumes that could be used")]
    NothingShared {
        /// The configuration.
        config: String,
    },
    /// A network that does not exist.
    #[error("no network is named `{name}`")]
    UnknownNetwork {
        /// The name.
        name: String,
        /// The configuration that joins it.
        by: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// A bound alias without a host path.
    #[error("`{alias}` has no path on the host")]
    NoHostPath {
        /// The alias.
        alias: String,
        /// The configuration that binds it.
        by: String,
        /// An alias that is close.
        suggestion: Option<String>,
    },
    /// A bound alias with a host path for some instances, but not for this.
    #[error("`{alias}` has no path on the host for instance `{instance}`")]
    NoHostPathForInstance {
        /// The alias.
        alias: String,
        /// The configuration that binds it.
        by: String,
        /// The instance; `default` for a configuration without instances.
        instance: String,
    },
    /// A bound or attached alias without a path in the container.
    #[error("`{alias}` has no path in the container")]
    NoContainerPath {
        /// The alias.
        alias: String,
        /// The configuration that mounts it.
        by: String,
        /// An alias that is close.
        suggestion: Option<String>,
    },
    /// A configuration to extend that does not exist.
    #[error("no container configuration is named `{name}`")]
    UnknownBase {
        /// The name.
        name: String,
        /// The configuration that extends it.
        by: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// Two configurations attach a volume of the same name.
    #[error("volume `{volume}` is attached by both `{first}` and `{second}`")]
    AttachedTwice {
        /// The alias.
        volume: String,
        /// The first configuration.
        first: String,
        /// The second configuration.
        second: String,
    },
    /// Two mounts of a container at the same path.
    #[error("`{config}` has two mounts at `{path}`")]
    SameMountPath {
        /// The configuration.
        config: String,
        /// The path.
        path: String,
        /// The line of the first mount.
        first_line: usize,
    },
    /// A mount over the whole file system of a container.
    #[error("nothing can be mounted at `/`")]
    MountAtRoot,
    /// Two containers publish the same port of the host.
    #[error("port {port} of the host is published by both `{first}` and `{second}`")]
    SameHostPort {
        /// The port with its protocol.
        port: String,
        /// The first container.
        first: String,
        /// The second container.
        second: String,
    },
    /// A name that two things have.
    #[error("`{name}` is {first} and {second}")]
    Ambiguous {
        /// The name.
        name: String,
        /// What has it, with its article.
        first: &'static str,
        /// What else has it, with its article.
        second: &'static str,
    },
    /// A name that a list has twice.
    #[error("`{name}` is listed twice")]
    Repeated {
        /// The name.
        name: String,
    },
    /// A `${…}` that is not of a form that is expanded.
    #[error("`${{{text}}}` is not a variable")]
    BadVariable {
        /// What stands in the braces.
        text: String,
    },
    /// A `${` without its `}`.
    #[error("`${{` is not closed")]
    OpenVariable,
    /// A variable without a value.
    #[error("the variable `{name}` is not set{}", .message.as_ref().map(|message| format!(": {message}")).unwrap_or_default())]
    UnsetVariable {
        /// The variable.
        name: String,
        /// What the map says about it.
        message: Option<String>,
    },
    /// A YAML tag that has no meaning where it is.
    #[error("the tag `{tag}` means nothing here")]
    UnknownTag {
        /// The tag.
        tag: String,
    },
    /// An included file that cannot be read.
    #[error("cannot include `{path}`: {message}")]
    UnreadableInclude {
        /// The file.
        path: String,
        /// Why not.
        message: String,
    },
    /// Files that include each other.
    #[error("these files include each other: `{}`", .path.join("` -> `"))]
    IncludeCycle {
        /// The files, the first one at both ends.
        path: Vec<String>,
    },
    /// Something docker-map had and dmap does not.
    #[error("`{what}` is not a setting of dmap")]
    NotKept {
        /// The key.
        what: &'static str,
        /// Why it is not there, and what to do.
        why: &'static str,
    },
    /// A client that is configured nowhere.
    #[error("no client is named `{name}`")]
    UnknownClient {
        /// The name.
        name: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// A configuration that needs another one where that one does not run.
    #[error("`{config}` needs `{needs}`, which does not run on client `{client}`")]
    NotOnClient {
        /// The configuration.
        config: String,
        /// What it needs.
        needs: String,
        /// The client it runs on.
        client: String,
    },
    /// An interface that a client does not have.
    #[error("client `{client}` has no {} address for the interface `{interface}`", if *.ipv6 { "IPv6" } else { "IPv4" })]
    UnknownInterface {
        /// The client.
        client: String,
        /// The alias of the interface.
        interface: String,
        /// Whether an IPv6 address is wanted.
        ipv6: bool,
    },
    /// A mount where a used container has one as well.
    #[error("this mount of `{config}` hides the one at `{path}` that it uses from `{from}`")]
    HidesUsed {
        /// The configuration.
        config: String,
        /// The path.
        path: String,
        /// The used container.
        from: String,
    },
    /// A container to follow that is no dependency.
    #[error("`{config}` does not depend on `{target}`, so it has nothing to follow")]
    FollowsNoDependency {
        /// The configuration.
        config: String,
        /// What it would follow.
        target: String,
    },
    /// A dependency that cannot be left alone when it changes.
    #[error("`{config}` cannot leave `{target}`: {how}")]
    MustFollow {
        /// The configuration.
        config: String,
        /// What it has to follow.
        target: String,
        /// What binds it.
        how: &'static str,
    },
    /// A port that is published by a container without a network of its own.
    #[error("`{config}` publishes a port, but has the network of {whose}")]
    PublishedWithoutNetwork {
        /// The configuration.
        config: String,
        /// Whose network it has.
        whose: &'static str,
    },
    /// A legacy link to a container that cannot be reached by one.
    #[error("`{config}` links to `{target}`, which has {network}")]
    UnreachableLink {
        /// The configuration.
        config: String,
        /// What it links to.
        target: String,
        /// What that has instead of a place in the default bridge.
        network: &'static str,
    },
    /// A generated host name that is longer than systems take.
    #[error("the host name `{hostname}` has {} characters", .hostname.len())]
    LongHostname {
        /// The host name.
        hostname: String,
    },
    /// More is inherited than a map can have.
    #[error("the configurations inherit more than {most} elements together")]
    TooMuchInherited {
        /// How many they can inherit.
        most: usize,
    },
    /// A mode that changes a file again each time it is applied.
    #[error("`{mode}` changes a file again each time it is applied, so it is never reached")]
    RestlessMode {
        /// The mode as written.
        mode: String,
    },
    /// Containers that need each other.
    #[error("{}", circle(.path, "these containers need each other", "needs itself"))]
    Cycle {
        /// The containers, the first one at both ends.
        path: Vec<String>,
    },
    /// Configurations that extend each other.
    #[error("{}", circle(.path, "these configurations extend each other", "extends itself"))]
    ExtendsCycle {
        /// The configurations, the first one at both ends.
        path: Vec<String>,
    },
    /// An option that is not taken, because something else of the map says it.
    #[error("`{option}` is not taken as an option")]
    OptionRefused {
        /// The option.
        option: &'static str,
        /// What to do instead.
        why: &'static str,
    },
    /// An option of the container itself among those of its host configuration.
    #[error("`{option}` is not an option of `{found}`")]
    OptionMisplaced {
        /// The option.
        option: &'static str,
        /// The key that it stands under.
        found: &'static str,
    },
    /// An option that is set to two values.
    #[error("`{first}` and `{second}` are the same option, and have different values")]
    OptionTwice {
        /// Where it stands first.
        first: String,
        /// Where it stands again.
        second: String,
        /// The line of the first value.
        first_line: usize,
    },
    /// Options that an engine does not take together.
    #[error("{problem}")]
    OptionConflict {
        /// What is wrong.
        problem: &'static str,
        /// What to do about it.
        remedy: &'static str,
    },
    /// A label with a name that dmap keeps for its own ones.
    #[error("`{label}` is a name for labels of dmap itself")]
    ReservedLabel {
        /// The name.
        label: String,
    },
    /// An address that is in none of the subnets of its network.
    #[error("`{address}` is not in {}", alternatives(.subnets))]
    OutsideOfSubnet {
        /// The address, or a range of addresses.
        address: String,
        /// The network's subnets.
        subnets: Vec<String>,
    },
    /// A fixed address in a network whose subnets the engine chooses.
    #[error("`{address}` is a fixed address, but `{network}` has no subnet of its own")]
    NoSubnet {
        /// The address.
        address: String,
        /// The network.
        network: String,
    },
    /// An address that two containers of a network have.
    #[error("address `{address}` is given to both `{first}` and `{second}`")]
    SameAddress {
        /// The address.
        address: String,
        /// The first container.
        first: String,
        /// The second container.
        second: String,
    },
    /// A rule of comparison for something that is not compared, or has another name.
    #[error("`{name}` is neither an attribute that is compared nor an option of `host_config`")]
    UnknownAttribute {
        /// The name.
        name: String,
        /// A name that is close.
        suggestion: Option<String>,
    },
    /// Two configurations build one image in different ways.
    #[error("the image `{image}` is built by both `{first}` and `{second}`, and not in the same way")]
    TwoBuilds {
        /// The image.
        image: String,
        /// The first configuration.
        first: String,
        /// The second configuration.
        second: String,
    },
    /// A further name of an image that is built is the image of a configuration that does not build it.
    #[error("`{tag}` is a further name of an image that is built, and the image of `{config}`")]
    TagIsUsed {
        /// The further name.
        tag: String,
        /// The configuration.
        config: String,
        /// The first name of the image.
        image: String,
    },
    /// An image that is built and is to have a digest.
    #[error("`{image}` names a digest, and an image that is built has none before")]
    BuiltByDigest {
        /// The image.
        image: String,
    },
    /// A build without anything to build from.
    #[error("this build has neither a context nor a Dockerfile of its own")]
    NoBuildContext,
    /// `at-least` for what a container has one of.
    #[error("there is never more of `{name}` than the map says")]
    NothingMore {
        /// The attribute or option.
        name: String,
    },
}

/// What is wrong with the text of a value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Not an image reference.
    #[error(transparent)]
    Image(#[from] ImageRefError),
    /// Not a path.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Not a port.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Not an access mode.
    #[error(transparent)]
    Mode(#[from] ModeError),
    /// Not a user.
    #[error(transparent)]
    User(#[from] UserError),
    /// Not a signal.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// Not a duration.
    #[error(transparent)]
    Duration(#[from] DurationError),
    /// Not a size.
    #[error(transparent)]
    Size(#[from] ByteSizeError),
    /// Not a value of an option.
    #[error(transparent)]
    Option(#[from] OptionError),
    /// Not an address or a number.
    #[error("`{0}` is not {1}")]
    Other(String, &'static str),
}

/// Describes a circle, or a single one that refers to itself.
fn circle(path: &[String], several: &str, single: &str) -> String {
    match path {
        [one, _] => format!("`{one}` {single}"),
        _ => format!("{several}: `{}`", path.join(" -> ")),
    }
}

fn alternatives(words: &[impl fmt::Display]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
