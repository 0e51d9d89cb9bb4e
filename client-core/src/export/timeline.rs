//! The picture of a run on a terminal: a row for each thread or slot, time from left to
//! right.

use std::io::{self, Write};

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;
use units::{Localized, localized};

use crate::export::axis::{Axis, micros};
use crate::export::glyphs;
use crate::export::lanes::{Row, peak, rows};
use crate::export::phases::Phases;
use crate::export::theme::{
    CLIENT_AND_NETWORK, FAILED, IN_FLIGHT, QUEUED, State, WAITING,
};
use crate::outcome::report::{OutcomeRow, Report};
use crate::settings::layout::WorkerKind;
use units::text::COLUMNS;

/// The columns in front of the picture, for the name of the row.
const NAME: usize = 14;

/// The columns of the picture itself.
const WIDTH: usize = COLUMNS as usize - NAME;

/// The rows of a run that are drawn one by one, unless it is asked for fewer.
const MAX_ROWS: usize = 40;

/// The columns that a request has to go on for, so that its start is marked.
const LONG_ENOUGH: usize = 2;

/// A row that needs a name.
#[derive(Debug, Clone, Copy)]
pub enum RowName<'a> {
    /// A thread or a slot.
    Row(&'a Row),
    /// Many of them, drawn as one.
    Many {
        /// The thread or the runtime that they are of, if they are of one among several.
        lane: Option<usize>,
        /// How many they are.
        at_most: usize,
    },
}

/// What happened most in one column of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Idle,
    Sent,
    ClientAndNetwork,
    Queued,
    Waiting,
    Failed,
}

/// Timelines on one time axis, so that runs can be compared at a glance.
#[derive(Debug, Clone, Copy)]
pub struct Timeline {
    // Above this many rows, those of a lane become one that shows the number in flight.
    most_rows: usize,
    // Whether the server said of any request what it did with it.
    is_told: bool,
    axis: Axis,
}

impl Timeline {
    /// An axis on which all of these runs fit, with their ideal ends.
    #[must_use]
    pub fn of<'a>(reports: impl IntoIterator<Item = &'a Report> + Clone) -> Self {
        let outcomes =
            reports.clone().into_iter().flat_map(|report| &report.outcomes);
        let is_told = outcomes.into_iter().any(|o| o.waited_us.is_some());
        let ends = reports.into_iter().flat_map(|report| {
            let last = report.outcomes.iter().map(|outcome| outcome.end_us).max();
            last.into_iter().chain(report.ideal_s.map(micros))
        });
        Self { is_told, ..Self::spanning(ends.max().unwrap_or(0)) }
    }

    /// An axis with room for this many microseconds.
    #[must_use]
    pub fn spanning(span_us: u64) -> Self {
        let axis = Axis::new(WIDTH, span_us);
        Self { most_rows: MAX_ROWS, is_told: true, axis }
    }

    /// The same, with a lower limit on rows: above it, those of a lane become one that shows
    /// the number in flight.
    #[must_use]
    pub fn folded_above(self, most_rows: usize) -> Self {
        Self { most_rows, ..self }
    }

    /// Draws one run: its rows, and where it should have ended.
    ///
    /// # Errors
    ///
    /// `out` cannot be written to.
    pub fn draw(&self, out: &mut impl Write, report: &Report) -> io::Result<()> {
        let bold = Style::new().bold();
        let (requests, most) = (report.requests, peak(&report.outcomes));
        let count = units::count(requests, "request");
        let Localized { en, zh } = without_a_page(report);
        let summary = localized!(
            ": {count}, at most {most} in flight{en}",
            "：{requests} 个请求，最多 {most} 个在途{zh}",
        );
        writeln!(out, "{bold}{}{bold:#}{summary}", report.heading())?;
        self.draw_rows(out, &report.outcomes, |named| match named {
            RowName::Row(row)
                if report.layout.worker_kind() == WorkerKind::Thread =>
            {
                format!("{} {}", lane_name(report.lane_word()), row.lane)
            }
            RowName::Row(row) => {
                format!("{} {}.{}", localized!("slot", "槽位"), row.lane, row.slot)
            }
            RowName::Many { lane: Some(lane), at_most } => {
                localized!("{lane}: {at_most} slots", "{lane}：{at_most} 槽位")
                    .to_string()
            }
            RowName::Many { lane: None, at_most }
                if report.layout.worker_kind() == WorkerKind::Thread =>
            {
                localized!("{at_most} threads", "{at_most} 个线程").to_string()
            }
            RowName::Many { lane: None, at_most } => {
                localized!("{at_most} slots", "{at_most} 个槽位").to_string()
            }
        })?;
        match report.ideal_s {
            Some(ideal) => {
                let is_assumed = report.assumed_delay_ms.is_some();
                let name = if is_assumed {
                    localized!("assumed end", "假定的终点")
                } else {
                    localized!("ideal end", "理想的终点")
                };
                self.draw_ideal(out, &name.to_string(), ideal)
            }
            None => Ok(()),
        }
    }

    /// Draws the rows of these outcomes, each behind its name, and nothing else.
    ///
    /// # Errors
    ///
    /// `out` cannot be written to.
    pub fn draw_rows(
        &self,
        out: &mut impl Write,
        outcomes: &[OutcomeRow],
        name: impl Fn(RowName<'_>) -> String,
    ) -> io::Result<()> {
        let rows = rows(outcomes);
        if rows.len() > self.most_rows {
            return self.draw_densities(out, outcomes, &rows, name);
        }
        for row in &rows {
            write_name(out, &name(RowName::Row(row)))?;
            self.draw_row(out, outcomes, row)?;
        }
        Ok(())
    }

    /// A mark below the column in which the run should have ended.
    fn draw_ideal(
        &self,
        out: &mut impl Write,
        name: &str,
        ideal_s: f64,
    ) -> io::Result<()> {
        let column = self.axis.column(micros(ideal_s).saturating_sub(1));
        let (mark, ideal) = (glyphs::IDEAL, units::seconds(ideal_s));
        // To the right of the mark, if there is room, else to its left.
        if column + ideal.len() + 2 <= WIDTH {
            write_name(out, name)?;
            writeln!(out, "{:column$}{mark} {ideal}", "")
        } else {
            write_name(out, name)?;
            writeln!(out, "{ideal:>left$} {mark}", left = column - 1)
        }
    }

    /// Draws the axis, and says what the glyphs mean.
    ///
    /// # Errors
    ///
    /// `out` cannot be written to.
    pub fn legend(&self, out: &mut impl Write) -> io::Result<()> {
        let (sent, waiting, failed) =
            (glyphs::SENT, glyphs::WAITING, glyphs::FAILED);
        let (queued, own) = (glyphs::QUEUED, glyphs::CLIENT_AND_NETWORK);
        let [few, .., all] = glyphs::DENSITY;
        let end = units::seconds(self.axis.seconds());
        self.axis(out, &localized!("time", "时间").to_string(), &end)?;
        let is_sent = localized!("sent", "发出");
        if self.is_told {
            writeln!(
                out,
                "{sent} {is_sent}  {waiting} {}  {queued} {}  {own} {}  {failed} {}",
                WAITING.name, QUEUED.name, CLIENT_AND_NETWORK.name, FAILED.name,
            )?;
        } else {
            let untold = localized!(
                "The server did not report what it did with each request.",
                "服务器没有说明它怎样处理每个请求。",
            );
            writeln!(
                out,
                "{sent} {is_sent}  {waiting} {IN_FLIGHT}  {failed} {}\n{untold}",
                FAILED.name,
            )?;
        }
        let density = localized!(
            "{few} to {all} how many of a row's requests are in flight",
            "{few} 到 {all} 表示一行的请求中有多少在途",
        );
        writeln!(out, "{density}")
    }

    /// Draws the axis, from 0 s to its end.
    ///
    /// # Errors
    ///
    /// `out` cannot be written to.
    pub fn axis(
        &self,
        out: &mut impl Write,
        name: &str,
        end: &str,
    ) -> io::Result<()> {
        write_name(out, name)?;
        writeln!(out, "0 s{end:>width$}", width = WIDTH - 3)
    }

    fn draw_row(
        &self,
        out: &mut impl Write,
        outcomes: &[OutcomeRow],
        row: &Row,
    ) -> io::Result<()> {
        let requests = row.requests.iter().map(|&at| &outcomes[at]);
        let mut cells = self.cells(requests);
        // Nothing is drawn behind the last request.
        let used = cells
            .iter()
            .rposition(|&cell| cell != Cell::Idle)
            .map_or(0, |at| at + 1);
        cells.truncate(used);
        for cell in cells {
            let (glyph, style) = shown(cell);
            write!(out, "{style}{glyph}{style:#}")?;
        }
        writeln!(out)
    }

    /// What a row did in each column: whatever took most of it, but each failure shows its
    /// end, and each request that is long enough its start.
    fn cells<'a>(
        &self,
        requests: impl Iterator<Item = &'a OutcomeRow>,
    ) -> Vec<Cell> {
        let mut most = vec![(0, Cell::Idle); WIDTH];
        let (mut starts, mut failures) = (Vec::new(), Vec::new());
        for outcome in requests {
            let Phases { client_and_network, queued, waited } = Phases::of(outcome);
            let (first, last) = (
                self.axis.column(client_and_network.start),
                self.axis.column(waited.end.saturating_sub(1)),
            );
            // With requests as short as that, the marks would hide everything.
            if last - first >= LONG_ENOUGH {
                starts.push(first);
            }
            if outcome.status != Some(200) {
                failures.push(last);
            }
            for (part, cell) in [
                (client_and_network, Cell::ClientAndNetwork),
                (queued, Cell::Queued),
                (waited, Cell::Waiting),
            ] {
                for column in self.axis.columns(&part) {
                    let long = self.axis.overlap(&part, column);
                    if long > most[column].0 {
                        most[column] = (long, cell);
                    }
                }
            }
        }
        let mut cells: Vec<_> = most.into_iter().map(|(_, cell)| cell).collect();
        for column in starts {
            cells[column] = Cell::Sent;
        }
        // Last, since in the column in which one fails the next one often starts.
        for column in failures {
            cells[column] = Cell::Failed;
        }
        cells
    }

    /// A row for each lane, or one for all where there are too many lanes.
    fn draw_densities(
        &self,
        out: &mut impl Write,
        outcomes: &[OutcomeRow],
        rows: &[Row],
        name: impl Fn(RowName<'_>) -> String,
    ) -> io::Result<()> {
        let lanes = 1 + rows.iter().map(|row| row.lane).max().unwrap_or(0);
        let one_each = lanes <= self.most_rows;
        for lane in 0..if one_each { lanes } else { 1 } {
            let own = rows.iter().filter(|row| !one_each || row.lane == lane);
            let at_most = own.clone().count();
            let requests = own.flat_map(|row| &row.requests);
            let counts = self.in_flight(requests.map(|&at| &outcomes[at]), at_most);
            let many = RowName::Many {
                lane: (one_each && lanes > 1).then_some(lane),
                at_most,
            };
            write_name(out, &name(many))?;
            let line: String =
                counts.iter().map(|&count| density(count, at_most)).collect();
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// The most requests in flight in each column.
    fn in_flight<'a>(
        &self,
        requests: impl Iterator<Item = &'a OutcomeRow>,
        at_most: usize,
    ) -> Vec<usize> {
        let mut counts = vec![0; WIDTH];
        for outcome in requests {
            for column in self.axis.columns(&(outcome.start_us..outcome.end_us)) {
                counts[column] += 1;
            }
        }
        // Two that follow each other within a column were not in flight at the same time.
        for count in &mut counts {
            *count = at_most.min(*count);
        }
        counts
    }
}

fn density(count: usize, at_most: usize) -> char {
    if count == 0 {
        return ' ';
    }
    let levels = glyphs::DENSITY.len();
    glyphs::DENSITY[(count * levels).div_ceil(at_most.max(1)).min(levels) - 1]
}

fn shown(cell: Cell) -> (char, Style) {
    let of = |glyph, state: State| (glyph, state.colour.on_default());
    match cell {
        Cell::Idle => (' ', Style::new()),
        Cell::Sent => of(glyphs::SENT, WAITING),
        Cell::ClientAndNetwork => of(glyphs::CLIENT_AND_NETWORK, CLIENT_AND_NETWORK),
        Cell::Queued => of(glyphs::QUEUED, QUEUED),
        Cell::Waiting => of(glyphs::WAITING, WAITING),
        Cell::Failed => of(glyphs::FAILED, FAILED),
    }
}

fn write_name(out: &mut impl Write, name: &str) -> io::Result<()> {
    // A Chinese character is two columns wide.
    let width = name.width();
    // A long name leaves one space behind it.
    let gap = NAME.saturating_sub(width).clamp(1, 2);
    let before = NAME.saturating_sub(width + gap);
    write!(out, "{:before$}{name}{:gap$}", "", "")
}

/// What the rows do not show where they are folded.
fn without_a_page(report: &Report) -> Localized {
    match report.requests - report.ok {
        0 => Localized::same(""),
        some => {
            localized!(", {some} without a page", "，{some} 个没有得到页面")
        }
    }
}

/// What a lane is, as a person reads it.
fn lane_name(word: &str) -> Localized {
    match word {
        "thread" => localized!("thread", "线程"),
        "runtime" => localized!("runtime", "运行时"),
        "process" => localized!("process", "进程"),
        "program" => localized!("program", "程序"),
        other => Localized::same(other),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use proptest::prelude::*;

    use super::*;
    use crate::outcome::OutcomeKind;
    use crate::settings::layout::Layout;

    fn n(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    fn report(outcomes: Vec<OutcomeRow>, layout: Layout, ideal_s: f64) -> Report {
        let requests = outcomes.len();
        let some = crate::outcome::report::tests::report(&[OutcomeKind::Answered]);
        let ok = outcomes.iter().filter(|o| o.status == Some(200)).count();
        Report { requests, ok, outcomes, layout, ideal_s: Some(ideal_s), ..some }
    }

    /// A request that spends a tenth of its time on the client's side.
    fn outcome(index: usize, lane: usize, from_ms: u64, to_ms: u64) -> OutcomeRow {
        let (start_us, end_us) = (from_ms * 1000, to_ms * 1000);
        OutcomeRow {
            index,
            lane,
            start_us,
            end_us,
            queued_us: Some(0),
            waited_us: Some((end_us - start_us) / 10 * 9),
            status: Some(200),
            ..OutcomeRow::default()
        }
    }

    fn drawn(report: &Report) -> String {
        let mut out = Vec::new();
        let timeline = Timeline::of([report]);
        timeline.draw(&mut out, report).unwrap();
        timeline.legend(&mut out).unwrap();
        anstream::adapter::strip_bytes(&out).into_vec().try_into().unwrap()
    }

    #[test]
    fn a_thread_is_a_row_in_which_one_request_follows_another() {
        let mut outcomes = vec![
            outcome(0, 0, 0, 330),
            outcome(1, 1, 0, 330),
            outcome(2, 0, 330, 660),
        ];
        outcomes[1].status = Some(503);
        let report = report(outcomes, Layout::pool(n(3), n(2), n(1)), 0.6);
        let picture = drawn(&report);
        let lines: Vec<_> = picture.lines().collect();
        let wait = |own: &str, rest: usize| format!("┣{own}{}", "━".repeat(rest));
        let (first, failed) = (wait("▓▓", 30), wait("▓▓", 29) + "╳");
        assert_eq!(
            lines[0],
            "sync: 3 requests, at most 2 in flight, 1 without a page"
        );
        assert_eq!(lines[1], format!("    thread 0  {first}{first}"));
        assert_eq!(lines[2], format!("    thread 1  {failed}"));
        assert_eq!(lines[3], format!("   ideal end  {}0.600 s ▲", " ".repeat(51)));
    }

    #[test]
    fn a_failure_is_seen_also_where_the_next_request_starts() {
        // None of them ends where a column does.
        let times = [(0, 335), (335, 670), (670, 1000)];
        let mut outcomes: Vec<_> = (0..)
            .zip(times)
            .map(|(i, (start, end))| outcome(i, 0, start, end))
            .collect();
        for outcome in &mut outcomes {
            outcome.status = None;
        }
        let report = report(outcomes, Layout::one_by_one(n(3)), 1.0);
        let picture = drawn(&report);
        let row = picture.lines().nth(1).unwrap();
        assert_eq!(row.matches('╳').count(), 3, "{row}");
    }

    #[test]
    fn the_legend_has_no_states_that_nobody_told() {
        let told =
            report(vec![outcome(0, 0, 0, 100)], Layout::one_by_one(n(1)), 0.1);
        let legend = drawn(&told);
        assert!(
            legend.contains("┄ queued") && legend.contains("━ waiting"),
            "{legend}"
        );
        let mut untold = told;
        untold.outcomes[0].waited_us = None;
        untold.outcomes[0].queued_us = None;
        untold.assumed_delay_ms = Some(100.0);
        let legend = drawn(&untold);
        for state in ["queued", "waiting", "client and network", "ideal end"] {
            assert!(!legend.contains(state), "{legend}");
        }
        assert!(legend.contains("━ in flight"), "{legend}");
        assert!(legend.contains("assumed end"), "{legend}");
    }

    #[test]
    fn too_many_rows_become_one_for_each_lane() {
        let lane = |lane| {
            (0..50).map(move |i| outcome(i, lane, 0, 100 + 100 * (i as u64 % 2)))
        };
        let outcomes: Vec<_> = lane(0).chain(lane(1)).collect();
        let layout = Layout::partitioned(n(100), n(2), None);
        let picture = drawn(&report(outcomes, layout, 0.2));
        let lines: Vec<_> = picture.lines().collect();
        let half = "█".repeat(33) + &"▄".repeat(33);
        assert_eq!(lines[0], "sync: 100 requests, at most 100 in flight");
        assert_eq!(lines[1], format!(" 0: 50 slots  {half}"));
        assert_eq!(lines[2], format!(" 1: 50 slots  {half}"));
    }

    proptest! {
        #[test]
        fn whatever_happened_fits_a_terminal(
            times in prop::collection::vec((0..50_usize, 0..5000_u64, 0..3000_u64), 0..120),
            ideal_s in 0.0..10.0_f64,
        ) {
            let outcomes: Vec<_> = (0..)
                .zip(times)
                .map(|(i, (lane, start, long))| outcome(i, lane, start, start + long))
                .collect();
            let layout = Layout::queue(n(outcomes.len().max(1)), None);
            let report = report(outcomes, layout, ideal_s);
            for line in drawn(&report).lines() {
                prop_assert!(line.chars().count() <= usize::from(COLUMNS), "{}", line);
            }
        }
    }
}
