//! The result as Markdown (`--markdown`), to be pasted into an issue: the columns and the
//! sentences of the terminal.

use std::fmt::Display;
use std::io::{self, Write};

use units::Localized;

use super::columns::{Column, Row, ShownIn};
use super::{basis, stopped, sweep};
use crate::explain;
use crate::result::comparison::Comparison;
use crate::result::setup::Setup;
use crate::result::sweep::{Series, Sweep};

/// A comparison, with its percentiles where they were asked for.
pub(crate) fn write(
    out: &mut impl Write,
    comparison: &Comparison,
    with_latency: bool,
) -> io::Result<()> {
    write_setup(out, &comparison.setup)?;
    let rows: Vec<_> = comparison.runs.iter().map(Row::from).collect();
    write_table(out, &Column::of_rows(ShownIn::Comparison, &rows), &rows)?;
    write_paragraph(out, basis(comparison.basis()))?;
    let sentences = comparison.runs.iter().map(|run| (&*run.label, run.sentences()));
    write_sentences(out, sentences)?;
    for remark in explain::remarks(comparison) {
        write_paragraph(out, Some(remark))?;
    }
    write_paragraph(out, stopped(comparison))?;
    if with_latency {
        write_table(out, &Column::of(ShownIn::Latency).collect::<Vec<_>>(), &rows)?;
        for remark in explain::latency::remarks(comparison) {
            write_paragraph(out, Some(remark))?;
        }
    }
    Ok(())
}

/// A sweep.
pub(crate) fn write_sweep(out: &mut impl Write, sweep: &Sweep) -> io::Result<()> {
    write_setup(out, &sweep.setup)?;
    let rows: Vec<_> = sweep.series.iter().flat_map(sweep::rows).collect();
    write_table(out, &Column::of_rows(ShownIn::Sweep, &rows), &rows)?;
    write_paragraph(out, basis(sweep.basis()))?;
    let sentence = |series: &Series| series.why.clone();
    write_sentences(
        out,
        sweep.series.iter().map(|series| (&*series.label, sentence(series))),
    )?;
    write_paragraph(out, Some(sweep::STOPPED).filter(|_| sweep.interrupted))
}

/// How it was made, in one line.
fn write_setup(out: &mut impl Write, setup: &Setup) -> io::Result<()> {
    let machine = &setup.machine;
    let memory =
        machine.memory_bytes.map(|bytes| format!("{:.1} GB, ", bytes as f64 / 1e9));
    writeln!(
        out,
        "{} · {} · {}, {}{}",
        code(&setup.command),
        setup.began,
        units::count(machine.cpus, "CPU"),
        memory.unwrap_or_default(),
        escaped(&machine.system)
    )
}

fn write_table(
    out: &mut impl Write,
    columns: &[&'static Column],
    rows: &[Row<'_>],
) -> io::Result<()> {
    writeln!(out)?;
    write_row(out, columns.iter().map(|column| escaped(&column.title.to_string())))?;
    let align = |at| if at == 0 { ":--" } else { "--:" };
    write_row(out, (0..columns.len()).map(|at| align(at).to_owned()))?;
    for row in rows {
        write_row(out, columns.iter().map(|column| escaped(&column.cell(row))))?;
    }
    Ok(())
}

fn write_row(
    out: &mut impl Write,
    cells: impl Iterator<Item = String>,
) -> io::Result<()> {
    writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))
}

fn write_sentences<'a>(
    out: &mut impl Write,
    sentences: impl Iterator<Item = (&'a str, Localized)>,
) -> io::Result<()> {
    writeln!(out)?;
    for (label, sentence) in sentences {
        let sentence = escaped(&sentence.to_string());
        writeln!(out, "- **{}**: {sentence}", escaped(label))?;
    }
    Ok(())
}

fn write_paragraph<T: Display>(
    out: &mut impl Write,
    text: Option<Localized<T>>,
) -> io::Result<()> {
    text.map_or(Ok(()), |text| writeln!(out, "\n{}", escaped(&text.to_string())))
}

/// Text in one line, in which Markdown finds nothing to do.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if r"\`*_[]<>|#~".contains(c) {
            escaped.push('\\');
        }
        escaped.push(if c == '\n' { ' ' } else { c });
    }
    escaped
}

/// A command: between more backticks than it has anywhere.
fn code(command: &str) -> String {
    let runs = command.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    let gap = if command.contains('`') { " " } else { "" };
    format!("{fence}{gap}{}{gap}{fence}", command.replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_program_is_called_becomes_a_cell_or_a_tag() {
        let nasty = "a|b <img> `x` *y*\n# z";
        let expected = r"a\|b \<img\> \`x\` \*y\* \# z";
        assert_eq!(escaped(nasty), expected);
        assert_eq!(code("cargo compare"), "`cargo compare`");
        assert_eq!(code("sh -c ``x`"), "``` sh -c ``x` ```");
    }
}
