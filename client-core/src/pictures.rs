//! The pictures that one can ask of a run, and the files that they go to.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::destination::Destination;
use crate::report::Report;
use crate::timeline::{Signs, Timeline};
use crate::{spreadsheet, trace};

/// What to draw, and where to.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Pictures")]
pub struct Pictures {
    /// Draw a row for each thread or slot, with time from left to right
    #[arg(long)]
    timeline: bool,

    /// Write a trace for Perfetto (ui.perfetto.dev) or a browser's own tools
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,

    /// Write a line for each request, for a spreadsheet
    #[arg(long, value_name = "FILE")]
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
    /// Looks whether the files can be written, before anything is waited for.
    ///
    /// Errors: one of them cannot be written.
    pub fn ready(&self) -> anyhow::Result<Ready> {
        let open = |path: &Option<PathBuf>| {
            path.as_deref().map(Destination::check).transpose()
        };
        Ok(Ready {
            timeline: self.timeline,
            trace: open(&self.trace)?,
            csv: open(&self.csv)?,
        })
    }
}

impl Ready {
    /// Draws these runs, all on one time axis, to `out` and to the files.
    ///
    /// Errors: `out` or a file cannot be written to.
    pub fn draw(
        &self,
        out: &mut impl Write,
        reports: &[&Report],
    ) -> anyhow::Result<()> {
        if self.timeline {
            draw_timeline(out, reports)?;
        }
        if let Some(file) = &self.trace {
            let mut trace = Vec::new();
            trace::write(&mut trace, reports)?;
            file.write(&trace)?;
        }
        if let Some(file) = &self.csv {
            let mut table = Vec::new();
            spreadsheet::write(&mut table, reports)?;
            file.write(&table)?;
        }
        Ok(())
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
