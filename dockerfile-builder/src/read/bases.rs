//! Which images a Dockerfile is based on.

use std::collections::{BTreeMap, BTreeSet};

use super::DockerfileError;
use super::locate::{Located, locate};
use super::uses::{mounts, options};
use crate::quote::expand::{Variable, expanded};
use crate::quote::read;

/// What the builder tells about platforms, whatever the Dockerfile says
/// ([reference](https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope)).
const AUTOMATIC: [&str; 8] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
];

/// Returns the images that a Dockerfile takes files from, as it names them: those of `FROM`, of `COPY --from`, and of the
/// mounts of `RUN`.
///
/// `args` are the values that the build is given for `ARG`s above the first `FROM`, and `target` is the stage that is built,
/// by its name or number; none for the last one. Later stages do not count; those before it do, whether or not they are
/// needed, as the classic builder builds them. What only the builder can know is left out: a name with a variable for the
/// platform in it, or one that is not understood. So is what `ONBUILD` will take.
///
/// ```
/// # use std::collections::BTreeMap;
/// let text = "ARG TAG=1\nFROM golang:$TAG AS build\nFROM scratch\nCOPY --from=build /a /\nCOPY --from=tools /b /\n";
/// let images = dockerfile_builder::base_images(text, &BTreeMap::new(), None)?;
/// assert_eq!(images, ["golang:1", "tools"].map(str::to_owned).into());
/// # Ok::<(), dockerfile_builder::DockerfileError>(())
/// ```
///
/// # Errors
///
/// A here-document has no end.
pub fn base_images(
    text: &str,
    args: &BTreeMap<String, String>,
    target: Option<&str>,
) -> Result<BTreeSet<String>, DockerfileError> {
    let statements = locate(text)?;
    let names: Vec<Option<String>> =
        statements.iter().filter(|at| at.keyword == "FROM").map(Located::stage_name).collect();
    let last = target.and_then(|target| stage(target, &names)).unwrap_or(names.len());
    let mut globals = Globals { given: args, values: BTreeMap::new() };
    let mut images = BTreeSet::new();
    for statement in &statements {
        match (statement.stage, statement.keyword.as_str()) {
            (None, "ARG") => globals.declare(&statement.rest),
            (Some(index), _) if index > last => break,
            (Some(index), "FROM") => {
                let is_earlier = |image: &String| {
                    names[..index].iter().flatten().any(|name| *name == image.to_lowercase())
                };
                images.extend(globals.base(&statement.rest).filter(|image| !is_earlier(image)));
            }
            (Some(_), "COPY") => {
                let from =
                    options(&statement.rest).0.into_iter().filter_map(|option| option.strip_prefix("from="));
                images.extend(from.filter(|from| is_image(from, &names)).map(str::to_owned));
            }
            (Some(_), "RUN") => {
                let from = mounts(&statement.rest).filter_map(|mount| mount.value(["from"; 2]));
                images.extend(from.filter(|from| is_image(from, &names)).map(str::to_owned));
            }
            _ => {}
        }
    }
    images.remove("scratch");
    Ok(images)
}

/// Returns the number of a stage.
fn stage(target: &str, names: &[Option<String>]) -> Option<usize> {
    let name = target.to_lowercase();
    let found = names.iter().position(|known| known.as_ref() == Some(&name));
    found.or_else(|| target.parse().ok().filter(|number| *number < names.len()))
}

/// Whether a name is neither a stage's nor a stage's number; no variable counts there.
fn is_image(name: &str, names: &[Option<String>]) -> bool {
    let is_number = name.parse::<usize>().is_ok();
    !is_number && !name.contains('$') && !names.iter().flatten().any(|known| *known == name.to_lowercase())
}

/// The variables above the first `FROM`.
struct Globals<'a> {
    given: &'a BTreeMap<String, String>,
    /// None for those that cannot be told.
    values: BTreeMap<String, Option<String>>,
}

impl Globals<'_> {
    /// Reads an `ARG`, which can declare several.
    fn declare(&mut self, text: &str) {
        let mut rest = text.trim();
        while let Some((_, after)) = read::word(rest, char::is_whitespace).filter(|_| !rest.is_empty()) {
            let one = &rest[..rest.len() - after.len()];
            let (name, default) =
                one.split_once('=').map_or((one, None), |(name, value)| (name, Some(value)));
            let value = match (self.given.get(name), default) {
                (Some(given), _) => Some(given.clone()),
                (None, Some(default)) => expanded(default, &|name| self.value(name)),
                (None, None) => {
                    rest = after.trim_start();
                    continue;
                }
            };
            self.values.insert(name.to_owned(), value);
            rest = after.trim_start();
        }
    }

    fn value(&self, name: &str) -> Variable {
        match self.values.get(name) {
            Some(Some(value)) => Variable::Set(value.clone()),
            Some(None) => Variable::Unknown,
            None if AUTOMATIC.contains(&name) => Variable::Unknown,
            None => Variable::Unset,
        }
    }

    /// Returns the base that a `FROM` names, if that can be told.
    fn base(&self, text: &str) -> Option<String> {
        let (_, rest) = options(text);
        let base = rest.split_whitespace().next()?;
        expanded(base, &|name| self.value(name)).filter(|base| !base.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bases(text: &str, args: &[(&str, &str)], target: Option<&str>) -> Vec<String> {
        let args = args.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        base_images(text, &args, target).unwrap().into_iter().collect()
    }

    #[test]
    fn images_and_not_stages() {
        let text = r#"# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM golang:1.22 AS Build
RUN --mount=type=bind,from=tools,target=/t --mount=type=cache,target=/c --mount=from=build,target=/b make
FROM BUILD as test
COPY --from=build --chown=1 /a /a
COPY --from=0 /a /b
COPY --from=later /a /b
COPY --link --from=registry.example.org:5000/assets@sha256:00 /a /
COPY <<EOF /from
FROM nobody
EOF
FROM scratch AS later
FROM "quoted" \
  AS last
ONBUILD COPY --from=child /a /
"#;
        let all = ["golang:1.22", "quoted", "registry.example.org:5000/assets@sha256:00", "tools"];
        assert_eq!(bases(text, &[], None), all);
        assert_eq!(bases(text, &[], Some("BUILD")), ["golang:1.22", "tools"]);
        assert_eq!(bases(text, &[], Some("0")), ["golang:1.22", "tools"]);
        assert_eq!(bases(text, &[], Some("nobody")), all, "the builder says that there is no such stage");
    }

    #[test]
    fn variables_of_the_first_lines() {
        let text = "ARG NAME=a TAG='1 2' EMPTY\nARG FULL=${NAME}:${OTHER:-x}\nFROM $FULL\nARG NAME=z\nFROM ${NAME}\nFROM $EMPTY\nFROM os-$TARGETARCH\n";
        assert_eq!(bases(text, &[], None), ["a", "a:x"]);
        assert_eq!(bases(text, &[("NAME", "b"), ("OTHER", "unheard")], None), ["b", "b:x"]);
        assert_eq!(bases(text, &[("EMPTY", "made")], None), ["a", "a:x", "made"]);
        assert_eq!(bases("ARG TARGETARCH=x\nFROM os-$TARGETARCH", &[], None), ["os-x"]);
        assert_eq!(bases("ARG A=$TARGETOS\nFROM a-$A\nFROM b", &[], None), ["b"]);
    }

    #[test]
    fn what_is_no_dockerfile_names_nothing() {
        assert_eq!(bases("", &[], None), [""; 0]);
        assert_eq!(bases("RUN --mount=from=a x\nCOPY --from=b c d\nFROM", &[], None), [""; 0]);
        assert!(base_images("FROM a\nRUN <<E\n", &BTreeMap::new(), None).is_err());
    }
}
