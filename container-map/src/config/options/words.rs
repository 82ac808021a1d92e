//! Options that take one of a few words.

/// A value that is one of a few words.
pub(crate) trait Word {
    /// The words.
    const WORDS: &'static [&'static str];
}

/// Declares an enumeration by its words.
macro_rules! words {
    ($expected:literal => $(#[$meta:meta])* pub enum $type:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $($(#[$doc])* $variant,)+
        }

        impl $type {
            /// Returns the engine's word for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl crate::config::Word for $type {
            const WORDS: &'static [&'static str] = &[$($word),+];
        }

        impl core::str::FromStr for $type {
            type Err = crate::config::OptionError;

            fn from_str(text: &str) -> Result<Self, crate::config::OptionError> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(crate::config::OptionError::form(text, $expected)),
                }
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        crate::path::serde_as_text!($type => $expected);
    };
}
pub(in crate::config) use words;
