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
    /// Nothing at all, or something empty.
    Empty,
    /// A list.
    List(Box<Shape>),
    /// A list of at most these, each in its place.
    Cells(Vec<Shape>),
    /// A mapping of any keys.
    Mapping(Box<Shape>),
    /// A mapping of one key, which is none of these.
    Pair { value: Box<Shape>, except: &'static [&'static str] },
    /// A mapping of these keys only; the first ones up to `required` must be there.
    Object { keys: Vec<(&'static str, Shape)>, required: usize },
    /// One of several forms.
    AnyOf(Vec<Shape>),
    /// A form with what it means.
    About(&'static str, Box<Shape>),
    /// A form that is described once and used in several places.
    Defined(&'static str),
}

impl Shape {
    /// Returns the form of a list of this.
    pub(crate) fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// Returns the form of a mapping of any keys to this.
    pub(crate) fn mapping(self) -> Self {
        Self::Mapping(Box::new(self))
    }

    /// Returns this form or another one.
    pub(crate) fn or(self, other: Self) -> Self {
        match self {
            Self::AnyOf(mut forms) => {
                forms.push(other);
                Self::AnyOf(forms)
            }
            one => Self::AnyOf(Vec::from([one, other])),
        }
    }

    /// Returns this form with what it means.
    pub(crate) fn about(self, about: &'static str) -> Self {
        Self::About(about, Box::new(self))
    }

    /// Returns this form or nothing.
    pub(crate) fn or_null(self) -> Self {
        self.or(Self::Null)
    }
}
