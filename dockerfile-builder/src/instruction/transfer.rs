//! What is copied into an image.

use std::fmt;

use super::run::Outside;
use crate::path::{ContextPath, ImagePath};
use crate::quote;

/// Files that are copied as they are.
///
/// ```
/// # use dockerfile_builder::{ContextPath, CopyFiles, Dockerfile};
/// let site: ContextPath = "site".parse()?;
/// let copy = CopyFiles::context([site], "/srv/").chown("app:app").link();
/// let dockerfile = Dockerfile::from("nginx").copy_with(copy).build();
/// assert_eq!(dockerfile.to_string(), "FROM nginx\nCOPY --chown=app:app --link site /srv/\n");
/// # Ok::<(), dockerfile_builder::PathError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopyFiles {
    pub(crate) sources: Sources,
    pub(crate) to: ImagePath,
    pub(crate) options: CopyOptions,
}

/// Where the files of a [`CopyFiles`] are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sources {
    /// In the build context, by their literal names.
    Context(Vec<ContextPath>),
    /// In an earlier stage or an image, by their literal names.
    Elsewhere(Outside, Vec<ImagePath>),
}

/// What can be said about copied files. What is not said, the engine decides.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct CopyOptions {
    pub(crate) chown: Option<String>,
    pub(crate) chmod: Option<String>,
    pub(crate) link: bool,
    pub(crate) parents: bool,
    pub(crate) exclude: Vec<String>,
}

impl CopyFiles {
    /// Returns a copy of files of the build context; several need a directory, with a slash at its end, to go to.
    pub fn context(from: impl IntoIterator<Item = ContextPath>, to: impl Into<ImagePath>) -> Self {
        Self::new(Sources::Context(from.into_iter().collect()), to.into())
    }

    /// Returns a copy of files of an earlier stage or an image.
    pub fn elsewhere<P: Into<ImagePath>>(
        place: Outside,
        from: impl IntoIterator<Item = P>,
        to: impl Into<ImagePath>,
    ) -> Self {
        Self::new(Sources::Elsewhere(place, from.into_iter().map(Into::into).collect()), to.into())
    }

    fn new(sources: Sources, to: ImagePath) -> Self {
        Self { sources, to, options: CopyOptions::default() }
    }
}

/// Files that are copied from the build context, where archives are unpacked, or fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddFiles {
    pub(crate) sources: Vec<AddSource>,
    pub(crate) to: ImagePath,
    pub(crate) options: CopyOptions,
    pub(crate) checksum: Option<String>,
    pub(crate) keep_git_dir: bool,
    pub(crate) unpack: Option<bool>,
}

/// Where something is that is added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AddSource {
    /// In the build context, by its literal name.
    Context(ContextPath),
    /// At an address (`https://…`), or in a Git repository (`https://….git#ref:directory`, `git@host:…`).
    Remote(String),
}

impl AddFiles {
    /// Returns what adds files of the build context or from elsewhere.
    pub fn new(sources: impl IntoIterator<Item = AddSource>, to: impl Into<ImagePath>) -> Self {
        Self {
            sources: sources.into_iter().collect(),
            to: to.into(),
            options: CopyOptions::default(),
            checksum: None,
            keep_git_dir: false,
            unpack: None,
        }
    }

    /// Returns what adds a file or directory of the build context.
    pub fn context(from: ContextPath, to: impl Into<ImagePath>) -> Self {
        Self::new([AddSource::Context(from)], to)
    }

    /// Says what the digest of what is fetched has to be, like `sha256:…`; needs `BuildKit`.
    #[must_use]
    pub fn checksum(mut self, digest: impl Into<String>) -> Self {
        self.checksum = Some(digest.into());
        self
    }

    /// Keeps the `.git` directory of a Git repository; needs `BuildKit`.
    #[must_use]
    pub fn keep_git_dir(mut self) -> Self {
        self.keep_git_dir = true;
        self
    }

    /// Says whether archives are unpacked, also those that are fetched; needs a newer `BuildKit`. Without it, those of the
    /// build context are, and those that are fetched are not.
    #[must_use]
    pub fn unpack(mut self, whether: bool) -> Self {
        self.unpack = Some(whether);
        self
    }
}

macro_rules! copy_options {
    ($name:ident) => {
        impl $name {
            /// Sets the owner, as names or numbers: `user`, `user:group`.
            #[must_use]
            pub fn chown(mut self, owner: impl Into<String>) -> Self {
                self.options.chown = Some(owner.into());
                self
            }

            /// Sets the mode, like `755`; needs `BuildKit`.
            #[must_use]
            pub fn chmod(mut self, mode: impl Into<String>) -> Self {
                self.options.chmod = Some(mode.into());
                self
            }

            /// Makes a layer of its own, that does not depend on those below; needs `BuildKit`.
            #[must_use]
            pub fn link(mut self) -> Self {
                self.options.link = true;
                self
            }

            /// Leaves out what matches a pattern; needs `BuildKit`.
            #[must_use]
            pub fn exclude(mut self, pattern: impl Into<String>) -> Self {
                self.options.exclude.push(pattern.into());
                self
            }
        }
    };
}

copy_options!(CopyFiles);
copy_options!(AddFiles);

impl CopyFiles {
    /// Keeps the directories above each source; needs `BuildKit`.
    #[must_use]
    pub fn parents(mut self) -> Self {
        self.options.parents = true;
        self
    }
}

impl fmt::Display for CopyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(owner) = &self.chown {
            write!(f, "--chown={} ", quote::option(owner))?;
        }
        if let Some(mode) = &self.chmod {
            write!(f, "--chmod={} ", quote::option(mode))?;
        }
        if self.link {
            f.write_str("--link ")?;
        }
        if self.parents {
            f.write_str("--parents ")?;
        }
        self.exclude.iter().try_for_each(|pattern| write!(f, "--exclude={} ", quote::option(pattern)))
    }
}

impl fmt::Display for CopyFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from: Vec<String> = match &self.sources {
            Sources::Context(paths) => paths.iter().map(|path| quote::source(path.as_str())).collect(),
            Sources::Elsewhere(place, paths) => {
                write!(f, "--from={place} ")?;
                paths.iter().map(|path| quote::literal_pattern(path.as_str())).collect()
            }
        };
        write!(f, "{}", self.options)?;
        f.write_str(&quote::transfer(from, self.to.as_str()))
    }
}

impl fmt::Display for AddFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(digest) = &self.checksum {
            write!(f, "--checksum={} ", quote::option(digest))?;
        }
        if self.keep_git_dir {
            f.write_str("--keep-git-dir=true ")?;
        }
        if let Some(unpack) = self.unpack {
            write!(f, "--unpack={unpack} ")?;
        }
        write!(f, "{}", self.options)?;
        let sources = self.sources.iter().map(|source| match source {
            AddSource::Context(path) => quote::source(path.as_str()),
            AddSource::Remote(address) => quote::address(address),
        });
        f.write_str(&quote::transfer(sources, self.to.as_str()))
    }
}
