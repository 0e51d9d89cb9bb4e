//! The result of a sweep on a terminal.

use std::io::{self, Write};

use units::Localized;

use super::columns::{Column, Row, ShownIn};
use super::{basis, chart, write_line, write_sentences, write_table};
use crate::result::sweep::{Series, Sweep};

/// Of a sweep that was not completed.
pub(super) const STOPPED: Localized<&str> = Localized {
    en: "Stopped with Ctrl-C: what did not run is left out.",
    zh: "被 Ctrl-C 中止：没有运行的不在此列。",
};

/// The table, the charts, and where each client leaves its ideal.
pub(crate) fn write(out: &mut impl Write, sweep: &Sweep) -> io::Result<()> {
    let rows: Vec<_> = sweep.series.iter().flat_map(rows).collect();
    write_table(out, &Column::of_rows(ShownIn::Sweep, &rows), &rows)?;
    chart::write(out, sweep)?;
    writeln!(out)?;
    if let Some(basis) = basis(sweep.basis()) {
        write_line(out, &basis.to_string())?;
        writeln!(out)?;
    }
    let sentences = sweep.series.iter();
    let sentences: Vec<_> =
        sentences.map(|series| (&*series.label, series.why.to_string())).collect();
    write_sentences(out, &sentences)?;
    if sweep.interrupted {
        writeln!(out, "\n{STOPPED}")?;
    }
    Ok(())
}

/// A row for each size that ran; the first alone has the client's name, so that one sees
/// where the next begins.
pub(super) fn rows(series: &Series) -> impl Iterator<Item = Row<'_>> {
    let mut label = &*series.label;
    series.shown().filter_map(move |point| {
        Some(Row {
            label: std::mem::take(&mut label),
            requests: Some(point.requests),
            ideal_s: point.ideal_s,
            run: point.run.as_ref()?,
            bytes_per_request: point.bytes_per_request,
        })
    })
}
