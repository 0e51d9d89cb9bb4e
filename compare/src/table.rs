//! The table: each client's measured time beside its ideal, at most 80 columns wide.

use std::io::{self, Write};

use anstyle::Style;
use client_core::{Report, Transport};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use crate::comparison::{Comparison, Run};

const HEADER: [&str; 10] = [
    "client",
    "requests",
    "most in\nflight",
    "time\ns",
    "ideal\ns",
    "over\nideal",
    "CPU\ns",
    "memory\nMB",
    "at 3 s\ndelay",
    "tutorial\nprinted",
];

/// Lines that the header takes.
const HEADER_LINES: usize = 2;

pub(crate) fn write(
    out: &mut impl Write,
    comparison: &Comparison,
) -> io::Result<()> {
    let mut table = Table::new();
    // The tutorial has one way to carry its requests, and the labels of more need the room.
    let has_choice = |run: &Run| {
        run.transport.is_some_and(|transport| transport != Transport::Reqwest)
    };
    let columns = HEADER.len() - usize::from(comparison.runs.iter().any(has_choice));
    table.load_style(NOTHING).set_header(HEADER.into_iter().take(columns));
    for column in table.column_iter_mut() {
        column.set_padding((0, 1)).set_cell_alignment(CellAlignment::Right);
    }
    if let Some(client) = table.column_mut(0) {
        client.set_cell_alignment(CellAlignment::Left);
    }
    table.add_rows(
        comparison.runs.iter().map(|run| row(run).into_iter().take(columns)),
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

/// The cells of a client's row; `-` where there is nothing to say.
pub(crate) fn row(run: &Run) -> [String; 10] {
    let report = run.report.as_ref();
    let of = |text: fn(&Report) -> Option<String>| report.and_then(text);
    let cells = [
        Some(run.label.clone()),
        of(|report| Some(report.requests.to_string())),
        run.server.map(|counts| counts.peak_in_flight.to_string()),
        of(|report| Some(seconds(report.elapsed_s))),
        of(|report| report.ideal_s.map(seconds)),
        of(|report| report.overhead_s().map(units::difference)),
        of(|report| report.usage.cpu_s.map(|cpu| format!("{cpu:.2}"))),
        of(|report| {
            report.usage.peak_rss_bytes.map(|b| format!("{:.1}", b as f64 / 1e6))
        }),
        run.restated_s.map(|s| format!("{s:.2} s")),
        run.tutorial_s.map(|s| format!("{s:.2} s")),
    ];
    cells.map(|cell| cell.unwrap_or_else(|| "-".to_owned()))
}

/// Seconds in at most seven characters.
fn seconds(seconds: f64) -> String {
    if seconds < 1000.0 { format!("{seconds:.3}") } else { format!("{seconds:.1}") }
}
