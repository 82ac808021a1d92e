//! Forms as JSON Schema 2020-12.

use alloc::vec::Vec;

use super::Shape;
use crate::value::{Mapping, Value};

/// What every scalar can hold instead of its value, as long as it is not expanded.
const VARIABLE: &str = r"\$\{";

/// Returns the schema that accepts values of a form.
pub(super) fn schema(shape: &Shape) -> Mapping {
    match shape {
        Shape::Text => of_type(["string", "number", "boolean"]),
        Shape::Boolean => any_of([of_type("boolean"), word(&["true", "false"]), variable()]),
        Shape::Integer => any_of([of_type("integer"), pattern("^-?[0-9]+$"), variable()]),
        Shape::Word(words) => any_of([word(words), variable()]),
        Shape::Pattern { pattern, example } => any_of([
            of_type(["string", "number"]).with("pattern", *pattern).with("examples", [*example]),
            variable(),
        ]),
        Shape::Null => of_type("null"),
        Shape::Empty => {
            let empty = [Value::NULL, false.into(), "".into(), Value::list([]), Mapping::new().into()];
            Mapping::new().with("enum", empty)
        }
        Shape::List(item) => of_type("array").with("items", schema(item)),
        Shape::Cells(cells) => of_type("array")
            .with("minItems", 1)
            .with("prefixItems", cells.iter().map(schema).collect::<Vec<_>>())
            .with("items", false),
        Shape::Mapping(value) => of_type("object").with("additionalProperties", schema(value)),
        Shape::Pair { value, except } => of_type("object")
            .with("minProperties", 1)
            .with("maxProperties", 1)
            .with("propertyNames", Mapping::new().with("not", word(except)))
            .with("additionalProperties", schema(value)),
        Shape::Object { keys, required } => object(keys, *required),
        Shape::AnyOf(forms) => any_of(forms.iter().map(schema)),
        Shape::About(about, shape) => Mapping::new().with("description", *about).followed_by(schema(shape)),
        Shape::Defined(name) => reference(name),
    }
}

fn object(keys: &[(&'static str, Shape)], required: usize) -> Mapping {
    let properties = keys.iter().map(|(key, shape)| ((*key).into(), schema(shape).into()));
    let object = of_type("object").with("properties", Mapping(properties.collect()));
    let object = object.with("additionalProperties", false);
    let required: Vec<&str> = keys.iter().take(required).map(|(key, _)| *key).collect();
    if required.is_empty() { object } else { object.with("required", required) }
}

/// Returns a reference to a definition.
pub(super) fn reference(name: &str) -> Mapping {
    Mapping::new().with("$ref", alloc::format!("#/$defs/{name}"))
}

fn of_type(types: impl Into<Value>) -> Mapping {
    Mapping::new().with("type", types)
}

fn word(words: &[&'static str]) -> Mapping {
    Mapping::new().with("enum", words.to_vec())
}

fn pattern(pattern: &str) -> Mapping {
    of_type("string").with("pattern", pattern)
}

fn variable() -> Mapping {
    pattern(VARIABLE)
}

fn any_of(forms: impl IntoIterator<Item = Mapping>) -> Mapping {
    Mapping::new().with("anyOf", forms.into_iter().collect::<Vec<_>>())
}

impl Mapping {
    pub(super) fn followed_by(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}
