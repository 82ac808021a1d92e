//! What housekeeping is about to remove, and what became of it.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use docker_exec::{Choice, EngineError, FoundContainer, FoundImage, Spared, SparedImage};

use super::context::printable;
use super::{Ui, diagnostic};
use crate::failure::{Failure, causes_of};

/// How many names are listed of what stays.
const LISTED: usize = 5;
/// How many characters of an identifier are enough to know it by.
const SHORT: usize = 12;

/// Something that is removed.
#[derive(Debug)]
pub(crate) enum Removal<'a> {
    /// A container.
    Container(&'a FoundContainer),
    /// An image.
    Image(&'a FoundImage),
}

/// A size in bytes, as people read it.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut whole, mut tenths, mut unit) = (self.0, 0, "B");
        for next in ["kB", "MB", "GB", "TB"] {
            if whole < 1000 {
                break;
            }
            (whole, tenths, unit) = (whole / 1000, whole % 1000 / 100, next);
        }
        let text = if unit == "B" { format!("{whole} B") } else { format!("{whole}.{tenths} {unit}") };
        f.pad(&text)
    }
}

impl Ui {
    /// Prints the containers that are to be removed, and which stay and why.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn containers_to_remove(self, choice: &Choice<FoundContainer, Spared>) -> Result<(), Failure> {
        let row = |container: &FoundContainer| {
            [printable(&container.name), container.state.clone(), printable(&container.image)]
        };
        let rows = choice.chosen.iter().map(|container| (container.size, row(container))).collect();
        let mut text = table(["container", "state", "image"], rows);
        let total: u64 = choice.chosen.iter().map(|container| container.size).sum();
        let sum = match choice.chosen.len() {
            0 => "no container to remove\n".to_owned(),
            1 => format!("\n1 container to remove, {}; volumes stay\n", Size(total)),
            count => format!("\n{count} containers to remove, {}; volumes stay\n", Size(total)),
        };
        text.push_str(&sum);
        let spared = choice.spared.iter().map(|(container, why)| (*why, printable(&container.name)));
        text += &left(spared, |why| match why {
            Spared::Excluded => "excluded",
            Spared::NeverStarted => "never started; `--never-started` removes them too",
            Spared::OfMap => "of a map; `--of-maps` removes them too",
            Spared::Needed => "dmap keeps it for its next run",
            Spared::Leased => "of a map that somebody works on",
        });
        self.out(text)
    }

    /// Prints the images that are to be removed, and which stay and why.
    ///
    /// # Errors
    ///
    /// Standard output takes no more.
    pub(crate) fn images_to_remove(self, choice: &Choice<FoundImage, SparedImage>) -> Result<(), Failure> {
        let row = |image: &FoundImage| {
            let tags: Vec<String> = image.tags.iter().map(|tag| printable(tag)).collect();
            let tags = if tags.is_empty() { "untagged".to_owned() } else { tags.join(" ") };
            [short(&image.id).to_owned(), tags]
        };
        let rows = choice.chosen.iter().map(|image| (image.size, row(image))).collect();
        let mut text = table(["image", "tags"], rows);
        let total: u64 = choice.chosen.iter().map(|image| image.size).sum();
        let sum = match choice.chosen.len() {
            0 => "no image to remove\n".to_owned(),
            1 => format!("\n1 image to remove, {} with what it shares with others\n", Size(total)),
            count => {
                format!("\n{count} images to remove, {} with what they share with others\n", Size(total))
            }
        };
        text.push_str(&sum);
        let spared = choice.spared.iter().map(|(image, why)| (*why, Removal::Image(image).to_string()));
        text += &left(spared, |why| match why {
            SparedImage::Used => "a container was made of it",
            SparedImage::BuiltOn => "others are built on it which stay",
        });
        self.out(text)
    }

    /// Says what became of one of them.
    pub(crate) fn removal(self, removal: &Removal<'_>, result: Result<(), &EngineError>) {
        match result {
            Ok(()) => self.say(format_args!("removed {removal}")),
            Err(error) => {
                self.err(diagnostic::message(&format!("failed while {error}"), &causes_of(error), &[]));
            }
        }
    }

    /// Says what became of all of them.
    pub(crate) fn cleared(self, removed: usize, failed: usize, left: usize) {
        let mut text = if removed == 0 && failed > 0 { "nothing was removed" } else { "done" }.to_owned();
        if removed > 0 && failed + left > 0 {
            "partly done".clone_into(&mut text);
        }
        let mut parts = Vec::new();
        for (count, what) in [(removed, "removed"), (failed, "failed"), (left, "not begun")] {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        if parts.is_empty() {
            parts.push("nothing is left to remove".to_owned());
        }
        self.say(format_args!("{text}: {}", parts.join(", ")));
    }
}

impl fmt::Display for Removal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Container(container) => write!(f, "container/{}", printable(&container.name)),
            Self::Image(image) => {
                let name = image.tags.first().map_or_else(|| short(&image.id), String::as_str);
                write!(f, "image/{}", printable(name))
            }
        }
    }
}

/// Returns a table with the sizes in front; nothing if there are no rows.
fn table<const N: usize>(header: [&str; N], rows: Vec<(u64, [String; N])>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let header = ("size".to_owned(), header.map(str::to_owned));
    let rows = rows.into_iter().map(|(size, cells)| (Size(size).to_string(), cells));
    let rows: Vec<(String, [String; N])> = std::iter::once(header).chain(rows).collect();
    let width = |cell: usize| rows.iter().map(|(_, cells)| cells[cell].chars().count()).max();
    let widths: Vec<usize> = (0..N).map(|cell| width(cell).unwrap_or_default()).collect();
    let mut text = String::new();
    for (size, cells) in &rows {
        let mut line = format!("{size:>9}");
        for (cell, width) in cells.iter().zip(&widths) {
            // Writing to a string cannot fail.
            let _ = write!(line, "  {cell:<width$}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Returns a line for each reason why something stays, with some of the names.
fn left<Why: Ord + Copy>(
    spared: impl Iterator<Item = (Why, String)>,
    words: impl Fn(Why) -> &'static str,
) -> String {
    let mut reasons: BTreeMap<Why, Vec<String>> = BTreeMap::new();
    spared.for_each(|(why, name)| reasons.entry(why).or_default().push(name));
    let line = |(why, mut names): (Why, Vec<String>)| {
        let more = names.len().saturating_sub(LISTED);
        names.truncate(LISTED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("left: {}{more} ({})\n", names.join(", "), words(why))
    };
    reasons.into_iter().map(line).collect()
}

/// Returns the beginning of an identifier, without the kind of digest.
fn short(id: &str) -> &str {
    let digest = id.rsplit_once(':').map_or(id, |(_, digest)| digest);
    digest.get(..SHORT).unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (12_399, "12.3 kB"),
            (1_000_000, "1.0 MB"),
            (u64::MAX, "18446744.0 TB"),
        ] {
            assert_eq!(Size(bytes).to_string(), expected);
        }
        assert_eq!(short("sha256:0123456789abcdef"), "0123456789ab");
        assert_eq!(short("sha256:01"), "01");
    }
}
