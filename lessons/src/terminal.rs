//! How text is written: styles, titles, paragraphs of 80 columns, and sentences in both
//! languages.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use units::text::write_wrapped;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();

/// The sentence in this language; both are formatted as by [`format!`].
macro_rules! in_language {
    ($language:expr, $en:literal, $zh:literal $(,)?) => {
        match $language {
            ::units::Language::En => ::std::fmt::format(format_args!($en)),
            ::units::Language::Zh => ::std::fmt::format(format_args!($zh)),
        }
    };
}

pub(crate) use in_language;

/// Writes a title below an empty line.
pub(crate) fn write_title(out: &mut impl Write, title: &str) -> io::Result<()> {
    writeln!(out, "\n{BOLD}{title}{BOLD:#}")
}

/// Writes a text two columns in, broken where a line is full. Its own line breaks stay.
pub(crate) fn write_paragraph(out: &mut impl Write, text: &str) -> io::Result<()> {
    write_wrapped(out, "  ", 2, text)
}

/// The path relative to the current folder, if it lies in there.
pub(crate) fn display_path(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
