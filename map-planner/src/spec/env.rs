//! Values of environment variables: no text shows them.

use alloc::string::String;
use core::fmt;

use container_map::SecretSource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of an environment variable as a container is to get it.
///
/// A plan has the text itself, as the engine needs it, or says where a secret is read from; a secret's value is in no plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum EnvValue {
    /// This text.
    Text(EnvText),
    /// What a secret holds at the time the container is created.
    Secret {
        /// Where it is read from.
        secret: SecretSource,
    },
}

impl EnvValue {
    /// Wraps a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(EnvText::new(text))
    }

    /// Names a secret.
    pub fn secret(source: SecretSource) -> Self {
        Self::Secret { secret: source }
    }
}

/// The text of an environment variable; it has no `Display` and no telling `Debug`, because maps and images put secrets
/// there without saying so.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct EnvText(String);

impl EnvText {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text itself, for the engine's request and for comparison.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EnvText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(value)")
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn plans_have_texts_and_the_names_of_secrets() {
        for (value, json) in [
            (EnvValue::text("b=c"), r#""b=c""#),
            (EnvValue::secret(SecretSource::File("db.txt".into())), r#"{"secret":{"file":"db.txt"}}"#),
            (EnvValue::secret(SecretSource::Env("DB".into())), r#"{"secret":{"env":"DB"}}"#),
        ] {
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
            assert_eq!(serde_json::from_str::<EnvValue>(json).unwrap(), value);
        }
    }

    #[test]
    fn texts_are_not_shown() {
        assert_eq!(format!("{:?}", EnvValue::text("hunter2")), "Text((value))");
    }
}
