//! The beginning of what a program printed, where lines that come again are counted.

use std::io::{self, Write};

use units::Language;

use crate::program::output::Output;
use crate::terminal::{DIM, in_language, write_title};

/// The lines that are shown.
const MAX_LINES: usize = 8;

/// Writes the first lines of a program's output, the errors first.
pub(super) fn write(
    out: &mut impl Write,
    output: &Output,
    language: Language,
) -> io::Result<()> {
    // A panic begins with an empty line.
    let stderr = output.stderr.iter().skip_while(|line| line.is_empty());
    let lines: Vec<_> = stderr.chain(&output.stdout).collect();
    if lines.is_empty() {
        return Ok(());
    }
    write_title(out, language.pick("What your program printed", "你的程序的输出"))?;
    let (mut rest, mut room) = (&lines[..], MAX_LINES);
    while let Some((group, times)) = first_group(rest)
        && group.len() <= room
    {
        write_group(out, group, times, language)?;
        rest = &rest[group.len() * times..];
        room -= group.len();
    }
    let more = rest.len() + output.dropped;
    if more > 0 {
        let lines = units::count(more, "more line");
        let text = in_language!(language, "and {lines}", "还有 {more} 行");
        writeln!(out, "  {DIM}{text}{DIM:#}")?;
    }
    Ok(())
}

/// The line that the lines begin with, or the two that come in turn, and how many times in
/// succession; `None` if there are no lines.
fn first_group<'a>(lines: &'a [&'a String]) -> Option<(&'a [&'a String], usize)> {
    let repeated = |size| {
        let (group, rest) = lines.split_at_checked(size)?;
        let others = rest.chunks_exact(size).take_while(|next| *next == group);
        Some((group, others.count() + 1)).filter(|(_, times)| *times > 1)
    };
    repeated(1).or_else(|| repeated(2)).or_else(|| Some((lines.get(..1)?, 1)))
}

fn write_group(
    out: &mut impl Write,
    group: &[&String],
    times: usize,
    language: Language,
) -> io::Result<()> {
    match group {
        [line] if times > 1 => writeln!(out, "  {line}{DIM}  (×{times}){DIM:#}"),
        [line] => writeln!(out, "  {line}"),
        lines => {
            for line in lines {
                writeln!(out, "  {line}")?;
            }
            let both = language.pick("both lines", "以上两行");
            writeln!(out, "  {DIM}({both} ×{times}){DIM:#}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(stdout: &[&str]) -> String {
        let mut output = Output::default();
        output.dropped = 5;
        for line in stdout {
            output.on_stdout((*line).to_owned());
        }
        let mut out = Vec::new();
        write(&mut out, &output, Language::En).unwrap();
        String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
    }

    #[test]
    fn lines_that_come_again_are_counted_and_all_are_in_their_order() {
        let cases: [(&[&str], &[&str]); 3] = [
            (&["a", "a", "b", "a"], &["a  (×2)", "b", "a"]),
            (&["a", "b", "a", "b", "a"], &["a", "b", "(both lines ×2)", "a"]),
            (&["a", "b", "b", "b"], &["a", "b  (×3)"]),
        ];
        for (printed, expected) in cases {
            let said = written(printed);
            let mut lines: Vec<_> = said.lines().skip(2).map(str::trim).collect();
            assert_eq!(lines.pop(), Some("and 5 more lines"), "{said}");
            assert_eq!(lines, expected, "{said}");
        }
    }

    #[test]
    fn lines_that_are_left_out_are_counted_as_they_were_printed() {
        let printed = ["a", "a", "b", "b", "c", "c"].repeat(10);
        let said = written(&printed);
        assert_eq!(said.matches("(×2)").count(), MAX_LINES, "{said}");
        assert!(said.contains("and 49 more lines"), "{said}");
        // Three lines in turn are not folded, and only eight of them are shown.
        let said = written(&["a", "b", "c"].repeat(10));
        assert!(said.contains("and 27 more lines"), "{said}");
    }
}
