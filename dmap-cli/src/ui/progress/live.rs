//! The lines of a terminal that move: one for each container that is under way, and one with the counts.

use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::track::{Over, Running, Track, WorkEnd};
use crate::ui::plan::style;

/// The room that the lines have, in columns and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) struct Room {
    pub(in crate::ui) width: usize,
    pub(in crate::ui) height: usize,
}

/// Whether lines have colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) enum Paint {
    Coloured,
    Plain,
}

impl Paint {
    fn with(self, style: Style, text: &str) -> String {
        match self {
            Self::Coloured => format!("{style}{text}{style:#}"),
            Self::Plain => text.to_owned(),
        }
    }
}

/// Columns of a time: `1234.5s`.
const TIME: usize = 7;
/// Columns of words that are left to how far a step is, where there is room for it.
const LEAST_TEXT: usize = 10;

/// Returns the lines for what is under way: as many as fit, those that take longest first, and the counts below. No line
/// is as wide as the room, since some terminals begin a new one then.
pub(super) fn lines(track: &Track, now: Duration, room: Room, paint: Paint) -> Vec<String> {
    let width = room.width.saturating_sub(1);
    let running = track.under_way();
    // The last row is the cursor's.
    let most = room.height.saturating_sub(2).max(1);
    let shown = if running.len() <= most { running.len() } else { most - 1 };
    let mut lines: Vec<String> =
        running.iter().take(shown).map(|step| line(step, now, width, paint)).collect();
    if shown < running.len() {
        lines.push(cut(&format!("… and {} more under way", running.len() - shown), width));
    }
    lines.push(cut(&counts(track, running.len(), now), width));
    lines
}

/// `stop container/site.web  how far it is    3.2s`
fn line(step: &Running, now: Duration, width: usize, paint: Paint) -> String {
    let time = time(now.saturating_sub(step.since));
    let room = width.saturating_sub(TIME + 1);
    let words = cut_inside(&step.words, room);
    let left = room.saturating_sub(words.chars().count() + 2);
    let text = if left >= LEAST_TEXT { cut(&step.text, left) } else { String::new() };
    let gap = if text.is_empty() { "" } else { "  " };
    let used = words.chars().count() + gap.len() + text.chars().count();
    let (words, text) = (paint.with(style(step.effect), &words), paint.with(Style::new().dimmed(), &text));
    format!("{words}{gap}{text}{:padding$} {time}", "", padding = room.saturating_sub(used))
}

/// A time in so many columns as all of them have.
fn time(took: Duration) -> String {
    format!("{:>TIME$}", format!("{:.1}s", took.as_secs_f64()))
}

fn counts(track: &Track, under_way: usize, now: Duration) -> String {
    let count = track.count;
    let mut parts = vec![format!("{} of {} steps done", count.done + count.already, track.total)];
    for (number, what) in [(count.failed, "failed"), (count.skipped, "skipped"), (under_way, "under way")] {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    }
    parts.push(format!("{:.1} s", now.as_secs_f64()));
    parts.join(", ")
}

/// Returns the line that stays when all is over with a resource; none for what was not begun. The time is where those of
/// the lines that move are, and is not what is cut off.
///
/// `done container/site.web: create, start    3.2s`
pub(super) fn over(over: &Over, width: usize, paint: Paint) -> Option<String> {
    let Over { resource, verbs, took, end } = over;
    let (word, color) = match end {
        WorkEnd::Done => ("done", AnsiColor::Green),
        WorkEnd::Failed => ("failed", AnsiColor::Red),
        WorkEnd::Skipped(_) => ("skipped", AnsiColor::Yellow),
        WorkEnd::Cancelled => return None,
    };
    let room = width.saturating_sub(word.len() + 1);
    let rest = match end {
        WorkEnd::Skipped(because) => cut(&format!(" {resource}: step {because} failed"), room),
        WorkEnd::Done | WorkEnd::Failed | WorkEnd::Cancelled => {
            let room = room.saturating_sub(TIME + 1);
            let what = name_first(&resource.to_string(), &verbs.join(", "), room.saturating_sub(1));
            format!("{:room$} {}", format!(" {what}"), time(*took))
        }
    };
    Some(paint.with(color.on_default(), word) + &rest)
}

/// Returns a name with words about it; of both, the name is cut last.
fn name_first(name: &str, words: &str, columns: usize) -> String {
    if name.chars().count() + 2 > columns {
        return cut_inside(name, columns);
    }
    cut(&format!("{name}: {words}"), columns)
}

/// Returns a text in so many columns at most, without its middle: names of instances differ at their end.
fn cut_inside(text: &str, columns: usize) -> String {
    let length = text.chars().count();
    if length <= columns {
        return text.to_owned();
    }
    let tail = columns / 2;
    let head = cut(text, columns - tail);
    head.chars().chain(text.chars().skip(length - tail)).collect()
}

/// Returns a text in so many columns at most, with a mark where it is cut.
fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    let kept = text.chars().take(columns.saturating_sub(1));
    if columns == 0 { String::new() } else { kept.chain(['…']).collect() }
}

#[cfg(test)]
mod tests;
