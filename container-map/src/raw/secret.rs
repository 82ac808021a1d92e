//! `!secret`: where a value is read from that the map does not show.

use super::place::Problems;
use super::read::{Fields, optional};
use crate::error::ViolationKind;
use crate::secret::SecretSource;
use crate::yaml::{Node, Value};

/// The tag of a secret.
pub(crate) const SECRET: &str = "!secret";
pub(crate) const SECRET_FIELDS: Fields = Fields { what: "a secret", keys: &["file", "env"] };

/// Reads the source of a secret: `!secret {file: …}` or `!secret {env: …}`.
pub(crate) fn secret_source(node: &Node, problems: &mut Problems) -> Option<SecretSource> {
    let mut found = None;
    if let Value::Map(entries) = &node.value
        && let [_] = &**entries
    {
        let mut untagged = node.clone();
        untagged.clear_tag();
        SECRET_FIELDS.read(&untagged, problems, |field, node, problems| {
            let text = optional(node, "a text", problems).filter(|text| !text.as_str().is_empty());
            found = text.map(|text| match field {
                "file" => SecretSource::File(text.value),
                _ => SecretSource::Env(text.value),
            });
        });
    }
    if found.is_none() {
        let kind = ViolationKind::BadElement {
            problem: "a secret is read from a file or from a variable",
            example: "`!secret {file: path}` or `!secret {env: NAME}`",
        };
        problems.here(&node.span, kind);
    }
    found
}
