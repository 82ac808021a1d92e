//! What is mounted while a command runs.

use std::fmt;

use super::run::Outside;
use crate::path::ImagePath;
use crate::quote;

/// What is mounted while a command runs.
///
/// The values of a mount have no quoting that all versions of the engine agree on. A character that would need it is
/// replaced by one that no engine accepts, so that the build fails.
///
/// ```
/// # use dockerfile_builder::{Access, Dockerfile, Mount, Run};
/// let mine = Access { uid: Some(1000), mode: Some(0o700), ..Access::default() };
/// let install = Run::from("pip install uwsgi").mount(Mount::cache("/srv/me/.cache").access(mine));
/// let dockerfile = Dockerfile::from("python").run(install).build();
/// assert_eq!(
///     dockerfile.to_string(),
///     "FROM python\nRUN --mount=type=cache,target=/srv/me/.cache,uid=1000,mode=0700 pip install uwsgi\n"
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Mount {
    /// A directory of the build context, of an earlier stage, or of an image; what is written there is thrown away.
    Bind {
        /// Where it is mounted.
        target: ImagePath,
        /// What it is a directory of; without one, of the build context.
        from: Option<Outside>,
        /// The directory; without one, all of it.
        source: Option<ImagePath>,
        /// Whether it can be written to.
        writable: bool,
    },
    /// A directory that stays between builds.
    Cache {
        /// Where it is mounted.
        target: ImagePath,
        /// What tells it from others; without one, the target.
        id: Option<String>,
        /// What happens when several builds want it.
        sharing: Option<Sharing>,
        /// What it is filled with when it is new: something of an earlier stage or of an image.
        from: Option<Outside>,
        /// The directory there; without one, all of it.
        source: Option<ImagePath>,
        /// Whether the command can only read it.
        readonly: bool,
        /// Whose it is when it is new.
        access: Access,
    },
    /// An empty directory in memory.
    Tmpfs {
        /// Where it is mounted.
        target: ImagePath,
        /// How many bytes it can hold.
        size: Option<u64>,
    },
    /// A secret that the build is given; it is not in the image.
    Secret {
        /// Which one.
        id: String,
        /// The file it is in; without one, and without a variable, `/run/secrets/ID`.
        target: Option<ImagePath>,
        /// The variable it is in.
        env: Option<String>,
        /// Whether the build fails without it.
        required: bool,
        /// Whose the file is.
        access: Access,
    },
    /// The socket of an agent with SSH keys.
    Ssh {
        /// Which one; without one, `default`.
        id: Option<String>,
        /// Where it is; without one, where the engine likes, and `SSH_AUTH_SOCK` says where.
        target: Option<ImagePath>,
        /// Whether the build fails without it.
        required: bool,
        /// Whose the socket is.
        access: Access,
    },
}

/// Whose something mounted is, and who may do what with it. What is not said, the engine decides: it is root's.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Access {
    /// The user's number.
    pub uid: Option<u32>,
    /// The group's number.
    pub gid: Option<u32>,
    /// The permission bits, like `0o700`.
    pub mode: Option<u32>,
}

impl Mount {
    /// Returns all of the build context, to be read.
    pub fn bind(target: impl Into<ImagePath>) -> Self {
        Self::Bind { target: target.into(), from: None, source: None, writable: false }
    }

    /// Returns a directory that stays between builds.
    pub fn cache(target: impl Into<ImagePath>) -> Self {
        Self::Cache {
            target: target.into(),
            id: None,
            sharing: None,
            from: None,
            source: None,
            readonly: false,
            access: Access::default(),
        }
    }

    /// Returns an empty directory in memory.
    pub fn tmpfs(target: impl Into<ImagePath>) -> Self {
        Self::Tmpfs { target: target.into(), size: None }
    }

    /// Returns a secret that is a file at its usual place, and without which the build fails.
    pub fn secret(id: impl Into<String>) -> Self {
        Self::Secret { id: id.into(), target: None, env: None, required: true, access: Access::default() }
    }

    /// Returns the usual agent with SSH keys, without which the build fails.
    pub fn ssh() -> Self {
        Self::Ssh { id: None, target: None, required: true, access: Access::default() }
    }

    /// Returns where what is mounted comes from, if that is not the build context.
    pub(super) fn outside(&self) -> Option<&Outside> {
        match self {
            Self::Bind { from, .. } | Self::Cache { from, .. } => from.as_ref(),
            Self::Tmpfs { .. } | Self::Secret { .. } | Self::Ssh { .. } => None,
        }
    }

    pub(super) fn outside_mut(&mut self) -> Option<&mut Outside> {
        match self {
            Self::Bind { from, .. } | Self::Cache { from, .. } => from.as_mut(),
            Self::Tmpfs { .. } | Self::Secret { .. } | Self::Ssh { .. } => None,
        }
    }

    /// Says whose a cache, a secret or an agent's socket is. Other mounts are as they are where they come from.
    #[must_use]
    pub fn access(mut self, is: Access) -> Self {
        match &mut self {
            Self::Cache { access, .. } | Self::Secret { access, .. } | Self::Ssh { access, .. } => {
                *access = is;
            }
            Self::Bind { .. } | Self::Tmpfs { .. } => {}
        }
        self
    }
}

/// What happens when several builds want one cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Sharing {
    /// All use it at once.
    Shared,
    /// Each has its own.
    Private,
    /// One after the other.
    Locked,
}

type Fields = Vec<(&'static str, Option<String>)>;

impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, fields) = self.fields();
        write!(f, "type={kind}")?;
        fields.into_iter().try_for_each(|(name, value)| match value {
            Some(value) => write!(f, ",{name}={}", quote::option(&value)),
            None => Ok(()),
        })
    }
}

impl Mount {
    /// Returns the kind and all that is said.
    fn fields(&self) -> (&'static str, Fields) {
        let path = |path: &ImagePath| Some(path.as_str().to_owned());
        let flag = |is_set: &bool| is_set.then(|| "true".to_owned());
        let place = |from: &Option<Outside>, source: &Option<ImagePath>| {
            [("from", from.as_ref().map(ToString::to_string)), ("source", source.as_ref().and_then(path))]
        };
        let mut fields = Vec::new();
        let kind = match self {
            Self::Bind { target, from, source, writable } => {
                fields.push(("target", path(target)));
                fields.extend(place(from, source));
                fields.push(("rw", flag(writable)));
                "bind"
            }
            Self::Cache { target, id, sharing, from, source, readonly, access } => {
                let sharing = sharing.map(|sharing| sharing.word().to_owned());
                fields.extend([("target", path(target)), ("id", id.clone()), ("sharing", sharing)]);
                fields.extend(place(from, source));
                fields.push(("readonly", flag(readonly)));
                fields.extend(access.fields());
                "cache"
            }
            Self::Tmpfs { target, size } => {
                fields.extend([("target", path(target)), ("size", size.map(|size| size.to_string()))]);
                "tmpfs"
            }
            Self::Secret { id, target, env, required, access } => {
                fields.extend([("id", Some(id.clone())), ("target", target.as_ref().and_then(path))]);
                fields.extend([("env", env.clone()), ("required", flag(required))]);
                fields.extend(access.fields());
                "secret"
            }
            Self::Ssh { id, target, required, access } => {
                fields.extend([("id", id.clone()), ("target", target.as_ref().and_then(path))]);
                fields.push(("required", flag(required)));
                fields.extend(access.fields());
                "ssh"
            }
        };
        (kind, fields)
    }
}

impl Sharing {
    fn word(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Private => "private",
            Self::Locked => "locked",
        }
    }
}

impl Access {
    fn fields(self) -> [(&'static str, Option<String>); 3] {
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        let mode = self.mode.map(|mode| format!("{mode:04o}"));
        [("uid", number(self.uid)), ("gid", number(self.gid)), ("mode", mode)]
    }
}
