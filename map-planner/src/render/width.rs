//! Lines that are no longer than a terminal is wide. One character counts as one column.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The least width that is respected: below it, cutting would leave nothing to read.
const LEAST: usize = 40;

/// Returns a line that ends with `…` where it would be too long.
pub(super) fn cut(line: &str, width: Option<usize>) -> String {
    let Some(width) = width.map(|width| width.max(LEAST)) else { return line.to_owned() };
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let kept: String = line.chars().take(width - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Returns a text in as many lines as it takes, broken at spaces, or anywhere in a word that is too long for a line.
/// The first line begins with one indent, the further ones with another.
pub(super) fn wrapped(text: &str, width: Option<usize>, first: &str, further: &str) -> Vec<String> {
    let Some(width) = width.map(|width| width.max(LEAST)) else {
        return Vec::from([format!("{first}{text}")]);
    };
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_begun = false;
    for word in text.split(' ') {
        let mut word = word.to_owned();
        loop {
            let used = line.chars().count();
            let room = width.saturating_sub(used + usize::from(is_begun)).max(1);
            let length = word.chars().count();
            if length <= room {
                line.push_str(if is_begun { " " } else { "" });
                line.push_str(&word);
                is_begun = true;
                break;
            }
            if !is_begun {
                let rest = word.split_off(word.char_indices().nth(room).map_or(word.len(), |(at, _)| at));
                line.push_str(&word);
                word = rest;
            }
            lines.push(core::mem::replace(&mut line, further.to_owned()));
            is_begun = false;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut() {
        let line = "0123456789".repeat(5);
        assert_eq!(cut(&line, None), line);
        assert_eq!(cut(&line, Some(50)), line);
        assert_eq!(cut(&line, Some(45)), "01234567890123456789012345678901234567890123…");
        // Nothing is cut to less than can be read.
        assert_eq!(cut(&line, Some(3)).chars().count(), LEAST);
    }

    #[test]
    fn texts_are_wrapped_without_losing_anything() {
        let text = format!("a few words → {} and the rest of it, which goes on", "x".repeat(70));
        assert_eq!(wrapped(&text, None, "> ", "  "), [format!("> {text}")]);
        let lines = wrapped(&text, Some(44), "> ", "  ");
        assert!(lines.len() > 3 && lines.iter().all(|line| line.chars().count() <= 44), "{lines:?}");
        assert!(lines[0].starts_with("> ") && lines[1..].iter().all(|line| line.starts_with("  ")));
        let joined: String = lines.iter().map(|line| &line[2..]).collect();
        assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
    }
}
