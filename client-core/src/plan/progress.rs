//! What a person sees while a client runs: a line for each step of a small run, a bar
//! for a large one.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::ProgressBar;

use crate::outcome::Answer;
use crate::outcome::failure::Failure;
use crate::progress_bar::progress_bar;
use crate::settings::workload::Workload;
use units::{Localized, localized, warn};

/// Up to this many requests, each one is printed in lines, as in the tutorial.
const MAX_LINES: usize = 20;

const BAR: Localized<&str> = Localized {
    en: "[{bar:40}] {pos}/{len} ended, {elapsed}",
    zh: "[{bar:40}] 已结束 {pos}/{len}，{elapsed}",
};

/// Of a duration, with an unknown number of requests.
const COUNTER: Localized<&str> = Localized {
    en: "{pos} ended, {elapsed} of",
    zh: "已结束 {pos}，{elapsed} /",
};

/// Where lines and bars go.
#[derive(Debug)]
pub(crate) struct Progress {
    url: String,
    view: View,
}

#[derive(Debug)]
enum View {
    Nothing,
    /// Two lines a request, on standard output or (with `--json`) standard error.
    Lines {
        to_stderr: bool,
    },
    /// A bar on the terminal.
    Bar(ProgressBar),
    /// A line each tenth of the run, where there is no terminal to draw on.
    Tenths {
        ended: AtomicUsize,
        requests: usize,
    },
    /// The same of a duration, with the tenths that were printed.
    TenthsOf {
        duration: Duration,
        ended: AtomicUsize,
        told: AtomicUsize,
    },
}

impl View {
    fn of(duration: Duration) -> Self {
        let template = format!("{COUNTER} {}", units::duration(duration));
        // There is no length that a bar could have a part of.
        progress_bar(usize::MAX, &template).map_or_else(
            || Self::TenthsOf {
                duration,
                ended: AtomicUsize::new(0),
                told: AtomicUsize::new(0),
            },
            Self::Bar,
        )
    }
}

impl Progress {
    pub(crate) fn new(
        url: String,
        workload: Workload,
        quiet: bool,
        json: bool,
    ) -> Self {
        let requests = workload.most_requests().get();
        let view = if quiet {
            View::Nothing
        } else if let Some(duration) = workload.duration() {
            View::of(duration)
        } else if requests <= MAX_LINES {
            View::Lines { to_stderr: json }
        } else if let Some(bar) = progress_bar(requests, &BAR.to_string()) {
            View::Bar(bar)
        } else {
            View::Tenths { ended: AtomicUsize::new(0), requests }
        };
        Self { url, view }
    }

    pub(crate) fn begin(&self, index: usize) {
        if matches!(self.view, View::Lines { .. }) {
            let url = &self.url;
            self.line(&localized!(
                "Waiting for {url}  (request {index})",
                "等待 {url}  （请求 {index}）",
            ));
        }
    }

    pub(crate) fn end(
        &self,
        index: usize,
        now: Duration,
        result: &Result<Answer, Failure>,
    ) {
        match &self.view {
            View::Nothing => {}
            View::Lines { .. } => self.line(&self.line_for(index, result)),
            View::Bar(bar) => bar.inc(1),
            View::Tenths { ended, requests } => {
                let ended = ended.fetch_add(1, Ordering::Relaxed) + 1;
                if ended * 10 / requests > (ended - 1) * 10 / requests {
                    let seconds = now.as_secs_f64();
                    warn(localized!(
                        "{ended} of {requests} ended after {seconds:.3} s",
                        "{requests} 个中 {ended} 个已结束，用时 {seconds:.3} s",
                    ));
                }
            }
            View::TenthsOf { duration, ended, told } => {
                let ended = ended.fetch_add(1, Ordering::Relaxed) + 1;
                let seconds = now.as_secs_f64();
                let tenths = now.as_nanos() * 10 / duration.as_nanos().max(1);
                let tenth = usize::try_from(tenths).unwrap_or(usize::MAX);
                if told.fetch_max(tenth, Ordering::Relaxed) < tenth {
                    warn(localized!(
                        "{ended} ended after {seconds:.3} s",
                        "{ended} 个已结束，用时 {seconds:.3} s",
                    ));
                }
            }
        }
    }

    /// Removes the bar, so that only the report remains.
    pub(crate) fn finish(&self) {
        if let View::Bar(bar) = &self.view {
            bar.finish_and_clear();
        }
    }

    fn line_for(&self, index: usize, result: &Result<Answer, Failure>) -> Localized {
        let url = &self.url;
        match result {
            Ok(answer) if answer.status == 200 => {
                let body = units::printable(&answer.body, 60);
                localized!(
                    "Get response from {url} Result: {body}  (request {index})",
                    "收到 {url} 的响应：{body}  （请求 {index}）",
                )
            }
            Ok(answer) => {
                let status = answer.status;
                localized!(
                    "No page from {url}: status {status}  (request {index})",
                    "{url} 没有返回页面：状态 {status}  （请求 {index}）",
                )
            }
            Err(failure) => {
                let kind = failure.kind.to_string();
                // The number of an error says nothing that its name does not.
                let detail = failure.detail.split(" (os error").next();
                let detail =
                    units::printable(detail.unwrap_or_default().as_bytes(), 60);
                // Some have nothing to add.
                let why =
                    if detail == kind { kind } else { format!("{kind}, {detail}") };
                localized!(
                    "No response from {url}: {why}  (request {index})",
                    "{url} 没有响应：{why}  （请求 {index}）",
                )
            }
        }
    }

    fn line(&self, text: &Localized) {
        if matches!(self.view, View::Lines { to_stderr: true }) {
            warn(text);
        } else {
            // With a closed pipe, no more lines are printed, but the run continues.
            let _ = writeln!(units::stdout(), "{text}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::outcome::failure::FailureKind;

    #[test]
    fn a_failure_is_told_in_one_line_of_a_terminal_and_nothing_twice() {
        let url = "http://127.0.0.1:5000".to_owned();
        let progress = Progress::new(url, NonZeroUsize::MIN.into(), false, false);
        let line_for = |kind, detail: &str| {
            let detail = detail.to_owned();
            progress.line_for(3, &Err(Failure { kind, detail, retry: None })).en
        };
        assert_eq!(
            line_for(FailureKind::Refused, "Connection refused (os error 111)"),
            "No response from http://127.0.0.1:5000: refused, Connection refused  (request 3)"
        );
        assert_eq!(
            line_for(FailureKind::Timeout, &FailureKind::Timeout.to_string()),
            "No response from http://127.0.0.1:5000: timeout  (request 3)"
        );
    }
}
