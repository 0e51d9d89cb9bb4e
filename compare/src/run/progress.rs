//! What a person sees while a client runs: how far it is, beside how long it should take.

use std::time::Duration;

use client_core::progress_bar;
use indicatif::ProgressBar;
use units::warn;

use super::rounds::Round;

/// The progress of one client, on standard error.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(crate) fn start(
        client: &str,
        round: Round,
        requests: usize,
        ideal: Option<Duration>,
        quiet: bool,
    ) -> Self {
        let ideal =
            ideal.map_or("unknown".to_owned(), |i| units::seconds(i.as_secs_f64()));
        let template = format!(
            "{client:7}{round} [{{bar:30}}] {{pos}}/{{len}} answered, {{elapsed}} (ideal {ideal})"
        );
        let bar = progress_bar(requests, &template);
        if bar.is_none() && !quiet {
            let requests = units::count(requests, "request");
            warn(format_args!("{client}{round}: {requests}, ideal {ideal}"));
        }
        Self(bar)
    }

    /// Shows how many have been answered.
    pub(crate) fn show(&self, answered: usize) {
        if let Some(bar) = &self.0 {
            bar.set_position(answered as u64);
        }
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
