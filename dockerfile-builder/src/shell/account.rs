//! Users and groups, which each family of systems makes in its own way.

use super::call::{Call, Script};

/// A family of systems, by the programs that make users and groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum System {
    /// Debian and Ubuntu, with the package `adduser`.
    Debian,
    /// Red Hat, Fedora, `CentOS` and what is like them: `useradd`.
    RedHat,
    /// Alpine: `BusyBox`, and `/sbin/nologin`.
    Alpine,
    /// `BusyBox` alone, which has no `/sbin/nologin`.
    BusyBox,
}

/// A group to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its number; without one, the system chooses.
    pub gid: Option<u32>,
    /// Whether it is one of the system's.
    pub system: bool,
}

impl Group {
    /// Returns a group of which only the name is said.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), gid: None, system: false }
    }

    /// Makes the group.
    pub fn add(&self, system: System) -> Call {
        let (program, gid, of_system) = match system {
            System::Debian => ("addgroup", "--gid", "--system"),
            System::RedHat => ("groupadd", "-g", "-r"),
            System::Alpine | System::BusyBox => ("addgroup", "-g", "-S"),
        };
        let call = option(Call::new(program), gid, self.gid);
        flag(call, of_system, self.system).argument(&self.name)
    }

    /// Makes the group unless there is one of its name.
    pub fn add_missing(&self, system: System) -> Call {
        // A name that could mean something in a pattern is not one that a system takes.
        self.add(system).unless(
            Call::new("grep").option("-q").argument(format!("^{}:", self.name)).argument("/etc/group"),
        )
    }
}

/// A user to be made, who has no password: nobody is there to type one while an image is built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The number; without one, the system chooses.
    pub uid: Option<u32>,
    /// Whether it is one of the system's.
    pub system: bool,
    /// Whether somebody can log in: then there are a shell and a home directory.
    pub login: bool,
    /// The full name and what else is noted.
    pub comment: String,
    /// Groups the user is in besides its own.
    pub groups: Vec<String>,
}

impl Account {
    /// Returns a user who cannot log in, and of whom only the name is said.
    pub fn new(name: impl Into<String>) -> Self {
        let (comment, groups) = (String::new(), Vec::new());
        Self { name: name.into(), uid: None, system: false, login: false, comment, groups }
    }

    /// Makes the user, who is then in the groups; they have to be there.
    pub fn add(&self, system: System) -> Script {
        let call = match system {
            System::Debian => self.debian(),
            System::RedHat => self.red_hat(),
            System::Alpine => self.busybox("/sbin/nologin"),
            System::BusyBox => self.busybox("/bin/false"),
        };
        let made = Script::from(call.argument(&self.name));
        if self.groups.is_empty() { made } else { made.then(assign(system, &self.name, &self.groups)) }
    }

    /// Makes the groups that are not there, and then the user in them.
    pub fn add_with_groups(&self, system: System) -> Script {
        let groups = self.groups.iter().map(|name| Group::new(name).add_missing(system));
        groups.collect::<Script>().then(self.add(system))
    }

    fn debian(&self) -> Call {
        let call = option(Call::new("adduser"), "--uid", self.uid);
        let call = flag(call, "--system", self.system).option("--disabled-password");
        let call = if self.login { call } else { call.option("--disabled-login").option("--no-create-home") };
        call.option_with("--gecos", &self.comment)
    }

    fn red_hat(&self) -> Call {
        let call = option(Call::new("useradd"), "-u", self.uid);
        let call = flag(call, "-r", self.system);
        let call =
            if self.login { call.option("-m") } else { call.option_with("-s", "/sbin/nologin").option("-M") };
        if self.comment.is_empty() { call } else { call.option_with("-c", &self.comment) }
    }

    fn busybox(&self, no_login: &str) -> Call {
        let call = option(Call::new("adduser").option("-D"), "-u", self.uid);
        let call = flag(call, "-S", self.system);
        let call = if self.login { call } else { call.option_with("-s", no_login).option("-H") };
        if self.comment.is_empty() { call } else { call.option_with("-g", &self.comment) }
    }
}

/// Puts a user into groups.
pub fn assign<S: AsRef<str>>(system: System, user: &str, groups: impl IntoIterator<Item = S>) -> Script {
    let groups: Vec<String> = groups.into_iter().map(|group| group.as_ref().to_owned()).collect();
    match system {
        System::Debian | System::RedHat => {
            Script::from(Call::new("usermod").option("-a").option_with("-G", groups.join(",")).argument(user))
        }
        System::Alpine | System::BusyBox => {
            groups.into_iter().map(|group| Call::new("addgroup").argument(user).argument(group)).collect()
        }
    }
}

fn option(call: Call, name: &str, value: Option<u32>) -> Call {
    match value {
        Some(value) => call.option_with(name, value.to_string()),
        None => call,
    }
}

fn flag(call: Call, name: &str, is_set: bool) -> Call {
    if is_set { call.option(name) } else { call }
}

#[cfg(test)]
mod tests {
    use super::System::{Alpine, BusyBox, Debian, RedHat};
    use super::*;

    #[test]
    fn users_are_made_in_each_system() {
        let plain = Account { uid: Some(1000), ..Account::new("u") };
        let full = Account {
            system: true,
            login: true,
            comment: "A user".to_owned(),
            groups: vec!["a".to_owned(), "b".to_owned()],
            ..Account::new("u")
        };
        for (system, first, second) in [
            (
                Debian,
                "adduser --uid 1000 --disabled-password --disabled-login --no-create-home --gecos '' u",
                "adduser --system --disabled-password --gecos 'A user' u && usermod -a -G a,b u",
            ),
            (
                RedHat,
                "useradd -u 1000 -s /sbin/nologin -M u",
                "useradd -r -m -c 'A user' u && usermod -a -G a,b u",
            ),
            (
                Alpine,
                "adduser -D -u 1000 -s /sbin/nologin -H u",
                "adduser -D -S -g 'A user' u && addgroup u a && addgroup u b",
            ),
            (
                BusyBox,
                "adduser -D -u 1000 -s /bin/false -H u",
                "adduser -D -S -g 'A user' u && addgroup u a && addgroup u b",
            ),
        ] {
            assert_eq!(
                (plain.add(system).to_string(), full.add(system).to_string()),
                (first.to_owned(), second.to_owned())
            );
        }
    }

    #[test]
    fn groups_are_made_in_each_system() {
        let group = Group { gid: Some(7), system: true, ..Group::new("g") };
        let added = [Debian, RedHat, Alpine, BusyBox].map(|system| group.add(system).to_string());
        let expected =
            ["addgroup --gid 7 --system g", "groupadd -g 7 -r g", "addgroup -g 7 -S g", "addgroup -g 7 -S g"];
        assert_eq!(added, expected);
    }

    #[test]
    fn missing_groups_are_made_before_the_user() {
        let account = Account { groups: vec!["a".to_owned()], ..Account::new("u") };
        assert_eq!(
            account.add_with_groups(Alpine).to_string(),
            "{ grep -q '^a:' /etc/group || addgroup a; } && adduser -D -s /sbin/nologin -H u && addgroup u a"
        );
    }
}
