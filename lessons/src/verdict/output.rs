//! The beginning of what a program printed, with equal lines in one.

use std::io::{self, Write};

use client_core::Language;

use crate::diagnosis::output::Output;
use crate::terminal::{DIM, localized, write_title};

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
    write_title(out, language.pick("What your program said", "你的程序说的"))?;
    let equal = lines.chunk_by(|line, next| line == next);
    let mut shown = 0;
    for lines in equal.take(MAX_LINES) {
        let (line, count) = (lines[0], lines.len());
        shown += count;
        write!(out, "  {line}")?;
        if count > 1 {
            write!(out, "{DIM}  (×{count}){DIM:#}")?;
        }
        writeln!(out)?;
    }
    let more = lines.len() - shown + output.dropped;
    if more > 0 {
        let text = localized!(language, "and {more} lines more", "还有 {more} 行");
        writeln!(out, "  {DIM}{text}{DIM:#}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(stdout: &[&str]) -> String {
        let mut output = Output { dropped: 5, ..Output::default() };
        for line in stdout {
            output.on_stdout((*line).to_owned());
        }
        let mut out = Vec::new();
        write(&mut out, &output, Language::En).unwrap();
        String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
    }

    #[test]
    fn equal_lines_are_one_and_all_others_are_in_their_order() {
        let said = written(&["Waiting", "Waiting", "Hello!", "Waiting"]);
        let lines: Vec<_> = said.lines().skip(2).map(str::trim).collect();
        let expected = ["Waiting  (×2)", "Hello!", "Waiting", "and 5 lines more"];
        assert_eq!(lines, expected, "{said}");
    }

    #[test]
    fn lines_that_are_left_out_are_counted_as_they_were_printed() {
        let printed: Vec<_> = ["a", "a", "b", "b"].repeat(10);
        let said = written(&printed);
        assert_eq!(said.matches("(×2)").count(), MAX_LINES, "{said}");
        assert!(said.contains("and 29 lines more"), "{said}");
    }
}
