//! `dmap context`

use std::fs;
use std::io;
use std::path::Path;

use dockerfile_builder::{BuildContext, ContextError, ContextPath, Encoding, HostTree, SourcePath};

use crate::args::{ContextCommand, ContextLsArgs, ContextPlace, ContextTarArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::ReadError;
use crate::ui::Ui;

/// Shows or writes the build context of a directory.
///
/// # Errors
///
/// The context cannot be read, or standard output takes no more.
pub(super) fn run(command: &ContextCommand, ui: Ui) -> Result<Exit, Failure> {
    match command {
        ContextCommand::Ls(args) => ls(args, ui),
        ContextCommand::Tar(args) => tar(args, ui),
    }
}

fn ls(args: &ContextLsArgs, ui: Ui) -> Result<Exit, Failure> {
    let context = context(&args.place)?;
    let tree = HostTree::new(&args.place.directory);
    let failed = |error| Failure::context(&args.place.directory, &error);
    ui.context(context.entries(&tree).map(|entry| entry.map_err(failed)), args.format)?;
    Ok(Exit::Done)
}

fn tar(args: &ContextTarArgs, ui: Ui) -> Result<Exit, Failure> {
    let context = context(&args.place)?;
    let tree = HostTree::new(&args.place.directory);
    let encoding = if args.gzip { Encoding::Gzip } else { Encoding::Plain };
    let out = Ui::bytes()?;
    // The digest keeps another processor busy, and only who wants to know more sees it.
    let written = if ui.is_verbose() {
        context.pack(&tree, encoding, out).map(|digest| ui.detail(format_args!("the context is {digest}")))
    } else {
        context.write(&tree, encoding, out)
    };
    match written {
        Ok(()) => {}
        // A reader that has gone away has seen enough.
        Err(ContextError::Write { source }) if source.kind() == io::ErrorKind::BrokenPipe => {}
        Err(ContextError::Write { source }) => return Err(Failure::output(&source)),
        Err(error) => return Err(Failure::context(&args.place.directory, &error)),
    }
    Ok(Exit::Done)
}

/// Returns the context that is meant.
fn context(place: &ContextPlace) -> Result<BuildContext, Failure> {
    of(&place.directory, place.dockerfile.as_deref())
}

/// Returns the context that is a directory.
///
/// # Errors
///
/// There is no such directory, or the Dockerfile is not in it.
pub(super) fn of(directory: &Path, dockerfile: Option<&Path>) -> Result<BuildContext, Failure> {
    let is_directory = fs::metadata(directory).map(|metadata| metadata.is_dir());
    match is_directory {
        Ok(true) => {}
        Ok(false) => return Err(Failure::no_directory(directory)),
        Err(error) => return Err(Failure::unreadable("directory", directory, &ReadError::Io(error))),
    }
    let dockerfile = match dockerfile {
        None => ContextPath::dockerfile(),
        Some(path) => inside(directory, path)?,
    };
    Ok(BuildContext::of_directory(SourcePath::root(), dockerfile))
}

/// Returns the place of a file in a directory, both of which are named from where the program runs.
fn inside(directory: &Path, path: &Path) -> Result<ContextPath, Failure> {
    let outside = || Failure::outside_dockerfile(directory, path);
    let name = path.file_name().ok_or_else(outside)?;
    let parent = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let real = |path: &Path| {
        fs::canonicalize(path).map_err(|error| Failure::unreadable("directory", path, &ReadError::Io(error)))
    };
    // The file itself can be a link, and then it is the link that is in the context.
    let file = real(parent)?.join(name);
    let file = file.strip_prefix(real(directory)?).map_err(|_| outside())?;
    file.to_str().and_then(|file| file.parse().ok()).ok_or_else(outside)
}
