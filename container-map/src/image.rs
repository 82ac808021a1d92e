//! References to images.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;

use crate::path::serde_as_text;

/// Is the registry of images that name none.
const DOCKER_HUB: &str = "docker.io";

/// Is the tag of images that name neither a tag nor a digest.
const LATEST: &str = "latest";

/// Says why a text is not an [`ImageRef`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageRefError {
    /// There is no text, or nothing before the tag.
    #[error("`{0}` does not name an image")]
    Empty(String),
    /// The repository has upper-case letters.
    #[error("the image name `{0}` has upper-case letters: write `{lower}`", lower = .0.to_lowercase())]
    UpperCase(String),
    /// The text starts with `https://` or the like.
    #[error("`{0}` is a web address: write the image without `{scheme}://`", scheme = .0.split(':').next().unwrap_or_default())]
    WebAddress(String),
    /// The text is an id, which names an image of one engine only.
    #[error("`{0}` is an image id: name the image, and pin it with `name@sha256:…`")]
    Id(String),
    /// A component of the path is not of lower-case letters and digits with single separators between them.
    #[error("`{component}` in the image name `{name}` is not of the form `a-b.c_d`")]
    Component {
        /// The name without tag and digest.
        name: String,
        /// The part between two slashes.
        component: String,
    },
    /// The registry is not a host with an optional port.
    #[error("`{0}` is not a registry as `registry.example.org:5000`")]
    Registry(String),
    /// The tag is not of letters, digits, `_`, `.` and `-`, or is too long.
    #[error(
        "`{0}` is not a tag: use up to 128 letters, digits, `_`, `.` and `-`, and none of the last two first"
    )]
    Tag(String),
    /// The digest is not one of SHA-256, SHA-384 or SHA-512.
    #[error("`{0}` is not a digest as `sha256:` with 64 lower-case hexadecimal digits")]
    Digest(String),
    /// The name is longer than 255 characters.
    #[error("the image name `{0}` is longer than 255 characters")]
    TooLong(String),
}

/// Names an image as the engine lists it in `RepoTags`: `nginx:latest`, `team/app:1`, `registry.example.org:5000/app:2`.
///
/// The grammar is that of the distribution project (`reference.ParseNormalizedNamed`), with one difference:
/// an upper-case first component is refused and not taken for a host.
///
/// ```
/// # use container_map::ImageRef;
/// let image: ImageRef = "docker.io/library/nginx".parse()?;
/// assert_eq!(image.to_string(), "nginx:latest");
/// # Ok::<(), container_map::ImageRefError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageRef {
    // Invariant: begins with the registry and a slash, unless that is Docker Hub; without the `library/` of Docker Hub.
    repository: Arc<str>,
    /// The length of the registry in `repository`; 0 for Docker Hub.
    registry: usize,
    // Invariant: there is a tag or a digest.
    tag: Option<Arc<str>>,
    digest: Option<Arc<str>>,
}

impl ImageRef {
    /// Reads a reference; a missing tag is `latest`, unless there is a digest.
    pub fn parse(text: &str) -> Result<Self, ImageRefError> {
        Parts::split(text).check()
    }

    /// Reads what a map says about an image, with the map's `repository` and `default_tag`, as docker-map does:
    ///
    /// - A name with a slash is complete, and one with a leading slash is complete without it.
    /// - Any other name is put under `repository`.
    /// - A missing tag is `default_tag` or else `latest`, unless there is a digest.
    ///
    /// ```
    /// # use container_map::ImageRef;
    /// let resolve = |text| ImageRef::resolve(text, Some("hub.example.org"), Some("dev")).map(|image| image.to_string());
    /// assert_eq!(resolve("app")?, "hub.example.org/app:dev");
    /// assert_eq!(resolve("/app")?, "app:dev");
    /// assert_eq!(resolve("team/app:1")?, "team/app:1");
    /// # Ok::<(), container_map::ImageRefError>(())
    /// ```
    pub fn resolve(
        text: &str,
        repository: Option<&str>,
        default_tag: Option<&str>,
    ) -> Result<Self, ImageRefError> {
        let mut parts = Parts::split(text);
        if parts.digest.is_none() {
            parts.tag = parts.tag.or(default_tag);
        }
        if let Some(complete) = parts.name.strip_prefix('/') {
            return Parts { name: complete, ..parts }.check();
        }
        match repository {
            Some(repository) if !parts.name.contains('/') && !parts.name.is_empty() => {
                let name = format!("{}/{}", repository.trim_end_matches('/'), parts.name);
                Parts { name: &name, ..parts }.check()
            }
            _ => parts.check(),
        }
    }

    /// Returns the registry, `docker.io` if the name has none.
    pub fn registry(&self) -> &str {
        match self.registry {
            0 => DOCKER_HUB,
            length => &self.repository[..length],
        }
    }

    /// Returns the name without tag and digest, as the engine shows it: `nginx`, `registry.example.org:5000/app`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Returns the tag; an image with a digest may have none.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest, as `sha256:…`.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }
}

impl FromStr for ImageRef {
    type Err = ImageRefError;

    fn from_str(text: &str) -> Result<Self, ImageRefError> {
        Self::parse(text)
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

serde_as_text!(ImageRef => "an image as `nginx:1.29`");

/// Holds the parts of a reference before they are checked.
struct Parts<'a> {
    text: &'a str,
    name: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        // A colon before the last slash is that of a registry's port.
        let after_slash = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match rest[after_slash..].find(':') {
            Some(colon) => (&rest[..after_slash + colon], Some(&rest[after_slash + colon + 1..])),
            None => (rest, None),
        };
        Self { text, name, tag, digest }
    }

    fn check(self) -> Result<ImageRef, ImageRefError> {
        let Self { text, name, tag, digest } = self;
        if name.is_empty() {
            return Err(ImageRefError::Empty(text.to_owned()));
        }
        if text
            .split_once("://")
            .is_some_and(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphabetic()))
        {
            return Err(ImageRefError::WebAddress(text.to_owned()));
        }
        let is_id = |text: &str| text.len() == 64 && text.bytes().all(is_lower_hex);
        if is_id(name) || (name == "sha256" && tag.is_some_and(is_id)) {
            return Err(ImageRefError::Id(text.to_owned()));
        }
        let (registry, path) = split_registry(name);
        check_path(name, path)?;
        if let Some(registry) = registry.filter(|registry| !is_registry(registry)) {
            return Err(ImageRefError::Registry(registry.to_owned()));
        }
        let registry = registry.filter(|registry| !matches!(*registry, DOCKER_HUB | "index.docker.io"));
        let repository = match registry {
            Some(_) => name.to_owned(),
            None => familiar(path),
        };
        if repository.len() > 255 {
            return Err(ImageRefError::TooLong(name.to_owned()));
        }
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(ImageRefError::Tag(tag.to_owned()));
        }
        if let Some(digest) = digest.filter(|digest| !is_digest(digest)) {
            return Err(ImageRefError::Digest(digest.to_owned()));
        }
        Ok(ImageRef {
            repository: repository.into(),
            registry: registry.map_or(0, str::len),
            tag: tag.or(if digest.is_none() { Some(LATEST) } else { None }).map(Arc::from),
            digest: digest.map(Arc::from),
        })
    }
}

/// Splits off the first component if it can only be a host.
fn split_registry(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((host, path)) if host == "localhost" || host.contains(['.', ':']) => (Some(host), path),
        _ => (None, name),
    }
}

/// Returns the short form of a path on Docker Hub.
fn familiar(path: &str) -> String {
    match path.strip_prefix("library/") {
        Some(official) if !official.contains('/') => official.to_owned(),
        // Docker Hub has no such names; without the registry this would read as another one.
        _ if split_registry(path).0.is_some() => format!("{DOCKER_HUB}/{path}"),
        _ => path.to_owned(),
    }
}

fn check_path(name: &str, path: &str) -> Result<(), ImageRefError> {
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(ImageRefError::UpperCase(name.to_owned()));
    }
    match path.split('/').find(|component| !is_component(component)) {
        Some(component) => {
            Err(ImageRefError::Component { name: name.to_owned(), component: component.to_owned() })
        }
        None => Ok(()),
    }
}

/// Returns whether a text is `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`.
fn is_component(text: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators_fit = text.split(is_alphanumeric).all(|separator| {
        matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-')
    });
    text.starts_with(is_alphanumeric) && text.ends_with(is_alphanumeric) && separators_fit
}

/// Returns whether a text is a host name, an IPv4 address or an IPv6 address in brackets, with an optional port.
fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rfind(':') {
        Some(colon) if !text.ends_with(']') => (&text[..colon], Some(&text[colon + 1..])),
        _ => (text, None),
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(is_label),
    };
    is_host && port.is_none_or(|port| port.parse::<u16>().is_ok() && !port.starts_with('+'))
}

fn is_tag(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(is_word)
        && text.bytes().all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

/// Returns whether a text is a digest of one of the algorithms that the engine has.
fn is_digest(text: &str) -> bool {
    let length = |algorithm| match algorithm {
        "sha256" => Some(64),
        "sha384" => Some(96),
        "sha512" => Some(128),
        _ => None,
    };
    text.split_once(':')
        .is_some_and(|(algorithm, hex)| length(algorithm) == Some(hex.len()) && hex.bytes().all(is_lower_hex))
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn digest() -> String {
        format!("sha256:{HEX}")
    }

    #[test]
    fn reads_as_the_engine_lists() {
        for (text, registry, repository, tag) in [
            ("nginx", "docker.io", "nginx", "latest"),
            ("nginx:1.29-alpine", "docker.io", "nginx", "1.29-alpine"),
            ("library/nginx", "docker.io", "nginx", "latest"),
            ("docker.io/nginx", "docker.io", "nginx", "latest"),
            ("docker.io/library/nginx", "docker.io", "nginx", "latest"),
            ("index.docker.io/team/x", "docker.io", "team/x", "latest"),
            ("docker.io/team/x", "docker.io", "team/x", "latest"),
            ("docker.io/library/a/b", "docker.io", "library/a/b", "latest"),
            ("docker.io/my.team/x", "docker.io", "docker.io/my.team/x", "latest"),
            ("my.app", "docker.io", "my.app", "latest"),
            ("localhost", "docker.io", "localhost", "latest"),
            ("localhost/app", "localhost", "localhost/app", "latest"),
            ("reg:5000/app", "reg:5000", "reg:5000/app", "latest"),
            ("reg:5000/app:1", "reg:5000", "reg:5000/app", "1"),
            ("Reg.example.org/a/b__c--d.e", "Reg.example.org", "Reg.example.org/a/b__c--d.e", "latest"),
            ("10.0.0.1/app", "10.0.0.1", "10.0.0.1/app", "latest"),
            ("[::1]/app", "[::1]", "[::1]/app", "latest"),
            ("[fe80::1]:5000/app:_x", "[fe80::1]:5000", "[fe80::1]:5000/app", "_x"),
        ] {
            let image = ImageRef::parse(text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(
                (image.registry(), image.repository(), image.tag()),
                (registry, repository, Some(tag))
            );
            assert_eq!(image.to_string(), format!("{repository}:{tag}"));
        }
    }

    #[test]
    fn keeps_digests() {
        for (name, tag) in [("app", None), ("app:1", Some("1")), ("reg:5000/app", None)] {
            let text = format!("{name}@{}", digest());
            let image = ImageRef::resolve(&text, None, Some("dev")).expect("a reference");
            assert_eq!((image.tag(), image.digest()), (tag, Some(digest().as_str())));
            assert_eq!(image.to_string(), text);
        }
    }

    #[test]
    fn resolves_as_docker_map_does() {
        for (text, repository, default_tag, expect) in [
            ("app", None, None, "app:latest"),
            ("app", Some("hub.ex.org"), Some("dev"), "hub.ex.org/app:dev"),
            ("app:1", Some("hub.ex.org"), None, "hub.ex.org/app:1"),
            ("app", Some("hub.ex.org/team/"), None, "hub.ex.org/team/app:latest"),
            ("app", Some("reg:5000"), None, "reg:5000/app:latest"),
            ("app", Some("team"), None, "team/app:latest"),
            ("/app", Some("hub.ex.org"), Some("dev"), "app:dev"),
            ("/app:2", Some("hub.ex.org"), Some("dev"), "app:2"),
            ("team/app", Some("hub.ex.org"), None, "team/app:latest"),
            ("reg:5000/app:1", Some("hub.ex.org"), None, "reg:5000/app:1"),
            ("reg:5000/app", None, None, "reg:5000/app:latest"),
        ] {
            let image = ImageRef::resolve(text, repository, default_tag).map(|image| image.to_string());
            assert_eq!(image, Ok(expect.to_owned()));
        }
        assert_eq!(ImageRef::resolve("", Some("hub"), None), Err(ImageRefError::Empty(String::new())));
        assert_eq!(ImageRef::resolve("a", None, Some("-")), Err(ImageRefError::Tag("-".to_owned())));
    }

    #[test]
    fn refuses() {
        use ImageRefError::{Component, Digest, Empty, Id, Registry, Tag, TooLong, UpperCase, WebAddress};
        let part = |name: &str, component: &str| Component {
            name: name.to_owned(),
            component: component.to_owned(),
        };
        let text = String::from;
        let long = "a".repeat(256);
        let id = digest();
        for (input, expect) in [
            ("", Empty(text(""))),
            (":1", Empty(text(":1"))),
            ("Nginx", UpperCase(text("Nginx"))),
            ("Team/app", UpperCase(text("Team/app"))),
            ("reg:5000/App", UpperCase(text("reg:5000/App"))),
            ("https://hub/app", WebAddress(text("https://hub/app"))),
            (HEX, Id(text(HEX))),
            (&id, Id(id.clone())),
            ("/app", part("/app", "")),
            ("app/", part("app/", "")),
            ("a//b", part("a//b", "")),
            ("a..b", part("a..b", "a..b")),
            ("a___b", part("a___b", "a___b")),
            ("-a", part("-a", "-a")),
            ("a b", part("a b", "a b")),
            ("-x.org/a", Registry(text("-x.org"))),
            ("reg:x/a", Registry(text("reg:x"))),
            ("reg:99999/a", Registry(text("reg:99999"))),
            ("[::g]/a", Registry(text("[::g]"))),
            ("a:", Tag(text(""))),
            ("a:.1", Tag(text(".1"))),
            ("a:1:2", Tag(text("1:2"))),
            ("a@sha256:ab", Digest(text("sha256:ab"))),
            ("a@", Digest(text(""))),
            (&long, TooLong(long.clone())),
        ] {
            assert_eq!(ImageRef::parse(input), Err(expect));
        }
    }

    proptest! {
        #[test]
        fn text_round_trip(
            registry in "((docker\\.io|localhost|reg:5000|\\[::1\\](:[0-9]{1,4})?|library|[a-c.]{1,3})/)?",
            path in "(library/|localhost/)?[a-c0-9._-]{1,4}(/[a-z]{1,3}){0,2}",
            tag in "(:[a-zA-Z0-9_.-]{1,5})?",
            pinned: bool,
        ) {
            let pin = if pinned { format!("@{}", digest()) } else { String::new() };
            if let Ok(image) = ImageRef::parse(&format!("{registry}{path}{tag}{pin}")) {
                prop_assert_eq!(image.to_string().parse(), Ok(image.clone()));
                prop_assert_eq!(ImageRef::resolve(&format!("/{image}"), Some("x"), Some("y")), Ok(image));
            }
        }

        #[test]
        fn never_panics(text: String, repository: Option<String>) {
            let _ = ImageRef::resolve(&text, repository.as_deref(), None);
        }
    }
}
