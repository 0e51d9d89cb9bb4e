//! The result on a terminal, as wide as that is: a table, and a sentence for each client.

mod chart;
pub(crate) mod columns;
pub(crate) mod latency;
pub(crate) mod markdown;
pub(crate) mod sweep;

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::Style;
use client_core::text;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use unicode_width::UnicodeWidthStr as _;

use crate::explain;
use crate::result::comparison::{Basis, Comparison};
use columns::{Column, GIVE_WAY, Row, ShownIn};

/// Lines that a header takes.
const HEADER_LINES: usize = 2;

/// The table of a comparison, why each client took as long as it did, and which did not run.
pub(crate) fn write(
    out: &mut impl Write,
    comparison: &Comparison,
) -> io::Result<()> {
    let rows: Vec<_> = comparison.runs.iter().map(Row::from).collect();
    let columns = Column::of_rows(ShownIn::Comparison, &rows);
    write_table(out, &columns, &rows)?;
    writeln!(out)?;
    if let Some(basis) = basis(comparison.basis()) {
        write_line(out, &basis)?;
        writeln!(out)?;
    }
    let sentences: Vec<_> = comparison
        .runs
        .iter()
        .map(|run| (&*run.label, run.sentences().en))
        .collect();
    write_sentences(out, &sentences)?;
    for remark in explain::remarks(comparison) {
        writeln!(out)?;
        write_line(out, &remark.en)?;
    }
    if let Some(stopped) = stopped(comparison) {
        writeln!(out)?;
        write_line(out, &stopped)?;
    }
    Ok(())
}

/// What did not run, if Ctrl-C ended it.
fn stopped(comparison: &Comparison) -> Option<String> {
    let not_run = comparison.not_run.join(", ");
    let left_out = if not_run.is_empty() { "none".to_owned() } else { not_run };
    comparison.interrupted.then(|| {
        format!("Stopped with Ctrl-C. Clients that did not run: {left_out}.")
    })
}

/// A sentence in lines that fit.
fn write_line(out: &mut impl Write, sentence: &str) -> io::Result<()> {
    text::write_wrapped(out, String::new(), 0, sentence)
}

/// What the ideal times rest on, or why there are none, where that is not what the server
/// tells.
fn basis(basis: Basis) -> Option<String> {
    match basis {
        Basis::Told => None,
        Basis::Assumed { delay_ms } => Some(format!(
            "Ideal times assume that each response takes {} and waits for no other: the \
             server does not tell.",
            units::seconds(delay_ms / 1e3)
        )),
        Basis::Unknown => Some(
            "The server does not tell its delay, so the ideal times are \
             unknown; --assume-delay TIME gives some."
                .to_owned(),
        ),
    }
}

fn write_table(
    out: &mut impl Write,
    columns: &[&'static Column],
    rows: &[Row<'_>],
) -> io::Result<()> {
    let width = units::columns().unwrap_or(text::COLUMNS).into();
    let (columns, left_out) = fitting(width, columns, rows);
    let table = layout(&columns, rows);

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
    if left_out.is_empty() {
        return Ok(());
    }
    let titles: Vec<_> = left_out.iter().map(|column| column.title.en).collect();
    let all = format!(
        "Left out, since {width} columns are too few: {}. --markdown and --json have all.",
        titles.join(", ")
    );
    writeln!(out)?;
    write_line(out, &all)
}

/// The columns that fit, and those that had to give way and are missed: what is the same in all
/// rows is in each sentence.
fn fitting(
    width: usize,
    columns: &[&'static Column],
    rows: &[Row<'_>],
) -> (Vec<&'static Column>, Vec<&'static Column>) {
    let mut columns = columns.to_vec();
    let mut left_out = Vec::new();
    for id in GIVE_WAY {
        let lines = layout(&columns, rows);
        if lines.lines().all(|line| line.trim_end().width() <= width) {
            break;
        }
        if let Some(at) = columns.iter().position(|column| column.id == id) {
            left_out.push(columns.remove(at));
        }
    }
    left_out.retain(|column| {
        let cells: BTreeSet<_> = rows.iter().map(|row| column.cell(row)).collect();
        cells.len() > 1
    });
    (columns, left_out)
}

fn layout(columns: &[&'static Column], rows: &[Row<'_>]) -> Table {
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
    table
}

/// Each label, and a sentence beside it in lines that fit.
fn write_sentences(
    out: &mut impl Write,
    sentences: &[(&str, String)],
) -> io::Result<()> {
    let labels = sentences.iter().map(|(label, _)| label.width());
    let indent = labels.max().unwrap_or(0).max(7);
    let bold = Style::new().bold();
    for (label, sentence) in sentences {
        // Padding by `format!` would count characters, and a Chinese one takes two columns.
        let padding = " ".repeat(indent.saturating_sub(label.width()));
        let label = format!("{bold}{label}{bold:#}{padding} ");
        text::write_wrapped(out, label, indent + 1, sentence)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use client_core::text::COLUMNS;
    use serde_json::json;

    use super::*;
    use crate::result::comparison::Run;
    use crate::result::report_with;
    use crate::statistics::repeat::Repeat;

    /// A run that has something to say in every column.
    fn run(label: &str, elapsed_s: f64) -> Run {
        let report = report_with(&json!({
            "elapsed_s": elapsed_s, "peak_rss_bytes": 12_000_000, "cpu_s": elapsed_s / 50.0,
        }));
        let mut run = Run::unmeasured(label.to_owned(), label.to_owned(), None);
        let all = [(Some(&report), true), (Some(&report), true)];
        run.repeat = Repeat::of(&all, std::num::NonZeroUsize::MIN);
        run.server = Some(slow_server::Counts::default());
        run.times_faster = Some(10.0 / elapsed_s);
        (run.scaled_s, run.tutorial_s) =
            (Some(elapsed_s * 30.0), Some(elapsed_s * 31.0));
        run.report = Some(report);
        run
    }

    #[test]
    fn columns_give_way_until_the_rest_fits_and_only_what_is_missed_is_named() {
        let runs = [run("sync", 10.012), run("async", 0.133)];
        let rows: Vec<_> = runs.iter().map(Row::from).collect();
        let all = Column::of_rows(ShownIn::Comparison, &rows);
        let ids = |columns: &[&Column]| -> Vec<_> {
            columns.iter().map(|column| column.id).collect()
        };
        let (wide, left_out) = fitting(200, &all, &rows);
        assert_eq!((ids(&wide), left_out.len()), (ids(&all), 0));

        let (narrow, left_out) = fitting(COLUMNS.into(), &all, &rows);
        let table = layout(&narrow, &rows).to_string();
        assert!(
            table.lines().all(|line| line.trim_end().chars().count() <= 80),
            "{table}"
        );
        // All have ten requests, so nobody misses that.
        assert!(!ids(&narrow).contains(&"requests"));
        assert_eq!(ids(&left_out), ["tutorial_s"]);

        let (least, _) = fitting(10, &all, &rows);
        assert_eq!(ids(&least), ["client", "elapsed_s", "ideal_s"]);
    }
}
