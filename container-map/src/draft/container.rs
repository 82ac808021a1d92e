//! A configuration of a draft.

use alloc::string::String;

use crate::value::{Mapping, Value};

/// A container configuration that is not checked yet.
///
/// There is a method for each key of a configuration, named like it. One for a single value replaces what was set before,
/// one for a list adds an element, in any of the forms that a file can give it: tuples and arrays are lists, and a
/// [`Mapping`] names its fields.
///
/// ```
/// use container_map::{Draft, Mapping};
///
/// let map = Draft::new("site")
///     .container("base", |base| base.is_abstract(true).image("app").networks("back"))
///     .container("web", |web| {
///         web.extends("base")
///             .exposes(80)
///             .exposes((443, 8443))
///             .binds(("/etc/nginx", "/srv/nginx", "ro"))
///             .links(Mapping::new().with("container", "db").with("alias", "database"))
///             .healthcheck(Mapping::new().with("test", "curl -f localhost").with("interval", "10s"))
///     })
///     .container("db", |db| db.image("postgres"))
///     .network("back", Mapping::new().with("internal", true))
///     .check()?;
/// assert_eq!(map.containers()[0].exposes.len(), 2);
/// # Ok::<(), container_map::LoadError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ContainerDraft(Mapping);

macro_rules! single_values {
    ($($(#[$doc:meta])* $method:ident = $key:literal;)+) => {
        impl ContainerDraft {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $method(self, value: impl Into<Value>) -> Self {
                    self.set($key, value)
                }
            )+
        }
    };
}

macro_rules! lists {
    ($($(#[$doc:meta])* $key:ident;)+) => {
        impl ContainerDraft {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $key(mut self, element: impl Into<Value>) -> Self {
                    self.0.push(stringify!($key), element.into());
                    self
                }
            )+
        }
    };
}

single_values! {
    /// Sets whether it is only there to be extended.
    is_abstract = "abstract";
    /// Sets the image; without one, the configuration's name is its image.
    image = "image";
    /// Sets what its image is built from: a folder, or a [`Mapping`] of what there is to say.
    build = "build";
    /// Sets the working user, and owner of its attached volumes.
    user = "user";
    /// Sets the access mode of its attached volumes.
    permissions = "permissions";
    /// Sets how long the engine waits after the stop signal before it kills; numbers are seconds.
    stop_timeout = "stop_timeout";
    /// Sets the signal that stops it.
    stop_signal = "stop_signal";
    /// Sets the pause after a successful start; numbers are seconds.
    start_delay = "start_delay";
    /// Sets where its network namespace comes from.
    network_mode = "network_mode";
    /// Sets how the engine finds out whether it works.
    healthcheck = "healthcheck";
    /// Sets how its containers are replaced: a strategy, or a [`Mapping`] of `strategy` and `batch`.
    update = "update";
    /// Sets what becomes of its anonymous volumes then: `keep` or `renew`.
    anonymous_volumes = "anonymous_volumes";
    /// Sets whether it holds data or runs once.
    persistent = "persistent";
}

lists! {
    /// Adds a configuration to start from.
    extends;
    /// Adds an instance.
    instances;
    /// Adds a client that it runs on, instead of the clients of the map.
    clients;
    /// Adds a path with an anonymous volume.
    shares;
    /// Adds a directory of the host: an alias, or `(path, host path)`, and whether it is read-only.
    binds;
    /// Adds a volume that it owns: an alias, or `(alias, path)`.
    attaches;
    /// Adds a volume of another configuration or all volumes of one, and whether they are read-only.
    uses;
    /// Adds a legacy link: a configuration, or `(configuration, alias)`.
    links;
    /// Adds a port: alone, or `(port, host port)`, or with the alias of an interface as the third part.
    exposes;
    /// Adds a network to join: its name, or `(name, aliases)`.
    networks;
    /// Adds a command to run after a start: a line, or `(line, user)`, or with `initial` as the third part.
    exec_commands;
    /// Adds a container that comes first: its name, or `(name, condition)`.
    start;
    /// Adds what it does when a container it depends on changes: `(name, policy)`.
    follow;
}

impl ContainerDraft {
    /// Sets what is under a key, whatever was there: [`Value::NULL`] clears what is inherited, a list replaces the
    /// elements so far.
    #[must_use]
    pub fn set(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.0.set(key, value.into());
        self
    }

    /// Sets how an attribute or option is compared with the engine's: `strict`, `at-least` or `ignore`.
    #[must_use]
    pub fn compare(mut self, name: impl Into<String>, mode: impl Into<Value>) -> Self {
        let (name, mode) = (name.into(), mode.into());
        self.0.within("compare", |rules| rules.set(name, mode));
        self
    }

    /// Sets an environment variable; [`Value::NULL`] removes the one that the image sets.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let (name, value) = (name.into(), value.into());
        self.0.within("create_options", |options| {
            options.within("environment", |environment| environment.set(name, value));
        });
        self
    }

    /// Sets one of the further arguments of the engine's create operation.
    #[must_use]
    pub fn create_option(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let (name, value) = (name.into(), value.into());
        self.0.within("create_options", |options| options.set(name, value));
        self
    }

    /// Sets one of the further arguments of its host configuration.
    #[must_use]
    pub fn host_option(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let (name, value) = (name.into(), value.into());
        self.0.within("host_config", |options| options.set(name, value));
        self
    }
}

impl From<Mapping> for ContainerDraft {
    fn from(mapping: Mapping) -> Self {
        Self(mapping)
    }
}

impl From<ContainerDraft> for Mapping {
    fn from(draft: ContainerDraft) -> Self {
        draft.0
    }
}
