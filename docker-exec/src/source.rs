//! What the images of a map are built from: from what the map says to a context with its files.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use container_map::ImageRef;
use container_map::config::{BuildConfig, DockerfileSource};
use dockerfile_builder::{
    BuildContext, ContextError, ContextPath, EntryKind, HostTree, MemoryTree, SourceEntry, SourcePath,
    SourceTree, base_images,
};
use map_planner::ContextDigest;

/// Where a Dockerfile is in the context that stands in the map.
const INLINE: &str = ".dmap.dockerfile";

/// The context of an image of a map, and where its files are.
#[derive(Clone)]
pub struct BuildSource {
    /// The Dockerfile and the files it copies.
    pub context: BuildContext,
    /// Where the files are.
    pub tree: Arc<dyn SourceTree + Send>,
}

impl BuildSource {
    /// Finds out what is sent to build an image. Nothing is read yet. A relative folder starts at the current one.
    pub fn new(build: &BuildConfig) -> Self {
        let (dockerfile, steps): (ContextPath, _) = match &build.dockerfile {
            DockerfileSource::File(file) => (in_context(file.as_str()), None),
            DockerfileSource::Inline(steps) => (in_context(INLINE), Some(steps)),
        };
        let tree: Arc<dyn SourceTree + Send> = match (&build.context, steps) {
            (Some(folder), None) => Arc::new(HostTree::new(folder.as_str())),
            (Some(folder), Some(steps)) => {
                let (inner, text) = (HostTree::new(folder.as_str()), steps.clone().into_bytes());
                Arc::new(WithFile { inner, path: inline(), text })
            }
            (None, steps) => {
                Arc::new(MemoryTree::new().file(inline(), steps.cloned().unwrap_or_default().into_bytes()))
            }
        };
        Self { context: BuildContext::of_directory(SourcePath::root(), dockerfile), tree }
    }

    /// Returns the images that the Dockerfile of a build of this context is based on, as far as it tells; see
    /// [`base_images`]. A Dockerfile that cannot be understood tells nothing here: the engine says what is wrong with it.
    ///
    /// # Errors
    ///
    /// The Dockerfile cannot be read.
    pub fn bases(&self, build: &BuildConfig) -> Result<BTreeSet<ImageRef>, ContextError> {
        let text = self.context.dockerfile_text(&*self.tree)?.unwrap_or_default();
        let named = base_images(&text, &build.args, build.target.as_deref()).unwrap_or_default();
        Ok(named.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// Reads the context and returns its digest. No engine is asked.
    ///
    /// # Errors
    ///
    /// The context cannot be read to its end.
    pub fn digest(&self) -> Result<ContextDigest, ContextError> {
        self.context.digest(&*self.tree).map(|digest| planned(&digest.to_string()))
    }
}

fn in_context(text: &str) -> ContextPath {
    text.parse().expect("because what a map names lies in its context")
}

fn inline() -> SourcePath {
    INLINE.parse().expect("because a name alone is a path")
}

fn planned(digest: &str) -> ContextDigest {
    digest.parse().expect("because both have the same form")
}

impl fmt::Debug for BuildSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildSource").field("context", &self.context).finish_non_exhaustive()
    }
}

/// A tree with one more file at its top.
struct WithFile<T> {
    inner: T,
    path: SourcePath,
    text: Vec<u8>,
}

impl<T> WithFile<T> {
    fn file(&self) -> SourceEntry {
        let kind = EntryKind::File { executable: false, len: self.text.len() as u64 };
        SourceEntry { path: self.path.clone(), kind }
    }
}

impl<T: SourceTree> SourceTree for WithFile<T> {
    fn entry(&self, path: &SourcePath) -> Result<SourceEntry, ContextError> {
        if *path == self.path { Ok(self.file()) } else { self.inner.entry(path) }
    }

    fn children(&self, directory: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
        let mut found = self.inner.children(directory)?;
        if directory.is_root() {
            found.retain(|entry| entry.path != self.path);
            found.push(self.file());
        }
        Ok(found)
    }

    fn read(&self, path: &SourcePath) -> Result<Box<dyn Read + '_>, ContextError> {
        if *path == self.path { Ok(Box::new(io::Cursor::new(&self.text))) } else { self.inner.read(path) }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use container_map::ContainerMap;
    use dockerfile_builder::ContextKind;

    use super::*;

    fn build(text: &str) -> BuildConfig {
        let map = ContainerMap::load(&format!("name: site\nweb: {{build: {text}}}\n")).unwrap();
        map.containers()[0].build.clone().unwrap()
    }

    fn files(source: &BuildSource) -> Vec<String> {
        let entries = source.context.entries(&*source.tree).map(Result::unwrap);
        let files = entries.filter(|entry| matches!(entry.kind, ContextKind::File { .. }));
        files.map(|entry| entry.path.to_string()).collect()
    }

    #[test]
    fn a_folder_with_and_without_a_dockerfile_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        fs::write(folder.path().join("Dockerfile"), "FROM scratch\nCOPY a /a\n").unwrap();
        fs::write(folder.path().join("a"), "a").unwrap();
        fs::write(folder.path().join(INLINE), "not this one").unwrap();
        let own = BuildSource::new(&build(&format!("{path}")));
        assert_eq!(files(&own), [INLINE, "Dockerfile", "a"]);
        let inline =
            BuildSource::new(&build(&format!("{{context: {path}, dockerfile_inline: FROM scratch}}")));
        assert_eq!(files(&inline), [INLINE, "Dockerfile", "a"]);
        assert_ne!(own.digest().unwrap(), inline.digest().unwrap());
        let before = own.digest().unwrap();
        fs::write(folder.path().join("a"), "b").unwrap();
        assert_ne!(own.digest().unwrap(), before);
    }

    #[test]
    fn what_an_image_is_based_on() {
        let bases = |text: &str| -> Vec<String> {
            let build = build(text);
            let found = BuildSource::new(&build).bases(&build).unwrap();
            found.iter().map(ToString::to_string).collect()
        };
        let steps = "dockerfile_inline: ['ARG TAG=1', 'FROM base:$TAG', FROM other]";
        assert_eq!(bases(&format!("{{{steps}}}")), ["base:1", "other:latest"]);
        assert_eq!(bases(&format!("{{{steps}, args: {{TAG: '2'}}, target: '0'}}")), ["base:2"]);
        assert_eq!(bases("{dockerfile_inline: [FROM Not/An/Image, 'FROM a:b:c']}"), [""; 0]);
        assert_eq!(bases("{dockerfile_inline: ['FROM a', 'RUN <<E']}"), [""; 0]);
    }

    #[test]
    fn steps_of_the_map_alone() {
        let source = BuildSource::new(&build("{dockerfile_inline: [FROM scratch, LABEL a=b]}"));
        assert_eq!(files(&source), [INLINE]);
        let mut text = String::new();
        source.tree.read(&INLINE.parse().unwrap()).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "FROM scratch\nLABEL a=b\n");
    }
}
