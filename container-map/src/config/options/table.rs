//! The tables of options: one line each is all there is to say about an option.

use alloc::vec::Vec;

use crate::raw::Problems;
use crate::schema::Shape;
use crate::value::Mapping;
use crate::yaml::Node;

/// A table of options, of which some are set.
pub(crate) trait OptionTable: Default {
    /// The names of the options, in the order of the table.
    const NAMES: &'static [&'static str];

    /// Sets an option to what the text says; one that cannot be read is reported and left unset.
    fn read(&mut self, name: &str, node: &Node, problems: &mut Problems);

    /// Returns the options that are set, as a text would say them.
    fn write(&self) -> Mapping;

    /// Returns whether an option is the same in both tables.
    fn is_same(&self, name: &str, other: &Self) -> bool;

    /// Returns what the values of the options can look like, with what they mean.
    fn shapes() -> Vec<(&'static str, Shape)>;
}

/// Declares a table: a public structure with a field for each option, and what is done to options by their names.
///
/// Options that are not set are left out when a table is serialised or shown.
macro_rules! option_table {
    ($(#[$meta:meta])* pub struct $table:ident { $($(#[doc = $doc:literal])+ $name:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $table {
            $(
                $(#[doc = $doc])+
                #[serde(skip_serializing_if = "crate::config::options::table::is_unset")]
                pub $name: $type,
            )+
        }

        impl core::fmt::Debug for $table {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let mut set = f.debug_struct(stringify!($table));
                $(
                    if !crate::config::options::table::is_unset(&self.$name) {
                        set.field(stringify!($name), &self.$name);
                    }
                )+
                set.finish()
            }
        }

        impl crate::config::options::table::OptionTable for $table {
            const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            fn read(&mut self, name: &str, node: &crate::yaml::Node, problems: &mut crate::raw::Problems) {
                use crate::raw::OptionValue;
                match name {
                    $(stringify!($name) => self.$name = <$type>::read(node, problems).unwrap_or_default(),)+
                    _ => {}
                }
            }

            fn write(&self) -> crate::value::Mapping {
                use crate::raw::OptionValue;
                let mut mapping = crate::value::Mapping::new();
                $(
                    if !crate::config::options::table::is_unset(&self.$name) {
                        mapping.set(stringify!($name), self.$name.write());
                    }
                )+
                mapping
            }

            fn is_same(&self, name: &str, other: &Self) -> bool {
                match name {
                    $(stringify!($name) => self.$name == other.$name,)+
                    _ => true,
                }
            }

            fn shapes() -> alloc::vec::Vec<(&'static str, crate::schema::Shape)> {
                use crate::raw::OptionValue;
                alloc::vec![$((stringify!($name), <$type>::shape().about(concat!($($doc),+).trim()))),+]
            }
        }
    };
}
pub(super) use option_table;

/// Returns whether an option is not set.
pub(super) fn is_unset<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
