//! A small ordered tree: what drafts are made of, and what canonical forms are written as.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::config::Access;
use crate::image::ImageRef;
use crate::mode::Mode;
use crate::name::{
    ClientName, ConfigName, GroupName, InstanceName, InterfaceName, MapName, NetworkName, VolumeName,
};
use crate::path::{ContainerPath, HostPath};
use crate::port::{HostPort, Port};
use crate::quantity::{ByteSize, format_duration};
use crate::raw::{OVERRIDE, SECRET};
use crate::secret::SecretSource;
use crate::signal::Signal;
use crate::user::User;
use crate::yaml::{self, Entry, Node};

/// A value of a map, in any of the forms that a file can give it.
///
/// Texts, numbers, truth values, lists and tuples convert into one, and so do the types that a value is read as:
///
/// ```
/// # use container_map::{Draft, Value};
/// let draft = Draft::new("site").container("web", |web| {
///     web.image("nginx")                              // a text
///         .exposes((80, 8080))                        // `[80, 8080]`
///         .stop_timeout(core::time::Duration::from_secs(5))
///         .shares(Value::late(|| "/cache"))           // known when the draft is checked
/// });
/// assert_eq!(draft.check()?.containers().len(), 1);
/// # Ok::<(), container_map::LoadError>(())
/// ```
///
/// No value at all ([`Value::NULL`], or an `Option` that is `None`) clears what a key would inherit, as `null` does in a
/// file.
#[derive(Debug, Clone)]
pub struct Value(pub(crate) Tree);

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Integer(i64),
    Text(String),
    List(Vec<Value>),
    Map(Mapping),
    /// A value with a tag, like `!secret`.
    Tagged(Cow<'static, str>, Box<Value>),
    Late(Late),
}

/// A value that is asked for when it is needed.
#[derive(Clone)]
pub(crate) struct Late(Arc<dyn Fn() -> Value + Send + Sync>);

impl Late {
    pub(crate) fn value(&self) -> Value {
        (self.0)()
    }
}

impl fmt::Debug for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(late)")
    }
}

impl Value {
    /// No value.
    pub const NULL: Self = Self(Tree::Null);

    /// Returns a value that a function gives when the draft it is in is checked, once for each check.
    ///
    /// These are docker-map's late values (`lazy`, `lazy_once`); they can stand for any value, not only for some.
    pub fn late<V: Into<Self>>(value: impl Fn() -> V + Send + Sync + 'static) -> Self {
        Self(Tree::Late(Late(Arc::new(move || value().into()))))
    }

    /// Returns a list or mapping that stands instead of all that is inherited for the key of a configuration, with which it
    /// would be merged otherwise: `!override` in a file.
    ///
    /// ```
    /// # use container_map::{Draft, Value};
    /// let map = Draft::new("site")
    ///     .container("base", |base| base.is_abstract(true).image("app").exposes(80))
    ///     .container("web", |web| web.extends("base").set("exposes", Value::instead([8080])))
    ///     .check()?;
    /// assert_eq!(map.containers()[0].exposes.len(), 1);
    /// # Ok::<(), container_map::LoadError>(())
    /// ```
    pub fn instead(value: impl Into<Self>) -> Self {
        Self::tagged(OVERRIDE, value.into())
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self(Tree::Text(text.into()))
    }

    pub(crate) fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self(Tree::List(items.into_iter().collect()))
    }

    pub(crate) fn tagged(tag: impl Into<Cow<'static, str>>, value: Self) -> Self {
        Self(Tree::Tagged(tag.into(), Box::new(value)))
    }

    /// Changes what the value is; one that stands instead of what is inherited goes on doing so.
    fn change(&mut self, change: impl FnOnce(Tree) -> Tree) {
        match core::mem::replace(&mut self.0, Tree::Null) {
            Tree::Tagged(tag, value) if tag == OVERRIDE => *self = Self::instead(Self(change(value.0))),
            tree => self.0 = change(tree),
        }
    }

    /// Returns the tree that a text of this value would be read as; late values are asked for now.
    pub(crate) fn node(&self) -> Node {
        let value = match &self.0 {
            Tree::Null => yaml::Value::Null,
            Tree::Bool(value) => yaml::Value::Text(value.to_string()),
            Tree::Integer(value) => yaml::Value::Text(value.to_string()),
            Tree::Text(text) => yaml::Value::Text(text.clone()),
            Tree::List(items) => yaml::Value::List(items.iter().map(Self::node).collect()),
            Tree::Map(Mapping(entries)) => yaml::Value::Map(
                entries.iter().map(|(key, value)| Entry::new(key.clone(), value.node())).collect(),
            ),
            Tree::Tagged(tag, value) => return value.node().with_tag(tag),
            Tree::Late(late) => return late.value().node(),
        };
        Node::new(value)
    }
}

impl Default for Value {
    fn default() -> Self {
        Self::NULL
    }
}

impl From<Node> for Value {
    /// Returns what a text says, without the places.
    fn from(node: Node) -> Self {
        let tag = node.tag().map(ToOwned::to_owned);
        let value = Self(match node.value {
            yaml::Value::Null => Tree::Null,
            yaml::Value::Text(text) => Tree::Text(text),
            yaml::Value::List(items) => Tree::List(items.into_iter().map(Self::from).collect()),
            yaml::Value::Map(entries) => Tree::Map(Mapping(
                entries.into_iter().map(|entry| (entry.key.into(), Self::from(entry.value))).collect(),
            )),
        });
        match tag {
            Some(tag) => Self::tagged(tag, value),
            None => value,
        }
    }
}

/// Names with values, in order.
///
/// ```
/// # use container_map::{Draft, Mapping};
/// let volume = Mapping::new().with("default_path", "/data").with("user", 1000).with("permissions", "u=rwX,go=");
/// let map = Draft::new("site").volume("data", volume).check()?;
/// assert_eq!(map.volumes().len(), 1);
/// # Ok::<(), container_map::LoadError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Mapping(pub(crate) Vec<(Cow<'static, str>, Value)>);

impl Mapping {
    /// Returns a mapping without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of a key; one that is there already is replaced where it stands.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set(key.into(), value.into());
        self
    }

    pub(crate) fn set(&mut self, key: impl Into<Cow<'static, str>>, value: Value) {
        *self.entry(key) = value;
    }

    /// Returns the value of a key, to be changed; a new one is null.
    pub(crate) fn entry(&mut self, key: impl Into<Cow<'static, str>>) -> &mut Value {
        let key = key.into();
        let position = self.0.iter().position(|(known, _)| *known == key);
        let position = position.unwrap_or_else(|| {
            self.0.push((key, Value::NULL));
            self.0.len() - 1
        });
        &mut self.0[position].1
    }

    /// Returns whether there is something under a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(known, _)| known == key)
    }

    /// Changes the mapping under a key; what else is there is replaced by one.
    pub(crate) fn within(&mut self, key: impl Into<Cow<'static, str>>, change: impl FnOnce(&mut Self)) {
        self.entry(key).change(|tree| {
            let mut mapping = match tree {
                Tree::Map(mapping) => mapping,
                _ => Self::new(),
            };
            change(&mut mapping);
            Tree::Map(mapping)
        });
    }

    /// Adds an element to the list under a key; what else is there becomes the first element.
    pub(crate) fn push(&mut self, key: impl Into<Cow<'static, str>>, element: Value) {
        self.entry(key).change(|tree| {
            let mut items = match tree {
                Tree::Null => Vec::new(),
                Tree::List(items) => items,
                other => Vec::from([Value(other)]),
            };
            items.push(element);
            Tree::List(items)
        });
    }
}

impl From<Mapping> for Value {
    fn from(mapping: Mapping) -> Self {
        Self(Tree::Map(mapping))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self(Tree::Bool(value))
    }
}

impl From<Duration> for Value {
    fn from(duration: Duration) -> Self {
        Self::text(format_duration(duration))
    }
}

impl From<Access> for Value {
    fn from(access: Access) -> Self {
        Self::text(access.as_str())
    }
}

impl From<SecretSource> for Value {
    fn from(source: SecretSource) -> Self {
        let (key, value) = match source {
            SecretSource::File(path) => ("file", path),
            SecretSource::Env(name) => ("env", name),
        };
        Self::tagged(SECRET, Mapping::new().with(key, value).into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::NULL, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::list(items.into_iter().map(Into::into))
    }
}

impl<T: Into<Self>, const N: usize> From<[T; N]> for Value {
    fn from(items: [T; N]) -> Self {
        Self::list(items.into_iter().map(Into::into))
    }
}

impl<A: Into<Self>, B: Into<Self>> From<(A, B)> for Value {
    fn from((first, second): (A, B)) -> Self {
        Self::list([first.into(), second.into()])
    }
}

impl<A: Into<Self>, B: Into<Self>, C: Into<Self>> From<(A, B, C)> for Value {
    fn from((first, second, third): (A, B, C)) -> Self {
        Self::list([first.into(), second.into(), third.into()])
    }
}

impl<A: Into<Self>, B: Into<Self>, C: Into<Self>, D: Into<Self>> From<(A, B, C, D)> for Value {
    fn from((first, second, third, fourth): (A, B, C, D)) -> Self {
        Self::list([first.into(), second.into(), third.into(), fourth.into()])
    }
}

macro_rules! from_integers {
    ($($type:ty),+) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self(Tree::Integer(value.into()))
            }
        }
    )+};
}

/// What a value is read as converts back to its text.
macro_rules! from_texts {
    ($($type:ty),+ $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::text(value.to_string())
            }
        }
    )+};
}

from_integers!(i32, i64, u8, u16, u32);
from_texts!(
    ByteSize,
    ClientName,
    ConfigName,
    ContainerPath,
    GroupName,
    HostPath,
    HostPort,
    ImageRef,
    InstanceName,
    InterfaceName,
    MapName,
    Mode,
    NetworkName,
    Port,
    Signal,
    User,
    VolumeName,
);
