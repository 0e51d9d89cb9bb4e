//! The latencies on a terminal (`--latency`): percentiles, and a histogram of each client.

use std::io::{self, Write};

use anstyle::Style;

use super::columns::{Column, Row, ShownIn};
use super::{write_line, write_table};
use crate::explain;
use crate::result::comparison::Comparison;
use crate::statistics::histogram::Histogram;

/// Columns of the longest bar.
const BAR: usize = 40;

/// The table of percentiles, and the histograms below it.
pub(crate) fn write(
    out: &mut impl Write,
    comparison: &Comparison,
) -> io::Result<()> {
    let rows: Vec<_> = comparison.runs.iter().map(Row::from).collect();
    let columns: Vec<_> = Column::of(ShownIn::Latency).collect();
    write_table(out, &columns, &rows)?;
    for remark in explain::latency::remarks(comparison) {
        writeln!(out)?;
        write_line(out, &remark.to_string())?;
    }
    for run in &comparison.runs {
        if let Some(histogram) = &run.histogram {
            let bold = Style::new().bold();
            writeln!(out, "\n{bold}{}{bold:#}", run.label)?;
            write!(out, "{}", bars(histogram))?;
        }
    }
    Ok(())
}

/// A line for each step: until how many milliseconds, and how many requests.
fn bars(histogram: &Histogram) -> String {
    let ends: Vec<_> = histogram.ends_ms().map(|end| format!("{end:.1}")).collect();
    let width = ends.iter().map(String::len).max().unwrap_or(0);
    let most = histogram.counts.iter().copied().max().unwrap_or(1).max(1);
    let lines = ends.iter().zip(&histogram.counts).map(|(end, &count)| {
        // One request among thousands is seen as well.
        let bar = "█".repeat((count * BAR).div_ceil(most));
        let gap = if count > 0 { " " } else { "" };
        format!("  ≤ {end:>width$} ms │{bar}{gap}{count}\n")
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_is_of_the_most_and_one_request_is_seen() {
        let counts = vec![1000, 0, 1];
        let bars = bars(&Histogram { from_ms: 99.0, step_ms: 0.5, counts });
        let lines: Vec<_> = bars.lines().collect();
        let expected = [
            format!("  ≤  99.5 ms │{} 1000", "█".repeat(BAR)),
            "  ≤ 100.0 ms │0".to_owned(),
            "  ≤ 100.5 ms │█ 1".to_owned(),
        ];
        assert_eq!(lines, expected);
    }
}
