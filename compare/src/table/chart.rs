//! The charts of a sweep: time by requests, two clients side by side.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;
use units::{Localized, localized};

use crate::result::point::Point;
use crate::result::sweep::{Series, Sweep};

/// Two charts are side by side.
const PLOT_COLUMNS: usize = 28;
const PLOT_ROWS: usize = 6;
/// The columns left of a plot, and how wide a chart is with that.
const AXIS_COLUMNS: usize = 9;
const CHART_COLUMNS: usize = PLOT_COLUMNS + AXIS_COLUMNS + 2;

/// Only with two sizes there is a line to draw.
pub(crate) fn write(out: &mut impl Write, sweep: &Sweep) -> io::Result<()> {
    let Some(scale) = Scale::of(sweep) else { return Ok(()) };
    let has_ideal =
        |series: &Series| series.points.iter().any(|point| point.ideal_s.is_some());
    let Localized { en, zh } = if sweep.series.iter().any(has_ideal) {
        Localized { en: ", · ideal", zh: "，· 理想" }
    } else {
        Localized { en: "", zh: "" }
    };
    let legend = localized!(
        "Time by number of requests, both axes logarithmic: ● measured{en}",
        "用时与请求数的关系，两轴均为对数：● 实测{zh}",
    );
    writeln!(out, "\n{legend}\n")?;
    for pair in sweep.series.chunks(2) {
        let charts: Vec<_> =
            pair.iter().map(|series| chart(series, &scale)).collect();
        let rows = charts.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..rows {
            let mut text = String::new();
            for chart in &charts {
                let part = chart.get(row).map_or("", String::as_str);
                text += part;
                let width = part.width();
                let gap = CHART_COLUMNS.saturating_sub(width);
                text.extend(std::iter::repeat_n(' ', gap));
            }
            writeln!(out, "{}", text.trim_end())?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Where a number of requests and a time are in a plot: the same in all of them, so that
/// they can be compared.
#[derive(Debug)]
struct Scale {
    requests: (f64, f64),
    seconds: (f64, f64),
}

impl Scale {
    fn of(sweep: &Sweep) -> Option<Self> {
        let requests = |at: Option<&std::num::NonZeroUsize>| Some(at?.get() as f64);
        let (first, last) =
            (requests(sweep.sizes.first())?, requests(sweep.sizes.last())?);
        let points = sweep.series.iter().flat_map(Series::shown);
        let measured = |point: &Point| point.report().map(|report| report.elapsed_s);
        let times = points
            .flat_map(|point| measured(point).into_iter().chain(point.ideal_s));
        let times: Vec<f64> = times.filter(|&time| time > 0.0).collect();
        let shortest = times.iter().copied().reduce(f64::min)?;
        let longest = times.iter().copied().reduce(f64::max)?;
        // A line needs two ends, and a plot some height.
        (last > first).then_some(Self {
            requests: (first, last),
            seconds: (shortest, longest.max(shortest * 2.0)),
        })
    }

    fn column(&self, requests: f64) -> usize {
        place(requests, self.requests, PLOT_COLUMNS)
    }

    fn row(&self, seconds: f64) -> usize {
        PLOT_ROWS - 1 - place(seconds, self.seconds, PLOT_ROWS)
    }
}

/// The position of a number between two others on a logarithmic axis of this length.
fn place(number: f64, (least, most): (f64, f64), places: usize) -> usize {
    let share = (number / least).ln() / (most / least).ln();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a few places, cut to what there is"
    )]
    let place = (share.clamp(0.0, 1.0) * (places - 1) as f64).round() as usize;
    place
}

/// The lines of text of one chart.
fn chart(series: &Series, scale: &Scale) -> Vec<String> {
    let mut plot = vec![vec![' '; PLOT_COLUMNS]; PLOT_ROWS];
    for pair in series.points.windows(2) {
        if let (Some(from), Some(to)) = (pair[0].ideal_s, pair[1].ideal_s) {
            let from = (pair[0].requests as f64, from);
            draw_ideal(&mut plot, scale, from, (pair[1].requests as f64, to));
        }
    }
    for point in series.shown() {
        let column = scale.column(point.requests as f64);
        if let Some(report) = point.report() {
            plot[scale.row(report.elapsed_s)][column] = '●';
        }
    }
    let mut lines = vec![format!("{:AXIS_COLUMNS$} {}", "", series.label)];
    for (number, row) in plot.iter().enumerate() {
        let axis = match number {
            0 => mark(scale.seconds.1),
            _ if number + 1 == PLOT_ROWS => mark(scale.seconds.0),
            _ => String::new(),
        };
        let row: String = row.iter().collect();
        lines.push(format!("{axis:>AXIS_COLUMNS$}│{}", row.trim_end()));
    }
    let (first, last) = scale.requests;
    let gap = PLOT_COLUMNS - first.to_string().len();
    lines.push(format!("{:AXIS_COLUMNS$}└{}", "", "─".repeat(PLOT_COLUMNS)));
    lines.push(format!("{:AXIS_COLUMNS$} {first}{last:>gap$}", ""));
    lines
}

/// A time beside a plot: to the millisecond where there is room for that.
fn mark(seconds: f64) -> String {
    let exact = units::seconds(seconds);
    if exact.len() <= AXIS_COLUMNS { exact } else { format!("{seconds:.0} s") }
}

/// Dots from one point to another; what is skipped has an ideal all the same.
fn draw_ideal(
    plot: &mut [Vec<char>],
    scale: &Scale,
    from: (f64, f64),
    to: (f64, f64),
) {
    if from.1 <= 0.0 || to.1 <= 0.0 {
        return;
    }
    let (start, end) = (scale.column(from.0), scale.column(to.0));
    for column in start..=end {
        let share = (column - start) as f64 / (end - start).max(1) as f64;
        let seconds = from.1 * (to.1 / from.1).powf(share);
        // Above the plot there is nothing to compare it with.
        let cell = plot[scale.row(seconds)].get_mut(column);
        if let Some(cell) = cell.filter(|_| seconds <= scale.seconds.1 * 1.01) {
            *cell = '·';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_beside_a_plot_has_room_also_if_it_is_days() {
        for (seconds, shown) in
            [(3.012, "3.012 s"), (999.9996, "1000 s"), (9_999_999.0, "9999999 s")]
        {
            assert_eq!(mark(seconds), shown);
            assert!(mark(seconds).len() <= AXIS_COLUMNS);
        }
    }
}
