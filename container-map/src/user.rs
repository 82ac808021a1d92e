//! Users of containers and owners of files.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::path::serde_as_text;

/// Is the largest user or group id, as in the engine's `pkg/user` ("uids and gids must be in range 0-2147483647").
const MAX_ID: u32 = i32::MAX.cast_unsigned();

/// Says why a text is not a [`User`], an [`Owner`] or an [`Ident`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// The user, or the group after a colon, is missing.
    #[error("`{0}` lacks a user or group: write `user` or `user:group`")]
    Missing(String),
    /// The number is larger than the engine takes.
    #[error("the user or group id {0} is larger than 2147483647")]
    OutOfRange(String),
    /// A name has a character that `/etc/passwd` and `/etc/group` cannot hold, or that no command would take.
    #[error("`{0}` is not the name of a user or group")]
    BadName(String),
}

/// Names a user or a group, by number or by its name in the image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ident {
    /// The number; the image need not know it.
    Id(u32),
    /// The name in `/etc/passwd` or `/etc/group` of the image.
    Name(String),
}

/// Is the user that a container or a command runs as: `2000`, `1500:1600`, `www-data` or `app:www`.
///
/// ```
/// # use container_map::User;
/// let user: User = "www-data".parse()?;
/// assert_eq!(user.to_string(), "www-data");
/// assert_eq!(user.owner().to_string(), "www-data:www-data");
/// # Ok::<(), container_map::UserError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User {
    /// The user.
    pub name: Ident,
    /// The group; without it the engine takes the user's primary group, or 0 if the image does not know the user.
    pub group: Option<Ident>,
}

/// Is the owner of a file: a user and a group, as `chown` takes them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// The user.
    pub user: Ident,
    /// The group.
    pub group: Ident,
}

impl User {
    /// Returns the owner of the files that are prepared for this user.
    ///
    /// As in docker-map, a user without a group means the group of the same name or number.
    pub fn owner(&self) -> Owner {
        let group = self.group.as_ref().unwrap_or(&self.name);
        Owner { user: self.name.clone(), group: group.clone() }
    }
}

impl From<u32> for Ident {
    fn from(id: u32) -> Self {
        Self::Id(id)
    }
}

impl FromStr for Ident {
    type Err = UserError;

    /// Reads digits as a number and anything else as a name, as the engine does.
    fn from_str(text: &str) -> Result<Self, UserError> {
        if text.is_empty() {
            return Err(UserError::Missing(text.to_owned()));
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return match text.parse() {
                Ok(id) if id <= MAX_ID => Ok(Self::Id(id)),
                _ => Err(UserError::OutOfRange(text.to_owned())),
            };
        }
        let is_foreign = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ':' | '/' | ',');
        if text.starts_with(['-', '+', '~']) || text.contains(is_foreign) {
            return Err(UserError::BadName(text.to_owned()));
        }
        Ok(Self::Name(text.to_owned()))
    }
}

impl FromStr for User {
    type Err = UserError;

    fn from_str(text: &str) -> Result<Self, UserError> {
        let (name, group) = match text.split_once(':') {
            Some((name, group)) => (name, Some(group)),
            None => (text, None),
        };
        if name.is_empty() || group == Some("") {
            return Err(UserError::Missing(text.to_owned()));
        }
        Ok(Self { name: name.parse()?, group: group.map(str::parse).transpose()? })
    }
}

impl FromStr for Owner {
    type Err = UserError;

    /// Reads the same text as a [`User`] and returns its [owner](User::owner).
    fn from_str(text: &str) -> Result<Self, UserError> {
        text.parse().map(|user: User| user.owner())
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => f.pad(name),
        }
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        match &self.group {
            Some(group) => write!(f, ":{group}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.user, self.group)
    }
}

serde_as_text! {
    Ident => "a number or name of a user or group",
    User => "a user as `2000`, `app` or `app:www`",
    Owner => "an owner as `2000:2000` or `app:www`",
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_users() {
        for (text, user, owner) in [
            ("2000", "2000", "2000:2000"),
            ("0", "0", "0:0"),
            ("0:0", "0:0", "0:0"),
            ("007", "7", "7:7"),
            ("1500:1600", "1500:1600", "1500:1600"),
            ("www-data", "www-data", "www-data:www-data"),
            ("app:www", "app:www", "app:www"),
            ("app:1600", "app:1600", "app:1600"),
            ("2147483647", "2147483647", "2147483647:2147483647"),
            ("samba$", "samba$", "samba$:samba$"),
            ("1app", "1app", "1app:1app"),
        ] {
            let read: User = text.parse().expect("a user");
            assert_eq!(read.to_string(), user);
            assert_eq!(read.owner().to_string(), owner);
            assert_eq!(text.parse(), Ok(read.owner()));
        }
    }

    #[test]
    fn refuses() {
        let text = String::from;
        for (input, expect) in [
            ("", UserError::Missing(text(""))),
            (":", UserError::Missing(text(":"))),
            ("app:", UserError::Missing(text("app:"))),
            (":www", UserError::Missing(text(":www"))),
            ("2147483648", UserError::OutOfRange(text("2147483648"))),
            ("99999999999", UserError::OutOfRange(text("99999999999"))),
            ("-1", UserError::BadName(text("-1"))),
            ("app user", UserError::BadName(text("app user"))),
            ("a:b:c", UserError::BadName(text("b:c"))),
            ("app\n", UserError::BadName(text("app\n"))),
        ] {
            assert_eq!(input.parse::<User>(), Err(expect));
        }
    }

    proptest! {
        #[test]
        fn text_round_trip(text in "([a-z0-9_$-]{1,4}|[0-9]{1,11})(:([a-z]{1,3}|[0-9]{1,3}))?") {
            if let Ok(user) = text.parse::<User>() {
                prop_assert_eq!(user.name.to_string().parse(), Ok(user.name.clone()));
                prop_assert_eq!(user.owner().to_string().parse(), Ok(user.owner()));
                prop_assert_eq!(user.to_string().parse(), Ok(user));
            }
        }

        #[test]
        fn never_panics(text: String) {
            let _ = text.parse::<User>();
        }
    }
}
