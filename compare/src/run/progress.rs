//! What a person sees while a client runs: how far it is, beside how long it should take.

use client_core::model::IdealRun;
use client_core::progress_bar;
use client_core::settings::workload::Workload;
use indicatif::ProgressBar;
use units::warn;

use super::rounds::Round;

/// The progress of one client, on standard error.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(crate) fn start(
        client: &str,
        round: Round,
        workload: Workload,
        ideal: Option<IdealRun>,
        quiet: bool,
    ) -> Self {
        let (length, amount, ideal) = match workload {
            Workload::Requests(n) => {
                let ideal = ideal.map(|i| units::seconds(i.time.as_secs_f64()));
                (n.get(), units::count(n.get(), "request"), ideal)
            }
            // The bar is as long as the ideal, if there is one.
            Workload::Duration(duration) => {
                let served = ideal.map(|ideal| ideal.served);
                let lasts = humantime::format_duration(duration).to_string();
                let ideal = served.map(|served| units::count(served, "request"));
                (served.unwrap_or(usize::MAX), lasts, ideal)
            }
        };
        let ideal = ideal.unwrap_or_else(|| "unknown".to_owned());
        let of = if length == usize::MAX { "" } else { "/{len}" };
        let template = format!(
            "{client:7}{round} [{{bar:30}}] {{pos}}{of} answered, {{elapsed}} (ideal {ideal})"
        );
        let line = format!("{client}{round}: {amount}, ideal {ideal}");
        Self::shown(length, &template, &line, quiet)
    }

    /// The progress of a foreign program, whose ideal is known only once it was seen to wait.
    pub(crate) fn of_program(
        name: &str,
        round: Round,
        requests: usize,
        quiet: bool,
    ) -> Self {
        // Braces would be read as parts of the template.
        let shown = name.replace('{', "{{").replace('}', "}}");
        let template = format!(
            "{shown:7}{round} [{{bar:20}}] {{pos}}/{{len}} answered, {{elapsed}}"
        );
        let count = units::count(requests, "request");
        Self::shown(requests, &template, &format!("{name}{round}: {count}"), quiet)
    }

    /// A bar where there is a terminal, else a line.
    fn shown(requests: usize, template: &str, line: &str, quiet: bool) -> Self {
        let bar = progress_bar(requests, template);
        if bar.is_none() && !quiet {
            warn(format_args!("{line}"));
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
