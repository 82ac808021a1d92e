//! What a value of a map can look like, for editors: the vocabulary that the JSON Schema is made of.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// The form of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Any text; numbers and truth values are taken as they are written.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text of a form that a regular expression describes, with an example.
    Pattern { pattern: &'static str, example: &'static str },
    /// Nothing at all.
    Null,
    /// A list.
    List(Box<Shape>),
    /// A mapping of any keys.
    Mapping(Box<Shape>),
    /// A mapping of these keys only; the first ones up to `required` must be there.
    Object { keys: Vec<(&'static str, Shape)>, required: usize },
    /// One of several forms.
    AnyOf(Vec<Shape>),
}
