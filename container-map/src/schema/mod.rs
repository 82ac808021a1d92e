//! The JSON Schema of a map's text, made from the tables that the text is read with.

mod shape;

pub(crate) use shape::Shape;
