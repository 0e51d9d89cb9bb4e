//! The result on a terminal, at most 80 columns wide: a table, and a sentence for each client.

mod chart;
pub(crate) mod columns;
pub(crate) mod sweep;

use std::io::{self, Write};

use anstyle::Style;
use client_core::{Transport, text};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use crate::result::comparison::{Basis, Comparison};
use columns::{Column, Row, ShownIn, TUTORIAL};

/// Lines that a header takes.
const HEADER_LINES: usize = 2;

/// The table of a comparison, why each client took as long as it did, and which did not run.
pub(crate) fn write(
    out: &mut impl Write,
    comparison: &Comparison,
) -> io::Result<()> {
    // The tutorial has one way to carry its requests, and the labels of more need the room.
    let has_choice = comparison.runs.iter().any(|run| {
        run.transport.is_some_and(|transport| transport != Transport::Reqwest)
    });
    let rows: Vec<_> = comparison.runs.iter().map(Row::from).collect();
    let mut columns = Column::of_rows(ShownIn::Comparison, &rows);
    columns.retain(|column| !(has_choice && column.id == TUTORIAL));
    write_table(out, &columns, &rows)?;
    writeln!(out)?;
    write_basis(out, comparison.basis())?;
    let sentences = comparison.runs.iter().map(|run| (&*run.label, &*run.why.en));
    write_sentences(out, &sentences.collect::<Vec<_>>())?;
    if let Some(caveat) = &comparison.caveat {
        writeln!(out)?;
        text::write_wrapped(out, String::new(), 0, &caveat.en)?;
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

/// What the ideal times rest on, or why there are none, where that is not what the server
/// tells.
fn write_basis(out: &mut impl Write, basis: Basis) -> io::Result<()> {
    let sentence = match basis {
        Basis::Told => return Ok(()),
        Basis::Assumed { delay_ms } => format!(
            "Ideal times assume that each response takes {} and waits for no other: the \
             server does not tell.",
            units::seconds(delay_ms / 1e3)
        ),
        Basis::Unknown => {
            "The server does not tell its delay, so the ideal times are \
             unknown; --assume-delay TIME gives some."
                .to_owned()
        }
    };
    text::write_wrapped(out, String::new(), 0, &sentence)?;
    writeln!(out)
}

fn write_table(
    out: &mut impl Write,
    columns: &[&'static Column],
    rows: &[Row<'_>],
) -> io::Result<()> {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(columns.iter().map(|column| column.header()));
    for column in table.column_iter_mut() {
        column.set_padding((0, 1)).set_cell_alignment(CellAlignment::Right);
    }
    if let Some(client) = table.column_mut(0) {
        client.set_cell_alignment(CellAlignment::Left);
    }
    table.add_rows(
        rows.iter().map(|row| columns.iter().map(move |column| column.cell(row))),
    );

    let bold = Style::new().bold();
    writeln!(out)?;
    for (number, line) in table.lines().enumerate() {
        let line = line.trim_end();
        if number < HEADER_LINES {
            writeln!(out, "{bold}{line}{bold:#}")?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Each label, and a sentence beside it in lines that fit.
fn write_sentences(
    out: &mut impl Write,
    sentences: &[(&str, &str)],
) -> io::Result<()> {
    let labels = sentences.iter().map(|(label, _)| label.chars().count());
    let indent = labels.max().unwrap_or(0).max(7);
    let bold = Style::new().bold();
    for (label, sentence) in sentences {
        let label = format!("{bold}{label:indent$}{bold:#} ");
        text::write_wrapped(out, label, indent + 1, sentence)?;
    }
    Ok(())
}
