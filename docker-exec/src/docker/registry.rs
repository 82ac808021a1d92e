//! Who pulls images, and how the engine is told.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use bollard::BollardRequest;
use bollard::auth::DockerCredentials;
use container_map::Secret;
use hyper::header::{HeaderName, HeaderValue};

/// The registry that images without one come from; it goes by several names.
const DOCKER_HUB: &str = "docker.io";
const HUB_ADDRESS: &str = "https://index.docker.io/v1/";
const HUB_ALIASES: [&str; 3] = ["index.docker.io", "registry-1.docker.io", "hub.docker.com"];
const HEADER: HeaderName = HeaderName::from_static("x-registry-auth");

/// Who pulls from a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A user.
    User {
        /// The name.
        username: String,
        /// The password, or a token in its place.
        password: Secret,
    },
    /// A token that stands for who logged in: the engine's `identitytoken`.
    Token(Secret),
}

impl Credential {
    /// Reads a user and a password that are written as for [HTTP](https://www.rfc-editor.org/rfc/rfc7617#section-2), which is
    /// how `docker login` keeps them; none if the text is something else.
    pub fn from_basic(text: &str) -> Option<Self> {
        let both = String::from_utf8(BASE64_STANDARD.decode(text.trim()).ok()?).ok()?;
        let (username, password) = both.split_once(':')?;
        // The oldest versions padded with it.
        let password = Secret::new(password.trim_end_matches('\0'));
        Some(Self::User { username: username.to_owned(), password })
    }

    /// Returns the user's name, which is empty for a token.
    pub(super) fn username(&self) -> &str {
        match self {
            Self::User { username, .. } => username,
            Self::Token(_) => "",
        }
    }

    /// Returns what nobody else may know.
    pub(super) fn secret(&self) -> &Secret {
        match self {
            Self::User { password: secret, .. } | Self::Token(secret) => secret,
        }
    }

    /// Returns what the engine passes on to a registry.
    pub(super) fn for_registry(&self, registry: &str) -> DockerCredentials {
        let known =
            DockerCredentials { serveraddress: Some(registry.to_owned()), ..DockerCredentials::default() };
        match self {
            Self::User { username, password } => DockerCredentials {
                username: Some(username.clone()),
                password: Some(password.expose().to_owned()),
                ..known
            },
            Self::Token(token) => {
                DockerCredentials { identitytoken: Some(token.expose().to_owned()), ..known }
            }
        }
    }

    /// Returns it as a build has it for one registry.
    fn for_build(&self) -> serde_json::Value {
        match self {
            Self::User { username, password } => {
                serde_json::json!({ "username": username, "password": password.expose() })
            }
            Self::Token(token) => serde_json::json!({ "identitytoken": token.expose() }),
        }
    }
}

/// Returns the registry's name as images have it: people and tools write it as an address, too.
pub fn registry_name(name: &str) -> &str {
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    let host = name.split('/').next().unwrap_or(name);
    if HUB_ALIASES.contains(&host) { DOCKER_HUB } else { host }
}

/// Returns who pulls from which registry, as the header of a build has it; none if it is empty.
pub(super) fn config(credentials: &BTreeMap<String, Credential>) -> Option<HeaderValue> {
    if credentials.is_empty() {
        return None;
    }
    let all = credentials.iter().map(|(name, credential)| {
        // The engine looks for this one under its oldest name.
        let name = if name == DOCKER_HUB { HUB_ADDRESS } else { name };
        (name.to_owned(), credential.for_build())
    });
    let text = serde_json::Value::Object(all.collect()).to_string();
    let mut header = HeaderValue::from_str(&BASE64_URL_SAFE.encode(text)).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// Writes credentials as the engine reads them: bollard uses the plain alphabet of base64, in which the engine cannot read
/// some, and then pulls as nobody.
pub(super) fn fit(mut request: BollardRequest) -> BollardRequest {
    let plain = request.headers().get(&HEADER).and_then(|value| value.to_str().ok());
    let fitting = plain.map(|plain| plain.replace('+', "-").replace('/', "_"));
    if let Some(mut value) = fitting.and_then(|text| HeaderValue::from_str(&text).ok()) {
        value.set_sensitive(true);
        request.headers_mut().insert(HEADER, value);
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords() {
        let found = Credential::from_basic("bWU6YTpi").unwrap();
        assert_eq!((found.username(), found.secret().expose()), ("me", "a:b"));
        for text in ["", "%", "bWU="] {
            assert_eq!(Credential::from_basic(text), None, "{text}");
        }
    }

    #[test]
    fn builds_have_users_and_tokens() {
        let user = Credential::from_basic("bWU6YTpi").unwrap();
        let token = Credential::Token(Secret::new("t"));
        let all = BTreeMap::from([("docker.io".to_owned(), user), ("a:5000".to_owned(), token)]);
        let header = BASE64_URL_SAFE.decode(config(&all).unwrap()).unwrap();
        let told: serde_json::Value = serde_json::from_slice(&header).unwrap();
        let expected = serde_json::json!({
            "a:5000": { "identitytoken": "t" },
            HUB_ADDRESS: { "username": "me", "password": "a:b" },
        });
        assert_eq!(told, expected);
        assert_eq!(config(&BTreeMap::new()), None);
    }

    #[test]
    fn names_of_registries() {
        for (name, expect) in [
            ("docker.io", "docker.io"),
            ("https://index.docker.io/v1/", "docker.io"),
            ("registry.example.org:5000", "registry.example.org:5000"),
            ("http://localhost:5000/", "localhost:5000"),
            ("ghcr.io/team", "ghcr.io"),
        ] {
            assert_eq!(registry_name(name), expect, "{name}");
        }
    }
}
