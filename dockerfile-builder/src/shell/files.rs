//! Files and directories.

use super::call::{Call, Script};

/// How far a change of owner or mode, or a removal, goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// What is named alone.
    Top,
    /// What is named with all that lies in it.
    Whole,
}

impl Depth {
    fn apply(self, call: Call) -> Call {
        match self {
            Self::Top => call,
            Self::Whole => call.option("-R"),
        }
    }
}

/// A user and a group, as names or numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserGroup(String);

impl UserGroup {
    /// Returns a user and a group.
    pub fn new(user: &str, group: &str) -> Self {
        Self(format!("{user}:{group}"))
    }

    /// Returns the text `user:group`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for UserGroup {
    /// Reads `user:group`; a user alone is in the group of its name.
    fn from(text: &str) -> Self {
        if text.contains(':') { Self(text.to_owned()) } else { Self::new(text, text) }
    }
}

impl From<u32> for UserGroup {
    /// Reads a number as that of the user and of the group.
    fn from(id: u32) -> Self {
        Self(format!("{id}:{id}"))
    }
}

/// Removes files, or directories with all that lies in them.
pub fn rm<P: Into<String>>(depth: Depth, paths: impl IntoIterator<Item = P>) -> Call {
    depth.apply(Call::new("rm")).arguments(paths)
}

/// Changes the owner.
pub fn chown<P: Into<String>>(
    depth: Depth,
    owner: impl Into<UserGroup>,
    paths: impl IntoIterator<Item = P>,
) -> Call {
    depth.apply(Call::new("chown")).argument(owner.into().0).arguments(paths)
}

/// Changes the mode, like `755` or `ug=rwX,o=rX`.
pub fn chmod<P: Into<String>>(depth: Depth, mode: &str, paths: impl IntoIterator<Item = P>) -> Call {
    depth.apply(Call::new("chmod")).argument(mode).arguments(paths)
}

/// Makes directories and those above them, if they are not there.
pub fn mkdir<P: Into<String>>(paths: impl IntoIterator<Item = P>) -> Call {
    Call::new("mkdir").option("-p").arguments(paths)
}

/// Makes a directory whose parent is there, unless it is there itself.
pub fn mkdir_missing(path: impl Into<String>) -> Call {
    let path = path.into();
    Call::new("mkdir").argument(path.clone()).unless(Call::new("test").option_with("-d", path))
}

/// Makes directories with an owner and a mode, where they are given.
pub fn make_directories<P: Into<String>>(
    paths: impl IntoIterator<Item = P>,
    owner: Option<UserGroup>,
    mode: Option<&str>,
) -> Script {
    let paths: Vec<String> = paths.into_iter().map(Into::into).collect();
    let mut script = Script::from(mkdir(paths.iter()));
    if let Some(owner) = owner {
        script = script.then(chown(Depth::Top, owner, paths.iter()));
    }
    if let Some(mode) = mode {
        script = script.then(chmod(Depth::Top, mode, paths.iter()));
    }
    script
}

/// How an archive is compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// With gzip.
    Gzip,
}

impl Packing {
    fn apply(self, call: Call) -> Call {
        match self {
            Self::Plain => call,
            Self::Gzip => call.option("-z"),
        }
    }
}

/// Packs files into an archive.
pub fn tar<P: Into<String>>(
    packing: Packing,
    archive: impl Into<String>,
    sources: impl IntoIterator<Item = P>,
) -> Call {
    packing.apply(Call::new("tar").option("-c")).option_with("-f", archive).arguments(sources)
}

/// Unpacks an archive in the current directory, or in `target`, which has to be there.
pub fn untar(packing: Packing, archive: impl Into<String>, target: Option<&str>) -> Call {
    let call = packing.apply(Call::new("tar").option("-x")).option_with("-f", archive);
    match target {
        Some(target) => call.option_with("-C", target),
        None => call,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_to_the_letter() {
        for (call, expected) in [
            (rm(Depth::Whole, ["/my dir", "-x"]).option("-f"), "rm -R -f -- '/my dir' -x"),
            (rm(Depth::Top, ["a"]), "rm a"),
            (chown(Depth::Whole, "u:g", ["/x"]), "chown -R u:g /x"),
            (chown(Depth::Top, 5, ["/x"]), "chown 5:5 /x"),
            (chown(Depth::Top, UserGroup::new("u", "g"), ["/x"]), "chown u:g /x"),
            (chmod(Depth::Top, "ug=rwX,o=rX", ["/x"]), "chmod 'ug=rwX,o=rX' /x"),
            (mkdir(["/a b", "/c"]), "mkdir -p '/a b' /c"),
            (mkdir_missing("/a b"), "{ test -d '/a b' || mkdir '/a b'; }"),
            (tar(Packing::Plain, "a.tar", ["x"]), "tar -c -f a.tar x"),
            (tar(Packing::Gzip, "a.tgz", ["x", "y"]), "tar -c -z -f a.tgz x y"),
            (untar(Packing::Gzip, "a.tgz", Some("/my dir")), "tar -x -z -f a.tgz -C '/my dir'"),
            (untar(Packing::Plain, "a.tar", None), "tar -x -f a.tar"),
        ] {
            assert_eq!(call.to_string(), expected);
        }
    }

    #[test]
    fn directories_are_made_with_owner_and_mode() {
        let made = make_directories(["/a", "/b"], Some("u".into()), Some("750"));
        assert_eq!(made.to_string(), "mkdir -p /a /b && chown u:u /a /b && chmod 750 /a /b");
        assert_eq!(made.calls().len(), 3);
        assert_eq!(make_directories(["/a"], None, None).to_string(), "mkdir -p /a");
    }
}
