//! The container map: what a user can write, read with places, checked, and resolved.
//!
//! A map goes three steps, each a type of its own: text is read into a raw map that says literally what the file says
//! and where ([`load`] keeps it to itself), the raw map is checked, and what comes out is a [`ContainerMap`]: consistent,
//! without shorthand, every name resolved.
//!
//! ```
//! let map = container_map::load("
//! name: site
//! web:
//!   image: nginx
//!   uses: app_socket
//! app:
//!   attaches: app_socket
//! volumes:
//!   app_socket: /run/app
//! ", container_map::LoadOptions::default())?;
//! let web = map.keys().next().expect("because the map has a container");
//! assert_eq!(web.docker_name(), "site.web");
//! assert_eq!(map.dependencies(&web).len(), 1);
//! # Ok::<(), container_map::LoadError>(())
//! ```
//!
//! A map can as well be built in code, and a map is written out in full, in YAML or with any serializer:
//!
//! ```
//! use container_map::{ContainerMap, Draft};
//!
//! let map = Draft::new("site")
//!     .container("web", |web| web.image("nginx").uses("app_socket"))
//!     .container("app", |app| app.attaches("app_socket"))
//!     .volume("app_socket", "/run/app")
//!     .check()?;
//! assert_eq!(ContainerMap::load(&map.document().to_string())?, map);
//! # Ok::<(), container_map::LoadError>(())
//! ```
//!
//! [`Draft`] says how docker-map's objects correspond to both types; [`schema()`] is for editors.
//!
//! # Guarantees
//!
//! - All problems of a map are reported at once, each with its field, and its place in the text.
//! - A [`ContainerMap`] refers to nothing that does not exist, and its dependencies have no cycle.
//! - Reading has no effect and asks nobody: no environment, file, clock or network.
//!
//! # What it does not do
//!
//! It does not know that Docker has an API: what an engine should have follows in `map-planner`.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod canonical;
mod client;
pub mod config;
mod draft;
mod error;
mod field;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod graph;
mod image;
mod inherit;
mod key;
mod load;
mod local;
mod locate;
mod map;
mod mode;
mod name;
mod path;
mod port;
mod project;
mod quantity;
mod raw;
mod schema;
mod secret;
mod select;
mod signal;
mod user;
mod validate;
mod value;
mod variables;
mod yaml;

pub use canonical::Document;
pub use client::{ClientConfig, Login, Password};
pub use draft::{ContainerDraft, Draft, Merge};
pub use error::{
    Explanation, LoadError, LoadOptions, SyntaxError, ValueError, Violation, ViolationKind, Violations,
    explain, explanations,
};
pub use field::{FieldPath, SourceId, Span};
pub use image::{ImageRef, ImageRefError};
pub use key::{ContainerKey, KeyError, NetworkKey, PresetNetwork, ResourceKey, VolumeKey};
pub use load::{Files, ProjectError, ProjectFiles, Source, WrittenProject, load, load_project, read_project};
pub use local::{ContextFile, LocalPath};
pub use map::{AttachedVolume, ContainerMap, GroupMember};
pub use mode::{FileKind, Mode, ModeError};
pub use name::{
    ClientName, ConfigName, GroupName, InstanceName, InterfaceName, MapName, NameError, NetworkName,
    VolumeName,
};
pub use path::{ContainerPath, HostPath, PathError};
pub use port::{HostPort, Port, PortError, Protocol};
pub use project::Project;
pub use quantity::{ByteSize, ByteSizeError, DurationError, format_duration, parse_duration};
pub use schema::schema;
pub use secret::{Secret, SecretSource};
pub use select::{SelectError, Selection};
pub use signal::{Signal, SignalError};
pub use user::{Ident, Owner, User, UserError};
pub use value::{Mapping, Value};
pub use variables::Variables;
