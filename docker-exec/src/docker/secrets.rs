//! What stands for the secrets that a plan names only by their sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use container_map::{ImageRef, Secret, SecretSource};
use hyper::header::HeaderValue;
use map_planner::spec::EnvValue;

use super::cause::Cause;
use super::registry::{self, Credential};

/// What secrets hold, and credentials among them: put into requests, and taken out of everything that is told.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets {
    values: Arc<BTreeMap<SecretSource, Secret>>,
    credentials: Arc<BTreeMap<String, Credential>>,
    /// What one build has, by the names that its Dockerfile knows.
    build: Arc<BTreeMap<String, Secret>>,
}

impl Secrets {
    pub(super) fn with_values(self, values: BTreeMap<SecretSource, Secret>) -> Self {
        Self { values: Arc::new(values), ..self }
    }

    pub(super) fn with_credentials(self, credentials: BTreeMap<String, Credential>) -> Self {
        let credentials =
            credentials.into_iter().map(|(name, found)| (registry::registry_name(&name).to_owned(), found));
        Self { credentials: Arc::new(credentials.collect()), ..self }
    }

    /// Adds what a build has.
    pub(super) fn for_build(self, secrets: &BTreeMap<String, Secret>) -> Self {
        Self { build: Arc::new(secrets.clone()), ..self }
    }

    /// Returns whether a build could ask for something.
    pub(super) fn has_some_for_build(&self) -> bool {
        !self.build.is_empty() || !self.credentials.is_empty()
    }

    /// Returns a secret of the build.
    pub(super) fn of_build(&self, name: &str) -> Option<&Secret> {
        self.build.get(name)
    }

    /// Returns who pulls from a registry.
    pub(super) fn of_registry(&self, name: &str) -> Option<&Credential> {
        self.credentials.get(registry::registry_name(name))
    }

    /// Returns who pulls from which registry, as the header of a build; none if nobody in particular does.
    pub(super) fn registry_config(&self) -> Option<HeaderValue> {
        registry::config(&self.credentials)
    }

    /// Returns who pulls an image, if it is not nobody in particular.
    pub(super) fn credential(&self, image: &ImageRef) -> Option<&Credential> {
        self.credentials.get(image.registry())
    }

    /// Returns what a secret holds.
    pub(super) fn value(&self, source: &SecretSource) -> Result<Secret, Cause> {
        self.values.get(source).cloned().ok_or_else(|| Cause::UnknownSecret(source.clone()))
    }

    /// Returns the text of a variable, for the engine's request and for nothing else.
    pub(super) fn text<'a>(&'a self, value: &'a EnvValue) -> Result<&'a str, Cause> {
        match value {
            EnvValue::Text(text) => Ok(text.expose()),
            EnvValue::Secret { secret } => {
                let found = self.values.get(secret).map(Secret::expose);
                found.ok_or_else(|| Cause::UnknownSecret(secret.clone()))
            }
        }
    }

    /// Blots out secrets in what an engine or a container wrote: both can repeat what they were given.
    pub(super) fn blot(&self, text: &str) -> String {
        let passwords = self.credentials.values().map(Credential::secret);
        let mut values: Vec<&str> = self.values.values().chain(passwords).map(Secret::expose).collect();
        // A file ends with a line break, which programs leave out.
        values.extend(self.build.values().map(|secret| secret.expose().trim_end()));
        // One secret can be a part of another.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.into_iter().filter(|value| !value.is_empty()).fold(text.to_owned(), |text, value| {
            if text.contains(value) { text.replace(value, "(secret)") } else { text }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let env = |name: &str| SecretSource::Env(name.to_owned());
        let values = [(env("A"), "hunter2"), (env("B"), "hunter2-and-more"), (env("C"), "")];
        let values = values.into_iter().map(|(source, value)| (source, Secret::new(value)));
        let credential = Credential::User { username: "me".to_owned(), password: Secret::new("sesame") };
        let credentials = BTreeMap::from([("https://index.docker.io/v1/".to_owned(), credential)]);
        Secrets::default().with_values(values.collect()).with_credentials(credentials)
    }

    #[test]
    fn texts_and_secrets() {
        let secrets = secrets();
        let named = |name: &str| EnvValue::secret(SecretSource::Env(name.to_owned()));
        assert_eq!(secrets.text(&EnvValue::text("plain")).unwrap(), "plain");
        assert_eq!(secrets.text(&named("A")).unwrap(), "hunter2");
        assert_eq!(secrets.text(&named("C")).unwrap(), "");
        let error = secrets.text(&named("D")).unwrap_err().while_doing("testing");
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("the secret from variable D was not read"));
    }

    #[test]
    fn secrets_are_blotted_out() {
        let secrets = secrets();
        assert_eq!(secrets.blot("a hunter2-and-more, hunter2, sesame!"), "a (secret), (secret), (secret)!");
        assert_eq!(secrets.blot("nothing"), "nothing");
        let of_build = BTreeMap::from([("token".to_owned(), Secret::new("open\n"))]);
        assert_eq!(secrets.clone().for_build(&of_build).blot("open it\nopen\n"), "(secret) it\n(secret)\n");
        let shown = format!("{secrets:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("sesame"), "{shown}");
    }

    #[test]
    fn credentials_are_for_their_registry() {
        let secrets = secrets();
        for (image, expect) in [("nginx", true), ("team/app:1", true), ("registry.example.org/app", false)] {
            assert_eq!(secrets.credential(&image.parse().unwrap()).is_some(), expect, "{image}");
        }
    }
}
