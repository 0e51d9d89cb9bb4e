//! Sentences in lines that fit a terminal, each behind its label.

use std::io::{self, Write};

use anstyle::Style;
use client_core::text;

use crate::comparison::Comparison;

/// Why each client took as long as it did, and which did not run.
pub(crate) fn write_all(
    out: &mut impl Write,
    comparison: &Comparison,
) -> io::Result<()> {
    let labels = comparison.runs.iter().map(|run| run.label.chars().count());
    let indent = labels.max().unwrap_or(0).max(7);
    writeln!(out)?;
    for run in &comparison.runs {
        write_sentence(out, &run.label, indent, &run.why)?;
    }
    if comparison.interrupted {
        let not_run = comparison.not_run.join(", ");
        let left_out = if not_run.is_empty() { "none".to_owned() } else { not_run };
        writeln!(
            out,
            "\nStopped with Ctrl-C. Clients that did not run: {left_out}."
        )?;
    }
    Ok(())
}

/// A label, and a sentence beside it in lines that fit.
pub(crate) fn write_sentence(
    out: &mut impl Write,
    label: &str,
    indent: usize,
    sentence: &str,
) -> io::Result<()> {
    let bold = Style::new().bold();
    let label = format!("{bold}{label:indent$}{bold:#} ");
    text::write_wrapped(out, label, indent + 1, sentence)
}
