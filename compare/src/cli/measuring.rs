//! The options for reliable figures: repeats, a warm-up, a baseline, percentiles.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use client_core::settings::limits;

/// How the figures are made, and which are shown.
#[derive(Debug, Args)]
pub(crate) struct MeasuringArgs {
    /// Run all clients N times, each round starting with a different client. Each row shows
    /// the run with the median time, the range of all its runs, and the outliers
    #[arg(long, value_name = "N", default_value = "1", value_parser = units::parse_count)]
    #[arg(conflicts_with_all = ["sweep", "duration"], help_heading = HEADING)]
    pub(crate) repeat: NonZeroUsize,

    /// Before each measured run, run the same program with N requests that are left out of all
    /// figures
    #[arg(long, value_name = "N", value_parser = limits::requests)]
    #[arg(conflicts_with = "sweep", help_heading = HEADING)]
    pub(crate) warmup: Option<NonZeroUsize>,

    /// Compare with this file, written by an earlier compare --json: say by how much each client
    /// differs, and whether that is more than noise
    #[arg(long, value_name = "FILE")]
    #[arg(conflicts_with_all = ["sweep", "duration"], help_heading = HEADING)]
    pub(crate) baseline: Option<PathBuf>,

    /// Show latency percentiles and a histogram below the table
    #[arg(long, conflicts_with = "sweep", help_heading = HEADING)]
    pub(crate) latency: bool,

    /// Print the table and the explanations as Markdown on standard output
    #[arg(long, conflicts_with_all = ["json", "predict"], help_heading = HEADING)]
    pub(crate) markdown: bool,
}

const HEADING: &str = "Measuring";

impl MeasuringArgs {
    /// The requests that each client sends in all, if it sends this many in a measured run.
    pub(crate) fn all_requests(&self, measured: usize) -> usize {
        let warmup = self.warmup.map_or(0, NonZeroUsize::get);
        measured.saturating_add(warmup).saturating_mul(self.repeat.get())
    }
}
