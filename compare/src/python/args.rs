//! The options that bring in the tutorial's programs and server.

use clap::Args;

use super::flask::PythonServer;
use super::programs;

/// What of the tutorial to run beside the clients.
#[derive(Debug, Args)]
#[command(next_help_heading = "The tutorial in Python")]
pub(crate) struct PythonArgs {
    /// Also run the tutorial's programs: its three traps and its four strategies
    #[arg(long, conflicts_with_all = ["sweep", "duration"])]
    pub(crate) python: bool,

    /// Run against a server written in Python instead of slow-server
    #[arg(long, value_name = "WHICH")]
    #[arg(conflicts_with_all = ["url", "jitter", "fail_rate", "seed", "max_concurrent", "when_full", "max_delay"])]
    pub(crate) server: Option<PythonServer>,

    /// Install what --python and --server need into target/python, and exit: the only option
    /// that downloads anything
    #[arg(long)]
    pub(crate) python_setup: bool,
}

impl PythonArgs {
    /// The names of the tutorial's programs, if they were asked for.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        if self.python { programs::names().collect() } else { Vec::new() }
    }
}
