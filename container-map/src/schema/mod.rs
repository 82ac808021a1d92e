//! The JSON Schema of a map's text, made from the tables that the text is read with.

mod forms;
mod json;
mod keys;
mod options;
mod shape;

pub(crate) use shape::Shape;

use self::keys::object;
use crate::client::CLIENT;
use crate::raw::{CONTAINER, Fields, NETWORK, SECTIONS, VOLUME};
use crate::value::{Mapping, Value};

/// Returns the JSON Schema (2020-12) of a map's text, for editors.
///
/// It knows every key and every form that is read, and says nothing about what the map as a whole has to fulfil.
///
/// ```
/// let schema = serde_json::to_value(container_map::schema()).expect("because a schema is a tree");
/// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
/// assert_eq!(schema["properties"]["host_root"]["description"], "Where relative paths on the host start.");
/// ```
pub fn schema() -> Value {
    let text_or = |shape: Shape| Shape::Text.or(shape).or_null();
    let definitions = [
        ("container", object(CONTAINER, keys::container).or_null()),
        ("volume", text_or(object(VOLUME, keys::volume))),
        ("network", object(NETWORK, keys::network).or_null()),
        ("client", object(CLIENT, keys::client).or_null()),
        ("links", keys::links()),
        ("secret", keys::secret()),
    ];
    let definitions = definitions.into_iter().map(|(name, shape)| (name.into(), json::schema(&shape).into()));
    let sections = Fields { what: "a map", keys: SECTIONS };
    let mut root = json::schema(&object(sections, keys::section));
    root.set("additionalProperties", json::reference("container").into());
    Mapping::new()
        .with("$schema", "https://json-schema.org/draft/2020-12/schema")
        .with("title", "A container map")
        .with("description", "Containers, and the volumes, host paths and networks they share.")
        .followed_by(root)
        .with("$defs", Mapping(definitions.collect()))
        .into()
}

#[cfg(test)]
mod tests {
    use super::keys::Key;
    use super::*;
    use crate::client::LOGIN;
    use crate::raw::{
        ATTACHES, BINDS, BUILD, ENDPOINT, EXEC, EXPOSES, FOLLOW, HEALTHCHECK, LINKS, NETWORK_OPTIONS,
        SECRET_FIELDS, START, UPDATE, USES, VOLUME_OPTIONS,
    };

    #[test]
    fn every_key_that_is_read_has_a_form() {
        type Of = fn(&str) -> Option<Key>;
        let tables: [(Fields, Of); 21] = [
            (Fields { what: "a map", keys: SECTIONS }, keys::section),
            (CONTAINER, keys::container),
            (VOLUME, keys::volume),
            (VOLUME_OPTIONS, keys::volume_option),
            (NETWORK, keys::network),
            (NETWORK_OPTIONS, keys::network_option),
            (CLIENT, keys::client),
            (LOGIN, keys::login),
            (SECRET_FIELDS, keys::secret_source),
            (BINDS.fields, keys::bind),
            (ATTACHES.fields, keys::attach),
            (USES.fields, keys::used),
            (LINKS.fields, keys::link),
            (START.fields, keys::start),
            (FOLLOW.fields, keys::follow),
            (UPDATE, keys::update),
            (BUILD, keys::build),
            (EXPOSES.fields, keys::expose),
            (ENDPOINT, keys::endpoint),
            (EXEC, keys::exec),
            (HEALTHCHECK, keys::healthcheck),
        ];
        for (fields, of) in tables {
            for key in fields.keys {
                let known = of(key).unwrap_or_else(|| panic!("`{key}` of {} has no form", fields.what));
                assert!(known.about.ends_with('.'), "`{key}` of {}", fields.what);
            }
            assert!(of("nothing").is_none(), "{}", fields.what);
        }
    }
}
