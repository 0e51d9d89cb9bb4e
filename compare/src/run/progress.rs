//! The progress of a client while it runs, beside its ideal time.

use client_core::model::IdealRun;
use client_core::progress_bar;
use client_core::settings::workload::Workload;
use indicatif::ProgressBar;
use units::{Localized, localized, warn};

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
                let ideal = ideal
                    .map(|i| Localized::same(units::seconds(i.time.as_secs_f64())));
                (n.get(), requests(n.get()), ideal)
            }
            // The bar is as long as the ideal, if there is one.
            Workload::Duration(duration) => {
                let served = ideal.map(|ideal| ideal.served);
                let lasts = units::duration(duration);
                (
                    served.unwrap_or(usize::MAX),
                    Localized::same(lasts),
                    served.map(requests),
                )
            }
        };
        let ideal = ideal.unwrap_or_else(|| Localized::new("unknown", "未知"));
        let Localized { en: ideal, zh: ideal_zh } = ideal;
        let of = if length == usize::MAX { "" } else { "/{len}" };
        let template = localized!(
            "{client:7}{round} [{{bar:30}}] {{pos}}{of} responses, {{elapsed}} (ideal {ideal})",
            "{client:7}{round} [{{bar:30}}] 已响应 {{pos}}{of}，{{elapsed}}（理想 {ideal_zh}）",
        );
        let Localized { en, zh } = amount;
        let line = localized!(
            "{client}{round}: {en}, ideal {ideal}",
            "{client}{round}：{zh}，理想 {ideal_zh}",
        );
        Self::shown(length, &template, &line, quiet)
    }

    /// The progress of a foreign program, whose ideal is known only once it was seen to wait.
    pub(crate) fn of_program(
        name: &str,
        round: Round,
        number: usize,
        quiet: bool,
    ) -> Self {
        // Braces would be read as parts of the template.
        let shown = name.replace('{', "{{").replace('}', "}}");
        let template = localized!(
            "{shown:7}{round} [{{bar:20}}] {{pos}}/{{len}} responses, {{elapsed}}",
            "{shown:7}{round} [{{bar:20}}] 已响应 {{pos}}/{{len}}，{{elapsed}}",
        );
        let Localized { en, zh } = requests(number);
        let line = localized!("{name}{round}: {en}", "{name}{round}：{zh}");
        Self::shown(number, &template, &line, quiet)
    }

    /// A bar where there is a terminal, else a line.
    fn shown(
        requests: usize,
        template: &Localized,
        line: &Localized,
        quiet: bool,
    ) -> Self {
        let bar = progress_bar(requests, &template.to_string());
        if bar.is_none() && !quiet {
            warn(line);
        }
        Self(bar)
    }

    /// Shows the number of responses.
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

fn requests(number: usize) -> Localized {
    let en = units::count(number, "request");
    localized!("{en}", "{number} 个请求")
}
