//! Text in lines that fit a terminal, in English and Chinese.

use std::fmt::Display;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

/// The default columns of a terminal.
pub const COLUMNS: u16 = 80;

/// No line begins with one of these.
const CLOSING: &str = "，。、；：！？）》」』”’…—,.;:!?)";

/// No line ends with one of these.
const OPENING: &str = "（《「『“‘(";

/// Writes a text behind a label, wrapped at 80 columns or the terminal's width, whichever is
/// less; further lines are indented. The text's own line breaks stay. The label may hold styles:
/// `indent` is its visible width.
///
/// # Errors
///
/// `out` cannot be written to.
pub fn write_wrapped(
    out: &mut impl Write,
    label: impl Display,
    indent: usize,
    text: &str,
) -> io::Result<()> {
    let columns = crate::columns().map_or(COLUMNS, |columns| columns.min(COLUMNS));
    write_within(columns.into(), out, label, indent, text)
}

fn write_within(
    columns: usize,
    out: &mut impl Write,
    label: impl Display,
    indent: usize,
    text: &str,
) -> io::Result<()> {
    let mut start = label.to_string();
    for paragraph in text.trim_end().split('\n') {
        let (mut line, mut width) = (start, indent);
        for word in words(paragraph) {
            if width > indent && width + word.trim_end().width() > columns {
                writeln!(out, "{}", line.trim_end())?;
                (line, width) = (" ".repeat(indent), indent);
            }
            line += word;
            width += word.width();
        }
        writeln!(out, "{}", line.trim_end())?;
        start = " ".repeat(indent);
    }
    Ok(())
}

/// The parts of a line between which it may be broken, each with the spaces after it.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let mut pairs = rest.char_indices().zip(rest.chars().skip(1));
        let mut is_number = false;
        let end = pairs
            .find(|&((_, before), after)| {
                // A number stays with its unit.
                let has_unit = before == ' ' && is_number;
                is_number = before.is_ascii_digit();
                !has_unit && may_break(before, after)
            })
            .map_or(rest.len(), |((at, before), _)| at + before.len_utf8());
        let word;
        (word, rest) = rest.split_at(end);
        (!word.is_empty()).then_some(word)
    })
}

/// After a space, and on both sides of a Chinese character.
fn may_break(before: char, after: char) -> bool {
    let is_chinese = |c| ('\u{2e80}'..='\u{ffef}').contains(&c);
    match (before, after) {
        (_, ' ') => false,
        (' ', _) => true,
        _ if OPENING.contains(before) || CLOSING.contains(after) => false,
        _ => is_chinese(before) || is_chinese(after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(columns: usize, text: &str) -> String {
        let mut out = Vec::new();
        write_within(columns, &mut out, "  ", 2, text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_in_either_language() {
        let english = "a wait that blocks ".repeat(20);
        let chinese = "你的请求（一个 client）一个接一个地到达，".repeat(20);
        for (columns, text) in
            [(80, &english), (80, &chinese), (40, &english), (20, &chinese)]
        {
            let text = written(columns, text);
            assert!(text.lines().count() > 2, "{text}");
            for line in text.lines() {
                assert!(line.width() <= columns, "{text}");
                assert!(!line.trim().starts_with(['，', '）']), "{text}");
                assert!(!line.ends_with('（'), "{text}");
            }
            // Full: the next word would not fit.
            let first = text.lines().next().unwrap();
            assert!(first.width() > columns * 3 / 4, "{text}");
        }
    }

    #[test]
    fn the_lines_below_a_label_are_indented_as_far() {
        let mut out = Vec::new();
        let label = "\u{1b}[1masync\u{1b}[0m ";
        write_within(80, &mut out, label, 6, &"--max-delay ".repeat(7)).unwrap();
        let expected =
            format!("{label}{}\n      --max-delay\n", ["--max-delay"; 6].join(" "));
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_number_stays_on_the_line_of_its_unit() {
        assert_eq!(written(14, "waves of 100 ms"), "  waves of\n  100 ms\n");
        assert_eq!(written(14, "每轮等待 100 毫秒"), "  每轮等待\n  100 毫秒\n");
    }

    #[test]
    fn line_breaks_and_empty_lines_stay() {
        assert_eq!(written(80, "one\n\ntwo\n"), "  one\n\n  two\n");
    }
}
