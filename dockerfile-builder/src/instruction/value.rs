//! Values in which variables may count.

use std::fmt;

use crate::quote;

/// The value of `ENV`, `LABEL` and `ARG`.
///
/// A text is literal unless [`Value::expanded`] says otherwise.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// Arrives to the letter.
    Literal(String),
    /// The builder puts in the values of `$NAME`, `${NAME}` and `${NAME:-default}`; everything else is literal.
    Expanded(String),
}

impl Value {
    /// Returns a value in which the builder puts in variables.
    ///
    /// ```
    /// # use dockerfile_builder::{Dockerfile, Value};
    /// let dockerfile = Dockerfile::from("alpine").env("PATH", Value::expanded("/opt/bin:$PATH")).env("PRICE", "$5").build();
    /// assert_eq!(dockerfile.to_string(), "FROM alpine\nENV PATH=\"/opt/bin:$PATH\"\nENV PRICE=\"\\$5\"\n");
    /// ```
    pub fn expanded(text: impl Into<String>) -> Self {
        Self::Expanded(text.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Literal(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Literal(text)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Literal(text) => quote::value(text),
            Self::Expanded(text) => quote::expanded(text),
        })
    }
}
