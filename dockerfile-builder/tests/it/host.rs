//! Contexts from a folder of the host, and what can go wrong with it.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

use dockerfile_builder::{
    BuildContext, ContextError, ContextPath, Dockerfile, Encoding, HostTree, SourceEntry, SourcePath,
    SourceTree,
};

type Tested = Result<(), Box<dyn Error>>;

/// Writes files in the given order, below folders that are made as they are needed.
fn write<'a>(folder: &Path, files: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for file in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, file)?;
    }
    Ok(())
}

fn whole() -> BuildContext {
    BuildContext::of_directory(SourcePath::root(), ContextPath::dockerfile())
}

#[test]
fn the_order_of_the_file_system_does_not_matter() -> Tested {
    let files = ["Dockerfile", "z/a", "a/z", "a-b", "a/b/c", "m", "a/a"];
    let (one, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
    write(one.path(), files.into_iter())?;
    write(other.path(), files.into_iter().rev())?;
    let mut bytes = [Vec::new(), Vec::new()];
    let first = whole().pack(&HostTree::new(one.path()), Encoding::Plain, &mut bytes[0])?;
    let second = whole().pack(&HostTree::new(other.path()), Encoding::Plain, &mut bytes[1])?;
    assert_eq!((first, &bytes[0]), (second, &bytes[1]));
    Ok(())
}

#[test]
fn the_patterns_of_the_dockerfile_come_first() -> Tested {
    let folder = tempfile::tempdir()?;
    write(folder.path(), ["Dockerfile", "docker/other", "a", "b"].into_iter())?;
    fs::write(folder.path().join(".dockerignore"), "a\nDockerfile\n")?;
    fs::write(folder.path().join("docker/other.dockerignore"), "*\n!a\n")?;
    let listed = |dockerfile: &str| -> Result<String, Box<dyn Error>> {
        let context = BuildContext::of_directory(SourcePath::root(), dockerfile.parse()?);
        let tree = HostTree::new(folder.path());
        let entries = context.entries(&tree).collect::<Result<Vec<_>, _>>()?;
        Ok(entries.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(
        listed("Dockerfile")?,
        ".dockerignore Dockerfile b docker docker/other docker/other.dockerignore"
    );
    assert_eq!(listed("docker/other")?, ".dockerignore a docker docker/other docker/other.dockerignore");
    Ok(())
}

#[test]
fn a_directory_is_added_without_what_its_own_patterns_leave_out() -> Tested {
    let folder = tempfile::tempdir()?;
    write(folder.path(), ["site/index.html", "site/draft.html"].into_iter())?;
    fs::write(folder.path().join("site/.dockerignore"), "draft*\n.dockerignore\n")?;
    let context = Dockerfile::from("nginx").add_file("site".parse()?, "/srv/").context();
    let tree = HostTree::new(folder.path());
    let places = context.entries(&tree).map(|entry| entry.map(|entry| entry.path.to_string()));
    assert_eq!(places.collect::<Result<Vec<_>, _>>()?, ["Dockerfile", "site", "site/index.html"]);
    Ok(())
}

#[test]
fn what_is_no_context_is_refused() -> Tested {
    let folder = tempfile::tempdir()?;
    let tree = HostTree::new(folder.path());
    let refused = || whole().digest(&tree).map_err(|error| error.to_string());
    assert_eq!(refused(), Err("the build context has no `Dockerfile`, which says how to build".to_owned()));
    fs::create_dir(folder.path().join("Dockerfile"))?;
    assert_eq!(refused(), Err("the build context has no `Dockerfile`, which says how to build".to_owned()));
    fs::remove_dir(folder.path().join("Dockerfile"))?;
    write(folder.path(), ["Dockerfile"].into_iter())?;
    fs::write(folder.path().join(".dockerignore"), "a\n[b\n")?;
    let error = whole().digest(&tree).expect_err("a bracket is open");
    assert_eq!(error.to_string(), "could not read the patterns of `.dockerignore` of the source tree");
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("line 2: `[b` is not a pattern"));
    Ok(())
}

/// What is done before a file is read.
type Change<'a> = dyn Fn(&SourcePath) -> io::Result<()> + Sync + 'a;

/// A tree whose files are changed between being listed and being read.
struct Changing<'a>(HostTree, &'a Change<'a>);

impl SourceTree for Changing<'_> {
    fn entry(&self, path: &SourcePath) -> Result<SourceEntry, ContextError> {
        self.0.entry(path)
    }

    fn children(&self, directory: &SourcePath) -> Result<Vec<SourceEntry>, ContextError> {
        self.0.children(directory)
    }

    fn read(&self, path: &SourcePath) -> Result<Box<dyn io::Read + '_>, ContextError> {
        self.1(path).map_err(|source| ContextError::Unreadable { path: path.clone(), source })?;
        self.0.read(path)
    }
}

#[test]
fn what_changes_or_vanishes_meanwhile_is_noticed() -> Tested {
    let folder = tempfile::tempdir()?;
    write(folder.path(), ["Dockerfile", "d/f"].into_iter())?;
    let file = folder.path().join("d/f");
    let is_file = |path: &SourcePath| path.as_str() == "d/f";
    let packed = |change: &Change<'_>| {
        let mut bytes = Vec::new();
        let packed =
            whole().pack(&Changing(HostTree::new(folder.path()), change), Encoding::Plain, &mut bytes);
        (packed.map_err(|error| error.to_string()).err(), bytes.ends_with(&[0; 1024]))
    };
    assert_eq!(packed(&|_| Ok(())), (None, true));
    let grown = packed(&|path| if is_file(path) { fs::write(&file, "longer than before") } else { Ok(()) });
    assert_eq!(grown, (Some("`d/f` of the source tree changed while it was read".to_owned()), false));
    let gone = packed(&|path| if is_file(path) { fs::remove_file(&file) } else { Ok(()) });
    assert_eq!(gone, (Some("the source tree has no `d/f`".to_owned()), false));
    Ok(())
}

#[test]
fn what_is_saved_is_whole_or_not_there() -> Tested {
    let folder = tempfile::tempdir()?;
    write(folder.path(), ["in/Dockerfile", "in/f"].into_iter())?;
    let saved = folder.path().join("context.tar.gz");
    let digest = whole().save(&HostTree::new(folder.path().join("in")), Encoding::Gzip, &saved)?;
    let mut plain = Vec::new();
    io::copy(&mut flate2::read::GzDecoder::new(fs::File::open(&saved)?), &mut plain)?;
    let mut bytes = Vec::new();
    let packed = whole().pack(&HostTree::new(folder.path().join("in")), Encoding::Plain, &mut bytes)?;
    assert_eq!((digest, &plain), (packed, &bytes));
    let mut written = Vec::new();
    whole().write(&HostTree::new(folder.path().join("in")), Encoding::Plain, &mut written)?;
    assert_eq!(written, bytes);

    fs::remove_file(folder.path().join("in/Dockerfile"))?;
    let failed = whole().save(&HostTree::new(folder.path().join("in")), Encoding::Gzip, &saved);
    assert!(matches!(failed, Err(ContextError::NoDockerfile { .. })) && !saved.exists());

    let dockerfile = Dockerfile::from("scratch").build();
    dockerfile.save(folder.path().join("Dockerfile"))?;
    assert_eq!(fs::read_to_string(folder.path().join("Dockerfile"))?, dockerfile.to_string());
    Ok(())
}
