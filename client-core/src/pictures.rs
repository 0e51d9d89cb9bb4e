//! The pictures that one can ask of a run, and the files that they go to.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use crate::destination::{self, Destination};
use crate::report::Report;
use crate::signs::Signs;
use crate::timeline::Timeline;
use crate::{spreadsheet, trace};

/// What to draw, and where to.
#[derive(Debug, Clone, Default, Args)]
pub struct Pictures {
    /// Draw a row for each thread or slot, with time from left to right
    #[arg(long, help_heading = "Pictures")]
    timeline: bool,

    /// Write a trace for Perfetto (ui.perfetto.dev) or a browser's own tools
    #[arg(long, value_name = "FILE", help_heading = "Pictures")]
    trace: Option<PathBuf>,

    /// Write a line for each request, for a spreadsheet
    #[arg(long, value_name = "FILE", help_heading = "Pictures")]
    csv: Option<PathBuf>,
}

/// The same, with files that can be written.
#[derive(Debug)]
pub struct Ready {
    timeline: bool,
    trace: Option<Destination>,
    csv: Option<Destination>,
}

impl Pictures {
    /// Whether there is anything to draw, for which each request has to be known.
    #[must_use]
    pub fn are_wanted(&self) -> bool {
        self.timeline || self.trace.is_some() || self.csv.is_some()
    }

    /// Looks whether the files can be written, before anything is waited for.
    ///
    /// Errors: one of them cannot be written.
    pub fn ready(&self) -> anyhow::Result<Ready> {
        let open = |path: &Option<PathBuf>| {
            path.as_deref().map(Destination::check).transpose()
        };
        let timeline = self.timeline;
        let ready =
            Ready { timeline, trace: open(&self.trace)?, csv: open(&self.csv)? };
        destination::all_differ(&ready.destinations())?;
        Ok(ready)
    }
}

impl Ready {
    /// The files that it will write.
    #[must_use]
    pub fn destinations(&self) -> Vec<&Destination> {
        self.trace.iter().chain(&self.csv).collect()
    }

    /// Writes these runs to the files: each of them, whatever becomes of the others.
    ///
    /// Errors: a file cannot be written.
    pub fn write_files(&self, reports: &[&Report]) -> anyhow::Result<()> {
        let trace = self.trace.as_ref().map_or(Ok(()), |file| {
            let mut trace = Vec::new();
            trace::write(&mut trace, reports)?;
            file.write(&trace)
        });
        let csv = self.csv.as_ref().map_or(Ok(()), |file| {
            let mut table = Vec::new();
            spreadsheet::write(&mut table, reports)?;
            file.write(&table)
        });
        trace.and(csv)
    }

    /// Draws these runs, all on one time axis, below their table; with `json`, on standard
    /// error, so that the result stands alone on standard output.
    ///
    /// Errors: that cannot be written to.
    pub fn draw(&self, reports: &[&Report], json: bool) -> anyhow::Result<()> {
        let drawn = match (self.timeline, json) {
            (false, _) => Ok(()),
            (true, true) => draw_timeline(&mut anstream::stderr(), reports),
            (true, false) => draw_timeline(&mut anstream::stdout(), reports),
        };
        drawn.context("cannot write the timeline")
    }
}

fn draw_timeline(out: &mut impl Write, reports: &[&Report]) -> io::Result<()> {
    let timeline = Timeline::of(reports.iter().copied(), Signs::of_this_terminal());
    for report in reports {
        writeln!(out)?;
        timeline.draw(out, report)?;
    }
    writeln!(out)?;
    timeline.legend(out)
}
