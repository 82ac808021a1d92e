//! From the steps of builders to lines of the Dockerfile.

use dockerfile_builder::{Located, locate};

use crate::build::BuildRequest;

/// The instructions of a Dockerfile, as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<Located>);

impl Lines {
    /// Reads a Dockerfile. What is wrong with it is the builder's to say.
    pub(super) fn of(request: &BuildRequest) -> Self {
        let text = request.context.dockerfile_text(&*request.tree).ok().flatten();
        Self::read(&text.unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        Self(locate(text).unwrap_or_default())
    }

    /// Returns whether a step can ask for something in a session, be it there or not.
    pub(super) fn asks(&self) -> bool {
        let asks = |rest: &str| rest.contains("type=secret") || rest.contains("type=ssh");
        self.0.iter().any(|at| matches!(at.keyword.as_str(), "RUN" | "ONBUILD") && asks(&at.rest))
    }

    /// Returns the line of a step of the classic builder, which counts all instructions, from 1.
    pub(super) fn of_instruction(&self, number: usize) -> Option<usize> {
        self.0.get(number.checked_sub(1)?).map(|at| at.line)
    }

    /// Returns the line of a step of BuildKit.
    pub(super) fn of_step(&self, name: &str) -> Option<usize> {
        if let Some(image) = name.strip_prefix("[internal] load metadata for ") {
            return self.of_base(image);
        }
        let (place, words) = name.strip_prefix('[')?.split_once("] ")?;
        let mut places = place.split_whitespace().rev();
        let (number, total) = places.next()?.split_once('/')?;
        let (number, total) = (number.parse::<usize>().ok()?, total.parse::<usize>().ok()?);
        let stage = self.stage(places.next())?;
        if words.starts_with("FROM ") {
            return self.in_stage(stage).next().map(|at| at.line);
        }
        // From the end, because triggers of the base come before the stage's own.
        let steps: Vec<&Located> = self.in_stage(stage).filter(|at| is_counted(&at.keyword)).collect();
        steps.len().checked_sub(total.checked_sub(number)? + 1).map(|index| steps[index].line)
    }

    fn in_stage(&self, stage: usize) -> impl Iterator<Item = &Located> {
        self.0.iter().filter(move |at| at.stage == Some(stage))
    }

    /// Returns the number of a stage by the name that BuildKit gives it; a stage alone can have none.
    fn stage(&self, name: Option<&str>) -> Option<usize> {
        let Some(name) = name else { return Some(0) };
        let mut froms = self.0.iter().filter(|at| at.keyword == "FROM");
        let named = froms.position(|from| from.stage_name().as_deref() == Some(name));
        // A word without a meaning here is a platform, in front of the only stage.
        named.or_else(|| name.strip_prefix("stage-")?.parse().ok()).or(name.contains('/').then_some(0))
    }

    /// Returns the line that names a base, which BuildKit knows by its full name.
    fn of_base(&self, image: &str) -> Option<usize> {
        let full = |name: &str| name.parse::<container_map::ImageRef>().ok();
        let image = full(image)?;
        let mut froms = self.0.iter().filter(|at| at.keyword == "FROM");
        froms
            .find(|from| from.rest.split_whitespace().any(|word| full(word).as_ref() == Some(&image)))
            .map(|at| at.line)
    }
}

/// Returns the line that the engine names in its words on a Dockerfile.
pub(super) fn named(message: &str) -> Option<usize> {
    let after = message.match_indices("parse error").find_map(|(at, _)| {
        let rest = message[at..].strip_prefix("parse error")?;
        rest.strip_prefix(" on line ").or_else(|| rest.strip_prefix(" line "))
    })?;
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after[..end].parse().ok()
}

/// Returns whether BuildKit counts an instruction.
fn is_counted(keyword: &str) -> bool {
    matches!(keyword, "RUN" | "COPY" | "ADD" | "WORKDIR")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "ARG A=1
FROM alpine AS Base
ENV X=1
RUN one
WORKDIR /w
RUN two

FROM base
COPY --from=base /a /b
FROM hub.example.org/app:2
RUN three
";

    #[test]
    fn steps_of_buildkit() {
        let lines = Lines::read(TEXT);
        for (name, expect) in [
            ("[base 1/4] FROM docker.io/library/alpine", Some(2)),
            ("[base 2/4] RUN one", Some(4)),
            ("[base 3/4] WORKDIR /w", Some(5)),
            ("[linux/arm64 base 4/4] RUN two", Some(6)),
            ("[stage-1 1/1] COPY --from=base /a /b", Some(9)),
            ("[stage-2 2/2] RUN three", Some(11)),
            ("[stage-2 3/3] RUN three", Some(11)),
            ("[internal] load metadata for docker.io/library/alpine:latest", Some(2)),
            ("[internal] load metadata for hub.example.org/app:2", Some(10)),
            ("[internal] load remote build context", None),
            ("[stage-2 1/9] RUN trigger", None),
            ("copy /context /", None),
        ] {
            assert_eq!(lines.of_step(name), expect, "{name}");
        }
        assert_eq!(Lines::read("FROM scratch\nCOPY a /\nCOPY b /").of_step("[2/2] COPY b /"), Some(3));
    }

    #[test]
    fn only_mounts_of_commands_ask_for_something() {
        assert!(!Lines::read(TEXT).asks());
        assert!(!Lines::read("FROM a\nLABEL x=type=secret\nRUN --mount=type=cache,target=/c x").asks());
        assert!(Lines::read("FROM a\nRUN \\\n --mount=id=x,type=secret x").asks());
    }

    #[test]
    fn steps_of_the_classic_builder_and_words_of_the_parser() {
        let lines = Lines::read(TEXT);
        assert_eq!(
            [1, 2, 6, 99, 0].map(|number| lines.of_instruction(number)),
            [Some(1), Some(2), Some(6), None, None]
        );
        for (message, expect) in [
            ("dockerfile parse error line 12: unknown instruction: FOO", Some(12)),
            ("failed to solve: dockerfile parse error on line 3: unknown instruction: X", Some(3)),
            ("Dockerfile parse error line 2: FROM requires", Some(2)),
            ("no parse error", None),
        ] {
            assert_eq!(named(message), expect, "{message}");
        }
    }
}
