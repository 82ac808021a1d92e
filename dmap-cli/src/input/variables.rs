//! What variables in a map stand for: the environment, files of variables, and home directories.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use container_map::Variables;

use super::env_file;
use super::text::read_file;
use crate::failure::Failure;

/// Collects the variables. Of several files the last one counts, and the environment before all of them.
///
/// # Errors
///
/// A file cannot be read, or has lines that set no variable.
pub(super) fn variables(files: &[PathBuf]) -> Result<Variables, Failure> {
    let mut values = BTreeMap::new();
    for path in files {
        let text = read_file(path).map_err(|error| Failure::unreadable("file of variables", path, &error))?;
        values.extend(env_file::parse(&text).map_err(|problems| Failure::bad_lines(path, problems))?);
    }
    // What is no text cannot be put into one.
    let texts = |(name, value): (_, std::ffi::OsString)| {
        Some((std::ffi::OsString::into_string(name).ok()?, value.into_string().ok()?))
    };
    values.extend(env::vars_os().filter_map(texts));
    let home = values.get("HOME").filter(|home| !home.is_empty()).cloned();
    Ok(Variables { values, home, homes: homes() })
}

/// Returns the home directories of the users that the system knows.
fn homes() -> BTreeMap<String, String> {
    if !cfg!(unix) {
        return BTreeMap::new();
    }
    // Without the file there are no such users, and `~user` stays as it is.
    read_file(Path::new("/etc/passwd")).map(|text| homes_in(&text)).unwrap_or_default()
}

/// Reads the format of `passwd(5)`: name, password, user, group, comment, directory, shell.
fn homes_in(text: &str) -> BTreeMap<String, String> {
    let user = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        let home = fields.nth(4).filter(|home| home.starts_with('/'))?;
        Some((name.to_owned(), home.to_owned()))
    };
    text.lines().filter_map(user).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_their_homes() {
        let text = "root:x:0:0:root:/root:/bin/sh\nbroken\n:x:1:1::/x:\nwww:x:33:33::/var/www:/bin/false\nold:x:9:9:::\n";
        let homes = homes_in(text);
        let expected = [("root", "/root"), ("www", "/var/www")];
        assert_eq!(homes, expected.map(|(name, home)| (name.to_owned(), home.to_owned())).into());
    }
}
