//! From the text of `--mount` to its value.

use std::collections::BTreeMap;

use super::step::outside;
use crate::instruction::{Access, Mount, Sharing};

/// Reads a mount of the stage at `index`, if it can be said in the types of this crate.
pub(super) fn read(text: &str, index: usize) -> Option<Mount> {
    let mut fields = Fields(BTreeMap::new());
    for field in text.split(',') {
        let (name, value) = field.split_once('=').unwrap_or((field, "true"));
        fields.0.insert(canonical(name), value);
    }
    let mount = match fields.take("type").unwrap_or("bind") {
        "bind" => Mount::Bind {
            target: fields.take("target")?.into(),
            from: fields.take("from").map(|from| outside(from, index)),
            source: fields.take("source").map(Into::into),
            writable: fields.flag("rw")?,
        },
        "cache" => Mount::Cache {
            target: fields.take("target")?.into(),
            id: fields.take("id").map(str::to_owned),
            sharing: match fields.take("sharing") {
                None => None,
                Some("shared") => Some(Sharing::Shared),
                Some("private") => Some(Sharing::Private),
                Some("locked") => Some(Sharing::Locked),
                Some(_) => return None,
            },
            from: fields.take("from").map(|from| outside(from, index)),
            source: fields.take("source").map(Into::into),
            readonly: fields.flag("readonly")?,
            access: fields.access()?,
        },
        "tmpfs" => Mount::Tmpfs {
            target: fields.take("target")?.into(),
            size: fields.take("size").map(str::parse).transpose().ok()?,
        },
        "secret" => Mount::Secret {
            id: fields.take("id")?.to_owned(),
            target: fields.take("target").map(Into::into),
            env: fields.take("env").map(str::to_owned),
            required: fields.flag("required")?,
            access: fields.access()?,
        },
        "ssh" => Mount::Ssh {
            id: fields.take("id").map(str::to_owned),
            target: fields.take("target").map(Into::into),
            required: fields.flag("required")?,
            access: fields.access()?,
        },
        _ => return None,
    };
    fields.0.is_empty().then_some(mount)
}

/// Returns the first of the names that a field has.
fn canonical(name: &str) -> &str {
    match name {
        "dst" | "destination" => "target",
        "src" => "source",
        "readwrite" => "rw",
        "ro" => "readonly",
        name => name,
    }
}

/// The fields that have not been read.
struct Fields<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Fields<'a> {
    fn take(&mut self, name: &str) -> Option<&'a str> {
        self.0.remove(name)
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        match self.take(name) {
            None | Some("false") => Some(false),
            Some("true") => Some(true),
            Some(_) => None,
        }
    }

    fn access(&mut self) -> Option<Access> {
        let mut number = |name: &str, radix: u32| {
            self.take(name).map(|value| u32::from_str_radix(value, radix)).transpose()
        };
        let read = |uid, gid, mode| Access { uid, gid, mode };
        // What is no number is not said in these types.
        Some(read(number("uid", 10).ok()?, number("gid", 10).ok()?, number("mode", 8).ok()?))
    }
}
