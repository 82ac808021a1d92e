//! What `HEAD` of an archive tells about a file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// The bits of Go's `os.FileMode` that are not where Unix has them.
const GO_DIRECTORY: u32 = 1 << 31;
const GO_SETUID: u32 = 1 << 23;
const GO_SETGID: u32 = 1 << 22;
const GO_STICKY: u32 = 1 << 20;

/// The header of
/// [`ContainerArchiveInfo`](https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerArchiveInfo)
/// that holds the answer.
pub(crate) const HEADER: &str = "x-docker-container-path-stat";

#[derive(Deserialize)]
struct Stat {
    mode: u32,
}

/// Returns the permission bits of a directory, special bits included; none if it is not a directory.
pub(crate) fn directory_mode(header: &[u8]) -> Option<u32> {
    let text = STANDARD.decode(header).ok()?;
    let Stat { mode } = serde_json::from_slice(&text).ok()?;
    let special = [(GO_SETUID, 0o4000), (GO_SETGID, 0o2000), (GO_STICKY, 0o1000)];
    let special: u32 = special.into_iter().filter(|(bit, _)| mode & bit != 0).map(|(_, unix)| unix).sum();
    (mode & GO_DIRECTORY != 0).then_some((mode & 0o777) | special)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_modes() {
        for (go, unix) in [
            (GO_DIRECTORY | 0o750, Some(0o750)),
            (GO_DIRECTORY | GO_SETGID | GO_STICKY | 0o777, Some(0o3777)),
            (GO_DIRECTORY | GO_SETUID | 0o700, Some(0o4700)),
            (0o644, None),
        ] {
            let header = STANDARD.encode(format!(r#"{{"name":"v","size":1,"mode":{go},"linkTarget":""}}"#));
            assert_eq!(directory_mode(header.as_bytes()), unix, "{go:o}");
        }
        assert_eq!(directory_mode(b"?"), None);
    }
}
