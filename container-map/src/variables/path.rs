//! `!path` as docker-map reads it, and paths relative to the file that names them.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use super::expand::{Refusal, Room};
use super::{Variables, name_length};

/// Expands `$NAME` and `${NAME}`, then `~` and `~name` at the start; what is not known stays as it is (Python's
/// `expandvars` and `expanduser`).
pub(super) fn path(text: &str, variables: &Variables, room: &Room) -> Result<String, Refusal> {
    let text = variables_of(text, variables, room)?;
    let Some(rest) = text.strip_prefix('~') else {
        return Ok(text);
    };
    let (user, tail) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let home = if user.is_empty() { variables.home.as_ref() } else { variables.homes.get(user) };
    Ok(match home {
        Some(home) => format!("{}{tail}", home.trim_end_matches('/')),
        None => text,
    })
}

fn variables_of(text: &str, variables: &Variables, room: &Room) -> Result<String, Refusal> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        let (before, tail) = rest.split_at(start);
        result.push_str(before);
        let (name, length) = reference(&tail[1..]);
        let (whole, after) = tail.split_at(1 + length);
        result.push_str(match variables.values.get(name) {
            Some(value) => room.take(value)?,
            None => whole,
        });
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}

/// Returns the name a text starts with, in braces or not, and how many bytes it takes.
fn reference(text: &str) -> (&str, usize) {
    if let Some((name, _)) = text.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        return (name, name.len() + 2);
    }
    let length = name_length(text);
    (&text[..length], length)
}

/// Returns the folder of a file, with a slash at its end; empty for the current one.
pub(crate) fn folder(file: &str) -> &str {
    file.rfind('/').map_or("", |slash| &file[..=slash])
}

/// Returns a path as seen from a folder; an absolute one stays as it is.
pub(crate) fn join(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    format!("{folder}{}", path.trim_start_matches("./"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_expand_as_in_docker_map() {
        let mut variables: Variables = [("APP", "/srv/app"), ("EMPTY", "")].into_iter().collect();
        variables.home = Some("/users/me/".to_owned());
        variables.homes.insert("www".to_owned(), "/var/www".to_owned());
        for (written, expected) in [
            ("$APP/conf", "/srv/app/conf"),
            ("${APP}x", "/srv/appx"),
            ("${APP", "${APP"),
            ("$UNKNOWN/${NOT}", "$UNKNOWN/${NOT}"),
            ("a$EMPTY/b", "a/b"),
            ("cost: 5$", "cost: 5$"),
            ("~", "/users/me"),
            ("~/x", "/users/me/x"),
            ("~www/x", "/var/www/x"),
            ("~nobody/x", "~nobody/x"),
            ("/a/~", "/a/~"),
        ] {
            assert_eq!(path(written, &variables, &Room::default()).as_deref(), Ok(expected), "{written}");
        }
    }

    #[test]
    fn relative_paths_start_at_the_folder_of_the_file() {
        for (file, path, expected) in [
            ("site.yaml", "db.yaml", "db.yaml"),
            ("maps/site.yaml", "db.yaml", "maps/db.yaml"),
            ("maps/site.yaml", "./db.yaml", "maps/db.yaml"),
            ("maps/site.yaml", "/etc/db.yaml", "/etc/db.yaml"),
        ] {
            assert_eq!(join(folder(file), path), expected);
        }
    }
}
