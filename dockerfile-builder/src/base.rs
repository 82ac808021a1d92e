//! What a stage starts from.

use std::fmt;

use crate::quote;

/// The filesystem a stage starts from.
///
/// It is not an image reference: `scratch` and an earlier stage have no registry and no tag, and the text of an image
/// is handed to the engine as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// Nothing at all.
    Scratch,
    /// An image, as the user names it.
    Image(String),
    /// What an earlier stage of the same Dockerfile left behind.
    Stage(StageRef),
}

impl From<&str> for Base {
    /// Reads `scratch` as [`Base::Scratch`] and anything else as an image.
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Base {
    /// Reads `scratch` as [`Base::Scratch`] and anything else as an image.
    fn from(text: String) -> Self {
        if text == "scratch" { Self::Scratch } else { Self::Image(text) }
    }
}

impl From<StageRef> for Base {
    fn from(stage: StageRef) -> Self {
        Self::Stage(stage)
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scratch => f.write_str("scratch"),
            Self::Image(text) => f.write_str(&quote::image(text)),
            Self::Stage(stage) => stage.fmt(f),
        }
    }
}

/// A stage of the Dockerfile under construction, handed out by
/// [`DockerfileBuilder::this_stage`](crate::DockerfileBuilder::this_stage).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct StageRef(Option<usize>);

impl StageRef {
    pub(crate) fn new(index: usize) -> Self {
        Self(Some(index))
    }

    /// Reads the name of a stage before the one at `index`.
    pub(crate) fn parse(name: &str, index: usize) -> Option<Self> {
        let own = name.strip_prefix("stage-")?.parse().ok().filter(|own| *own < index).map(Self::new)?;
        (own.to_string() == name).then_some(own)
    }

    /// Returns the same stage if it comes before the stage at `index`, and otherwise a reference that no engine accepts.
    ///
    /// An undefined stage name would be taken for an image and pulled from a registry, so a reference that was carried
    /// over from another builder must not keep a plausible name.
    pub(crate) fn before(self, index: usize) -> Self {
        Self(self.0.filter(|own| *own < index))
    }
}

impl fmt::Display for StageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(index) => write!(f, "stage-{index}"),
            None => write!(f, "{}", quote::REFUSED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scratch_is_a_word_of_its_own() {
        assert_eq!(Base::from("scratch"), Base::Scratch);
        assert_eq!(Base::from("scratch:1"), Base::Image("scratch:1".to_owned()));
    }

    #[test]
    fn images_stay_one_word() {
        for (text, rendered) in [
            ("ubuntu:latest", "ubuntu:latest"),
            ("registry:5000/a/b@sha256:00", "registry:5000/a/b@sha256:00"),
            ("${BASE}", "${BASE}"),
            ("a AS b", "a\u{fffd}AS\u{fffd}b"),
            ("a\nRUN b", "a\u{fffd}RUN\u{fffd}b"),
            ("a\\", "a\u{fffd}"),
            ("--platform=x", "\u{fffd}-platform=x"),
            ("", "\u{fffd}"),
        ] {
            assert_eq!(Base::from(text).to_string(), rendered, "{text:?}");
        }
    }

    #[test]
    fn a_later_stage_cannot_be_named() {
        assert_eq!(StageRef::new(0).before(1).to_string(), "stage-0");
        assert_eq!(StageRef::new(1).before(1).to_string(), "\u{fffd}");
    }
}
