//! The pictures of a run (timeline, trace, CSV), and the files that they are written to.

pub mod atomic_file;
mod axis;
mod csv;
pub mod glyphs;
pub mod lanes;
mod phases;
pub mod theme;
pub mod timeline;
mod trace;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use units::localized;

use crate::export::atomic_file::AtomicFile;
use crate::export::timeline::Timeline;
use crate::outcome::report::Report;

/// What to draw, and where to.
#[derive(Debug, Clone, Default, Args)]
pub struct ExportArgs {
    /// Draw one row per thread or slot, with time from left to right
    #[arg(long, help_heading = "Pictures")]
    timeline: bool,

    /// Write a trace for Perfetto (ui.perfetto.dev) or a browser's developer tools
    #[arg(long, value_name = "FILE", help_heading = "Pictures")]
    trace: Option<PathBuf>,

    /// Write a CSV file with a line per request, for a spreadsheet
    #[arg(long, value_name = "FILE", help_heading = "Pictures")]
    csv: Option<PathBuf>,
}

/// The same, with files that can be written.
#[derive(Debug)]
pub struct Exports {
    timeline: bool,
    trace: Option<AtomicFile>,
    csv: Option<AtomicFile>,
}

impl ExportArgs {
    /// Whether there is anything to draw, for which each request has to be known.
    #[must_use]
    pub fn are_wanted(&self) -> bool {
        self.timeline || self.trace.is_some() || self.csv.is_some()
    }

    /// Looks whether the files can be written, before anything is waited for.
    ///
    /// # Errors
    ///
    /// One of them cannot be written.
    pub fn ready(&self) -> anyhow::Result<Exports> {
        let open = |path: &Option<PathBuf>| {
            path.as_deref().map(AtomicFile::check).transpose()
        };
        let timeline = self.timeline;
        let ready =
            Exports { timeline, trace: open(&self.trace)?, csv: open(&self.csv)? };
        atomic_file::all_differ(&ready.destinations())?;
        Ok(ready)
    }
}

impl Exports {
    /// The files that it will write.
    #[must_use]
    pub fn destinations(&self) -> Vec<&AtomicFile> {
        self.trace.iter().chain(&self.csv).collect()
    }

    /// Writes these runs to the files: each of them, whatever becomes of the others.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write_files(&self, reports: &[&Report]) -> anyhow::Result<()> {
        let trace = self.trace.as_ref().map_or(Ok(()), |file| {
            let mut trace = Vec::new();
            trace::write(&mut trace, reports)?;
            file.write(&trace)
        });
        let csv = self.csv.as_ref().map_or(Ok(()), |file| {
            let mut table = Vec::new();
            csv::write(&mut table, reports)?;
            file.write(&table)
        });
        trace.and(csv)
    }

    /// Draws these runs, all on one time axis, below their table; with `json`, on standard
    /// error, so that the result stands alone on standard output.
    ///
    /// # Errors
    ///
    /// That cannot be written to.
    pub fn draw(&self, reports: &[&Report], json: bool) -> anyhow::Result<()> {
        let drawn = match (self.timeline, json) {
            (false, _) => Ok(()),
            (true, true) => draw_timeline(&mut units::stderr(), reports),
            (true, false) => draw_timeline(&mut units::stdout(), reports),
        };
        drawn.context(localized!("cannot write the timeline", "无法输出时间线"))
    }
}

fn draw_timeline(out: &mut impl Write, reports: &[&Report]) -> io::Result<()> {
    let timeline = Timeline::of(reports.iter().copied());
    for report in reports {
        writeln!(out)?;
        timeline.draw(out, report)?;
    }
    writeln!(out)?;
    timeline.legend(out)
}
