//! Packing is deterministic and stays inside the context.

use std::collections::BTreeMap;

use dockerfile_builder::{BuildContext, ContextPath, Dockerfile, Encoding, MemoryTree, SourcePath};
use proptest::prelude::*;

type Files = BTreeMap<String, Vec<u8>>;

/// Files that do not contradict each other: names of files and of directories differ.
fn files() -> impl Strategy<Value = Files> {
    let content = proptest::collection::vec(any::<u8>(), 0..700);
    proptest::collection::btree_map("(d[a-c-]/){0,3}f[ö a-c.]{1,120}", content, 0..8)
}

fn context() -> BuildContext {
    BuildContext::new(Dockerfile::from("busybox").run("true").build())
}

fn packed(context: &BuildContext, tree: &MemoryTree) -> Result<(Vec<u8>, String), TestCaseError> {
    let mut bytes = Vec::new();
    let digest = context
        .pack(tree, Encoding::Plain, &mut bytes)
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    Ok((bytes, digest.to_string()))
}

fn from_memory<'a>(
    files: impl Iterator<Item = (&'a String, &'a Vec<u8>)>,
) -> Result<BuildContext, TestCaseError> {
    let mut context = context();
    for (path, content) in files {
        let target: ContextPath = path.parse().map_err(|_| TestCaseError::reject("not a path"))?;
        context = context.add_bytes(target, content.clone());
    }
    Ok(context)
}

proptest! {
    #[test]
    fn order_and_repetition_do_not_matter(files in files()) {
        let forward = from_memory(files.iter())?;
        let backward = from_memory(files.iter().rev())?;
        let first = packed(&forward, &MemoryTree::new())?;
        prop_assert_eq!(&first, &packed(&forward, &MemoryTree::new())?);
        prop_assert_eq!(&first, &packed(&backward, &MemoryTree::new())?);
        prop_assert_eq!(first.1, forward.digest(&MemoryTree::new()).map(|digest| digest.to_string()).unwrap_or_default());
    }

    #[test]
    fn the_way_content_was_added_does_not_matter(files in files()) {
        let mut tree = MemoryTree::new();
        for (path, content) in &files {
            tree = tree.file(path.parse().map_err(|_| TestCaseError::reject("not a path"))?, content.clone());
        }
        let directory = context().add_directory(SourcePath::root(), ContextPath::root());
        prop_assert_eq!(packed(&directory, &tree)?, packed(&from_memory(files.iter())?, &MemoryTree::new())?);
    }

    #[test]
    fn other_content_has_another_digest(files in files(), extra in any::<u8>()) {
        let mut changed = files.clone();
        let Some(mut last) = changed.last_entry() else { return Ok(()) };
        last.get_mut().push(extra);
        let one = packed(&from_memory(files.iter())?, &MemoryTree::new())?;
        let two = packed(&from_memory(changed.iter())?, &MemoryTree::new())?;
        prop_assert_ne!(one.1, two.1);
    }

    #[test]
    fn the_archive_holds_the_files_and_nothing_else(files in files()) {
        let (bytes, _) = packed(&from_memory(files.iter())?, &MemoryTree::new())?;
        let mut found = Files::new();
        for entry in tar::Archive::new(&*bytes).entries()? {
            let mut entry = entry?;
            if entry.header().entry_type().is_file() {
                let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                let mut content = Vec::new();
                std::io::copy(&mut entry, &mut content)?;
                found.insert(path, content);
            }
        }
        prop_assert_eq!(found.remove("Dockerfile"), Some(b"FROM busybox\nRUN true\n".to_vec()));
        prop_assert_eq!(found, files);
    }

    #[test]
    fn no_entry_escapes_the_root(paths in proptest::collection::vec("(\\.\\.|\\.|/|a|\\\\|ö|\n){0,90}", 1..6)) {
        let mut context = context();
        for path in &paths {
            if let Ok(target) = path.parse::<ContextPath>() {
                prop_assert_eq!(target.to_string().parse(), Ok(target.clone()));
                context = context.add_bytes(target, "");
            }
        }
        let mut bytes = Vec::new();
        if context.pack(&MemoryTree::new(), Encoding::Plain, &mut bytes).is_ok() {
            for entry in tar::Archive::new(&*bytes).entries()? {
                let path = String::from_utf8_lossy(&entry?.path_bytes()).into_owned();
                prop_assert!(!path.starts_with('/') && path.split('/').all(|segment| !matches!(segment, "" | "." | "..")), "{path:?}");
            }
        }
    }
}
