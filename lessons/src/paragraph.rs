//! Text that fits on a terminal of 80 columns, in both languages.

use std::io::{self, Write};

use textwrap::{Options, WrapAlgorithm};

/// The width of a terminal that nobody made wider.
pub(crate) const COLUMNS: u16 = 80;

/// Writes a text two columns in, broken where a line is full. Its own line breaks stay.
///
/// Errors: `out` cannot be written to.
pub fn write(out: &mut impl Write, text: &str) -> io::Result<()> {
    let options = Options::new(usize::from(COLUMNS))
        .initial_indent("  ")
        .subsequent_indent("  ")
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    for line in textwrap::wrap(text.trim_end(), options) {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write(&mut out, text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_in_either_language() {
        use unicode_width::UnicodeWidthStr as _;

        let english = written(&"a wait that blocks ".repeat(20));
        let chinese = written(&"你的请求一个接一个地到达，".repeat(20));
        for text in [english, chinese] {
            assert!(text.lines().count() > 2, "{text}");
            assert!(
                text.lines().all(|line| line.width() <= usize::from(COLUMNS)),
                "{text}"
            );
            assert!(
                text.lines().all(|line| !line.trim().starts_with('，')),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_set_apart_stays_apart() {
        assert_eq!(written("one\n\ntwo\n"), "  one\n\n  two\n");
    }
}
