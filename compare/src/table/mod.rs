//! The result on a terminal, as wide as that is: a table, and a sentence for each client.

mod chart;
pub(crate) mod columns;
pub(crate) mod latency;
pub(crate) mod markdown;
pub(crate) mod sweep;

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::Style;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use unicode_width::UnicodeWidthStr as _;
use units::text;
use units::{Language, Localized, localized};

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
        write_line(out, &basis.to_string())?;
        writeln!(out)?;
    }
    let sentences: Vec<_> = comparison
        .runs
        .iter()
        .map(|run| (&*run.label, run.sentences().to_string()))
        .collect();
    write_sentences(out, &sentences)?;
    for remark in explain::remarks(comparison) {
        writeln!(out)?;
        write_line(out, &remark.to_string())?;
    }
    if let Some(stopped) = stopped(comparison) {
        writeln!(out)?;
        write_line(out, &stopped.to_string())?;
    }
    Ok(())
}

/// What did not run, if Ctrl-C ended it.
fn stopped(comparison: &Comparison) -> Option<Localized> {
    let not_run = comparison.not_run.iter();
    let names = not_run.map(|name| Localized::same(&**name));
    let Localized { en, zh } = if comparison.not_run.is_empty() {
        Localized::new("none", "无")
    } else {
        Localized::list(names)
    };
    comparison.interrupted.then(|| {
        localized!(
            "Stopped with Ctrl-C. Clients that did not run: {en}.",
            "被 Ctrl-C 中止。没有运行的客户端：{zh}。",
        )
    })
}

/// A sentence in lines that fit.
fn write_line(out: &mut impl Write, sentence: &str) -> io::Result<()> {
    text::write_wrapped(out, String::new(), 0, sentence)
}

/// What the ideal times rest on, or why there are none, where that is not what the server
/// tells.
fn basis(basis: Basis) -> Option<Localized> {
    match basis {
        Basis::Told => None,
        Basis::Assumed { delay_ms } => {
            let each = units::seconds(delay_ms / 1e3);
            Some(localized!(
                "The ideal times assume that each response takes {each}, independently of the \
                 others: the server does not report its delay.",
                "服务器没有说明延迟；理想用时假定每个响应用时 {each}，且互不等待。",
            ))
        }
        Basis::Unknown => Some(Localized::new(
            "The server does not report its delay, so the ideal times are \
             unknown; --assume-delay TIME sets one.",
            "服务器没有说明延迟，理想用时未知；可用 --assume-delay TIME 指定延迟。",
        )),
    }
}

fn write_table(
    out: &mut impl Write,
    columns: &[&'static Column],
    rows: &[Row<'_>],
) -> io::Result<()> {
    let width = units::columns().unwrap_or(text::COLUMNS).into();
    let language = Language::current();
    let (columns, left_out) = fitting(width, columns, rows, language);
    let table = layout(&columns, rows, language);

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
    let titles = left_out.iter().map(|column| {
        let Localized { en, zh } = column.title;
        Localized::new(en, zh)
    });
    let Localized { en, zh } = Localized::list(titles);
    let all = localized!(
        "Too wide for {width} columns, so left out: {en}. --markdown and --json have all.",
        "终端只有 {width} 列宽，略去以下各栏：{zh}。--markdown 和 --json 给出全部。",
    );
    writeln!(out)?;
    write_line(out, &all.to_string())
}

/// The columns that fit, and those that had to give way and are missed: what is the same in all
/// rows is in each sentence.
fn fitting(
    width: usize,
    columns: &[&'static Column],
    rows: &[Row<'_>],
    language: Language,
) -> (Vec<&'static Column>, Vec<&'static Column>) {
    let mut columns = columns.to_vec();
    let mut left_out = Vec::new();
    for id in GIVE_WAY {
        let lines = layout(&columns, rows, language);
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

fn layout(
    columns: &[&'static Column],
    rows: &[Row<'_>],
    language: Language,
) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(columns.iter().map(|column| column.header(language)));
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
    use serde_json::json;
    use units::text::COLUMNS;

    use super::*;
    use crate::result::comparison::Run;
    use crate::result::report_with;
    use crate::statistics::repeat::Repeat;

    /// A run that has something to say in every column.
    fn run(label: &str, elapsed_s: f64) -> Run {
        let report = report_with(&json!({
            "elapsed_s": elapsed_s, "peak_rss_bytes": 3_000_000 * label.len(), "cpu_s": elapsed_s / 50.0,
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
        let (wide, left_out) = fitting(200, &all, &rows, Language::En);
        assert_eq!((ids(&wide), left_out.len()), (ids(&all), 0));

        for language in [Language::En, Language::Zh] {
            let (narrow, _) = fitting(COLUMNS.into(), &all, &rows, language);
            let table = layout(&narrow, &rows, language).to_string();
            assert!(
                table.lines().all(|line| line.trim_end().width() <= 80),
                "{table}"
            );
        }
        let (narrow, left_out) = fitting(COLUMNS.into(), &all, &rows, Language::En);
        // All have ten requests, so that column is not missed.
        assert!(!ids(&narrow).contains(&"requests"));
        assert_eq!(ids(&left_out), ["memory_mb"]);

        let (least, _) = fitting(10, &all, &rows, Language::En);
        assert_eq!(ids(&least), ["client", "elapsed_s", "ideal_s"]);
    }
}
