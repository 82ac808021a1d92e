//! The check of how images are built.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use super::Checker;
use super::container::Current;
use super::options::labels;
use super::value::{bad_value, boolean, repeated, value};
use crate::config::{BuildConfig, DockerfileSource};
use crate::error::{ValueError, ViolationKind};
use crate::image::ImageRef;
use crate::local::LocalPath;
use crate::map::ContainerMap;
use crate::raw::{Pairs, Problems, RawBuild, Text};

/// The Dockerfile where none is named.
const DOCKERFILE: &str = "Dockerfile";

impl Checker<'_> {
    /// Reads how a configuration's image is built; none if it is not built.
    pub(super) fn build(&mut self, current: Current<'_>) -> Option<BuildConfig> {
        let raw = current.raw.build.as_ref()?;
        if let Some(name) = current.known.name.clone() {
            self.builds.insert(name, raw.place.clone());
        }
        let tags = self.tags(raw);
        let problems = &mut self.problems;
        let context = raw.context.as_ref().map(|text| value(text, "a folder of this machine", problems));
        let dockerfile = dockerfile(raw, problems);
        let labels = labels(Some(&raw.labels), problems);
        let secrets = raw.secrets.iter().map(|(name, source)| (name.value.clone(), source.clone())).collect();
        let hosts = raw.extra_hosts.iter();
        let extra_hosts = hosts.filter_map(|text| value(text, "a host", problems)).collect();
        Some(BuildConfig {
            // A folder that is none was reported.
            context: match context {
                Some(context) => Some(context?),
                None => None,
            },
            dockerfile: dockerfile?,
            target: text(raw.target.as_ref()),
            args: args(&raw.args, problems),
            tags,
            labels,
            platform: text(raw.platform.as_ref()),
            pull: raw.pull.as_ref().and_then(|text| boolean(text, problems)).unwrap_or(false),
            no_cache: raw.no_cache.as_ref().and_then(|text| boolean(text, problems)).unwrap_or(false),
            secrets,
            ssh: ssh(&raw.ssh, problems),
            extra_hosts,
            network: text(raw.network.as_ref()),
        })
    }

    fn tags(&mut self, raw: &RawBuild) -> alloc::vec::Vec<ImageRef> {
        repeated(&raw.tags, &mut self.problems);
        let (repository, default_tag) = (self.repository, self.default_tag);
        let problems = &mut self.problems;
        let tag = |text: &Text| {
            let report = |source| bad_value(text, "an image", ValueError::Image(source), problems);
            let image = ImageRef::resolve(text.as_str(), repository, default_tag).map_err(report).ok()?;
            no_digest(&image, text, problems).then_some(image)
        };
        raw.tags.iter().filter_map(tag).collect()
    }

    /// An image is built in one way, and an image that is built is not also one that somebody else's build makes.
    pub(super) fn one_build_each(&mut self, map: &ContainerMap) {
        let mut made: BTreeMap<&ImageRef, (String, &ImageRef, &BuildConfig)> = BTreeMap::new();
        for (name, config) in &map.containers {
            let (Some(build), Some(place)) = (&config.build, self.builds.get(name)) else { continue };
            for image in core::iter::once(&config.image).chain(&build.tags) {
                let own = (name.to_string(), &config.image, build);
                let earlier = made.entry(image).or_insert_with(|| own.clone());
                if (earlier.1, earlier.2) != (own.1, own.2) {
                    let (image, first) = (image.to_string(), earlier.0.clone());
                    let kind = ViolationKind::TwoBuilds { image, first, second: own.0 };
                    self.problems.report(place, kind);
                }
            }
        }
        for (name, config) in map.containers.iter().filter(|(_, config)| config.build.is_none()) {
            let Some((by, image, _)) = made.get(&config.image).filter(|made| *made.1 != config.image) else {
                continue;
            };
            let Some(place) =
                map.containers.keys().find(|name| name.as_str() == by).and_then(|by| self.builds.get(by))
            else {
                continue;
            };
            let kind = ViolationKind::TagIsUsed {
                tag: config.image.to_string(),
                config: name.to_string(),
                image: image.to_string(),
            };
            self.problems.report(place, kind);
        }
    }
}

/// Reports an image that is built and is to have a digest, which nobody knows before.
pub(super) fn no_digest(image: &ImageRef, text: &Text, problems: &mut Problems) -> bool {
    let is_pinned = image.digest().is_some();
    if is_pinned {
        problems.report(&text.place, ViolationKind::BuiltByDigest { image: text.value.clone() });
    }
    !is_pinned
}

fn dockerfile(raw: &RawBuild, problems: &mut Problems) -> Option<DockerfileSource> {
    match (&raw.dockerfile, &raw.dockerfile_inline) {
        (Some(file), Some(_)) => {
            let (problem, remedy) =
                ("`dockerfile` and `dockerfile_inline` are two Dockerfiles", "keep one of them");
            problems.report(&file.place, ViolationKind::OptionConflict { problem, remedy });
            None
        }
        (None, Some(inline)) if inline.as_str().trim().is_empty() => {
            bad_value(
                inline,
                "a Dockerfile",
                ValueError::Other(inline.value.clone(), "a Dockerfile"),
                problems,
            );
            None
        }
        (None, Some(inline)) => Some(DockerfileSource::Inline(inline.value.clone())),
        (_, None) if raw.context.is_none() => {
            problems.report(&raw.place, ViolationKind::NoBuildContext);
            None
        }
        (Some(file), None) => value(file, "a file of the context", problems).map(DockerfileSource::File),
        (None, None) => DOCKERFILE.parse().ok().map(DockerfileSource::File),
    }
}

/// In a map, a value of the environment is named where it is used, so a name alone says too little.
fn args(raw: &Pairs, problems: &mut Problems) -> BTreeMap<String, String> {
    let mut args = BTreeMap::new();
    for (name, value) in raw {
        if let Some(value) = value {
            args.insert(name.value.clone(), value.value.clone());
        } else {
            let problem = "this argument has no value";
            let example = "`NAME: value`, or `NAME: ${NAME}` for one of the environment";
            problems.report(&name.place, ViolationKind::BadElement { problem, example });
        }
    }
    args
}

/// An agent that is named alone is the one of the environment.
fn ssh(raw: &Pairs, problems: &mut Problems) -> BTreeMap<String, Option<LocalPath>> {
    let mut agents = BTreeMap::new();
    for (name, socket) in raw {
        let socket = match socket {
            None => Some(None),
            Some(text) => value(text, "the socket of an agent with SSH keys", problems).map(Some),
        };
        agents.extend(socket.map(|socket| (name.value.clone(), socket)));
    }
    agents
}

fn text(text: Option<&Text>) -> Option<String> {
    text.map(|text| text.value.clone()).filter(|text| !text.is_empty())
}
