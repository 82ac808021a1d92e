//! Maps made in code: the same model, the same checks, other input.
//!
//! A draft is compiled to what a file would say and read from there, so every rule of a map exists once.

mod container;
mod merge;

use alloc::string::String;
use alloc::vec::Vec;

pub use container::ContainerDraft;
pub use merge::Merge;

use self::merge::lay;
use crate::error::{LoadError, LoadOptions};
use crate::load::{Reading, draft_tree};
use crate::map::ContainerMap;
use crate::raw::RawMap;
use crate::value::{Mapping, Tree, Value};

/// A map that is not checked yet: built in code, read from a text, or both.
///
/// ```
/// use container_map::{Draft, SecretSource};
///
/// let map = Draft::new("site")
///     .container("web", |web| web.image("nginx").uses("app_socket").exposes((80, 8080)))
///     .container("app", |app| {
///         app.image("app:2")
///             .attaches("app_socket")
///             .user(2000)
///             .environment("MODE", "production")
///             .environment("PASSWORD", SecretSource::File("password.txt".into()))
///     })
///     .volume("app_socket", "/run/app")
///     .check()?;
/// assert_eq!(map.keys().count(), 2);
/// # Ok::<(), container_map::LoadError>(())
/// ```
///
/// Nothing is checked before [`Draft::check`], which reports everything that is wrong at once, with the fields:
///
/// ```
/// # use container_map::{Draft, LoadError};
/// let Err(LoadError::Invalid(violations)) =
///     Draft::new("site").container("web", |web| web.uses("socket").stop_timeout("soon")).check()
/// else {
///     panic!("nothing is named `socket`");
/// };
/// let fields: Vec<String> = violations.iter().map(|violation| violation.at.to_string()).collect();
/// assert_eq!(fields, ["containers.web.stop_timeout", "containers.web.uses[0]"]);
/// ```
///
/// # Where docker-map's objects went
///
/// docker-map has one mutable kind of map that is cleaned now and then. Here a [`Draft`] can be changed and is not
/// consistent, and a [`ContainerMap`] is consistent and cannot be changed; [`Draft::from`] goes back.
///
/// | docker-map | here |
/// |---|---|
/// | `map.containers.web`, created on first access | [`Draft::container`] |
/// | `get_existing` | `map.containers().get(name)`: a look-up creates nothing |
/// | iterating over a map | [`ContainerMap::containers`], in the order of the text, without abstract configurations |
/// | `as_dict` | [`ContainerMap::document`] |
/// | `==` | `==` of [`ContainerMap`]s, after everything is resolved |
/// | `merge`, `merge(lists_only=True)`, `update` | [`Draft::merge`] with [`Merge::All`], [`Merge::ListsOnly`], [`Merge::Replace`] |
/// | `copy` | `clone`, which shares nothing |
/// | `clean`, `check_integrity` | [`Draft::check`] |
/// | not set, and `None` | a key that is left out, and [`Value::NULL`] |
/// | `lazy`, `lazy_once` | [`Value::late`] |
#[derive(Debug, Clone)]
pub struct Draft {
    /// What was set before the last merge, and what was merged; each is laid over those before it.
    layers: Vec<Layer>,
    /// What was set since.
    own: Mapping,
}

#[derive(Debug, Clone)]
enum Layer {
    Own(Mapping),
    Other(Draft, Merge),
}

impl Draft {
    /// Starts a map of a name.
    pub fn new(name: impl Into<Value>) -> Self {
        Self { layers: Vec::new(), own: Mapping::new().with("name", name) }
    }

    /// Starts with what a text says; its variables are expanded now.
    ///
    /// # Errors
    ///
    /// [`LoadError::Syntax`] if the text is not YAML, [`LoadError::Invalid`] if it is no mapping or a variable is missing.
    /// What else may be wrong is left to [`Draft::check`].
    pub fn from_yaml(text: &str, options: &LoadOptions) -> Result<Self, LoadError> {
        let mut own = match Value::from(draft_tree(text, options)?).0 {
            Tree::Map(own) => own,
            _ => Mapping::new(),
        };
        if let Some(name) = options.name.clone().filter(|_| !own.has("name")) {
            own.set("name", name.into());
        }
        Ok(Self { layers: Vec::new(), own })
    }

    /// Sets the repository of images whose names have no slash.
    #[must_use]
    pub fn repository(self, repository: impl Into<Value>) -> Self {
        self.set("repository", repository)
    }

    /// Sets the tag of images that name none.
    #[must_use]
    pub fn default_tag(self, tag: impl Into<Value>) -> Self {
        self.set("default_tag", tag)
    }

    /// Sets the domain name of new containers.
    #[must_use]
    pub fn default_domain(self, domain: impl Into<Value>) -> Self {
        self.set("default_domain", domain)
    }

    /// Sets whether containers get a host name made from their key; without it they do.
    #[must_use]
    pub fn set_hostname(self, is_set: impl Into<Value>) -> Self {
        self.set("set_hostname", is_set)
    }

    /// Sets whether volumes carry their owner's name; without it they do not.
    #[must_use]
    pub fn use_attached_parent_name(self, is_used: impl Into<Value>) -> Self {
        self.set("use_attached_parent_name", is_used)
    }

    /// Sets the directory that relative paths on the host start at.
    #[must_use]
    pub fn host_root(self, root: impl Into<Value>) -> Self {
        self.set("host_root", root)
    }

    /// Sets how an attribute or option of all containers is compared with the engine's: `strict`, `at-least` or `ignore`.
    #[must_use]
    pub fn compare(mut self, name: impl Into<String>, mode: impl Into<Value>) -> Self {
        let mut rule = Mapping::new();
        rule.set(name.into(), mode.into());
        self.own.push("compare", rule.into());
        self
    }

    /// Adds a client that the map is for.
    #[must_use]
    pub fn client(mut self, name: impl Into<Value>) -> Self {
        self.own.push("clients", name.into());
        self
    }

    /// Sets the members of a group: configurations, or instances as `config.instance`.
    #[must_use]
    pub fn group(self, name: impl Into<String>, members: impl Into<Value>) -> Self {
        self.put("groups", name, members)
    }

    /// Adds a configuration, or adds to the one of this name.
    #[must_use]
    pub fn container(
        mut self,
        name: impl Into<String>,
        build: impl FnOnce(ContainerDraft) -> ContainerDraft,
    ) -> Self {
        self.own.within("containers", |containers| {
            containers.within(name.into(), |container| {
                let draft = ContainerDraft::from(core::mem::take(container));
                *container = build(draft).into();
            });
        });
        self
    }

    /// Sets a volume alias: the path where it is mounted, or a [`Mapping`] with all that is said of it.
    #[must_use]
    pub fn volume(self, alias: impl Into<String>, volume: impl Into<Value>) -> Self {
        self.put("volumes", alias, volume)
    }

    /// Sets the path of an alias on the host, or a [`Mapping`] of instances to paths.
    #[must_use]
    pub fn host(self, alias: impl Into<String>, paths: impl Into<Value>) -> Self {
        self.put("host", alias, paths)
    }

    /// Sets a network of the map: [`Value::NULL`], or a [`Mapping`] with all that is said of it.
    #[must_use]
    pub fn network(self, name: impl Into<String>, network: impl Into<Value>) -> Self {
        self.put("networks", name, network)
    }

    /// Lays another draft over this one, by the rules that `extends` has for configurations (docker-map 4.1).
    ///
    /// Configurations, volumes and networks that both have are merged, the others are added; a path on the host and a
    /// group replace those of their name. What is added to this draft later counts over both.
    ///
    /// ```
    /// # use container_map::{Draft, Merge};
    /// let site = Draft::new("site").container("web", |web| web.image("nginx:1").shares("/tmp"));
    /// let newer = Draft::new("newer").container("web", |web| web.image("nginx:2").shares("/run"));
    /// let merged = |how| {
    ///     let map = site.clone().merge(&newer, how).check().expect("because both are complete");
    ///     let web = &map.containers()[0];
    ///     (web.image.to_string(), web.shares.len())
    /// };
    /// assert_eq!(merged(Merge::All), ("nginx:2".into(), 2));
    /// assert_eq!(merged(Merge::ListsOnly), ("nginx:1".into(), 2));
    /// assert_eq!(merged(Merge::Replace), ("nginx:2".into(), 1));
    /// ```
    #[must_use]
    pub fn merge(mut self, other: &Self, how: Merge) -> Self {
        self.layers.push(Layer::Own(core::mem::take(&mut self.own)));
        self.layers.push(Layer::Other(other.clone(), how));
        self
    }

    /// Checks the draft and resolves it; late values are asked for now, each once.
    ///
    /// # Errors
    ///
    /// [`LoadError::Invalid`] with everything that is wrong; the violations have fields and no places.
    pub fn check(&self) -> Result<ContainerMap, LoadError> {
        let mut reading = Reading::default();
        let raw = self.compile(&mut reading);
        reading.check_draft(raw)
    }

    /// Returns what a file would say.
    fn compile(&self, reading: &mut Reading) -> RawMap {
        let mut map: Option<RawMap> = None;
        let mut add = |raw: RawMap, how: Merge| match &mut map {
            None => map = Some(raw),
            Some(map) => lay(map, raw, how),
        };
        for layer in &self.layers {
            match layer {
                Layer::Own(own) => add(reading.read_draft(Value::from(own.clone()).node()), Merge::All),
                Layer::Other(draft, how) => add(draft.compile(reading), *how),
            }
        }
        add(reading.read_draft(Value::from(self.own.clone()).node()), Merge::All);
        map.expect("because what was set last was added")
    }

    fn set(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.own.set(key, value.into());
        self
    }

    fn put(mut self, section: &'static str, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.own.within(section, |section| section.set(name.into(), value.into()));
        self
    }
}

impl From<&ContainerMap> for Draft {
    /// Returns a draft that says what a checked map does, to go on from there.
    fn from(map: &ContainerMap) -> Self {
        Self { layers: Vec::new(), own: map.document().into_mapping() }
    }
}
