//! What a person sees while a client runs: how far it is, beside how long it should take.

use std::io::IsTerminal as _;
use std::time::Duration;

use client_core::warn;
use indicatif::{ProgressBar, ProgressStyle};

/// The progress of one client, on standard error.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(crate) fn start(
        client: &str,
        requests: usize,
        ideal: Option<Duration>,
        quiet: bool,
    ) -> Self {
        let ideal =
            ideal.map_or("unknown".to_owned(), |i| units::seconds(i.as_secs_f64()));
        if std::io::stderr().is_terminal() {
            return Self(Some(bar(client, requests, &ideal)));
        }
        if !quiet {
            let requests = units::count(requests, "request");
            warn(format_args!("{client}: {requests}, ideal {ideal}"));
        }
        Self(None)
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

fn bar(client: &str, requests: usize, ideal: &str) -> ProgressBar {
    let bar = ProgressBar::new(requests as u64).with_prefix(client.to_owned());
    let template = format!(
        "{{prefix:7}} {{bar:30}} {{pos}}/{{len}} answered, {{elapsed}} (ideal {ideal})"
    );
    // A template that does not parse shows in the first run; the default bar does no harm.
    bar.set_style(
        ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
