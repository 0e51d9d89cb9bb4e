//! Text two columns in, broken where a line is full.

use std::io::{self, Write};

use client_core::text;

/// Writes a text two columns in. Its own line breaks stay.
///
/// # Errors
///
/// `out` cannot be written to.
pub fn write(out: &mut impl Write, text: &str) -> io::Result<()> {
    text::write_wrapped(out, "  ", 2, text)
}
