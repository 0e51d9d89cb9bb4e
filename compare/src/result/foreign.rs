//! What the server recorded of a foreign program, and what became of its process.

use diagnosis::Pattern;
use serde::Serialize;
use slow_server::{Counts, Elsewhere};
use units::Localized;

use crate::problem::in_english_if_any;

/// One run of a foreign program. `received = answered + failed + rejected + aborted`.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct ForeignRun {
    /// Its command, with the page and the number of requests in it.
    pub(crate) command: String,
    /// The name in its URL, which distinguishes its requests from others; `None` where the
    /// server is for this run alone.
    pub(crate) client: Option<String>,
    /// How it ended, such as `exit status: 0`; `None` if the system does not report it.
    pub(crate) status: Option<String>,
    /// Whether it ended by itself, with exit code 0.
    pub(crate) succeeded: bool,
    /// How the last line of its output is to begin, if it is to fail: so one of the tutorial's
    /// traps does.
    pub(crate) fails_with: Option<&'static str>,
    /// Why it was ended, if it did not end by itself.
    pub(crate) ended_by: Option<EndedBy>,
    /// Seconds from the start of its process to its first request; `None` if none arrived.
    pub(crate) start_s: Option<f64>,
    /// Requests that it was asked to send.
    pub(crate) asked: usize,
    /// Requests for the page that arrived; `None` for all of these where the server keeps no
    /// records, or does not return them.
    pub(crate) received: Option<usize>,
    pub(crate) answered: Option<usize>,
    pub(crate) failed: Option<usize>,
    pub(crate) rejected: Option<usize>,
    pub(crate) aborted: Option<usize>,
    /// Why the server did not return its records, if it keeps any.
    #[serde(serialize_with = "in_english_if_any")]
    pub(crate) records_problem: Option<Localized>,
    /// Whether records were lost, since the server keeps the newest only.
    pub(crate) has_gaps: bool,
    /// How it waited; `None` if nothing arrived.
    #[serde(flatten)]
    pub(crate) pattern: Option<PatternView>,
    /// What it asked the server for beside the page.
    pub(crate) elsewhere: Vec<Elsewhere>,
    /// Processes that it left running, and that were ended.
    pub(crate) left_running: usize,
    /// The last lines of its output.
    pub(crate) output: Vec<String>,
}

/// Why a program did not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EndedBy {
    /// It took longer than it may.
    Timeout,
    /// Ctrl-C.
    Interrupt,
    /// It sent far more requests than asked.
    Flood,
}

/// A [`Pattern`] in JSON.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PatternView {
    #[serde(skip)]
    pub(crate) pattern: Pattern,
    peak_in_flight: usize,
    is_clear: bool,
    waves: usize,
    waves_needed: usize,
    chunk: Option<usize>,
    pause_s: Option<f64>,
    connections: usize,
    per_process: Vec<usize>,
}

impl From<Pattern> for PatternView {
    fn from(pattern: Pattern) -> Self {
        Self {
            peak_in_flight: pattern.at_once,
            is_clear: pattern.is_clear,
            waves: pattern.waves,
            waves_needed: pattern.waves_needed(),
            chunk: pattern.chunk,
            pause_s: pattern.pause_us.map(|us| us as f64 / 1e6),
            connections: pattern.connections,
            per_process: pattern.processes.clone(),
            pattern,
        }
    }
}

impl ForeignRun {
    /// Whether it did what it was asked to, all of it and no more.
    pub(crate) fn is_whole(&self) -> bool {
        let is_answered =
            self.answered.is_none_or(|answered| answered == self.asked)
                && self.received.is_none_or(|received| received == self.asked);
        let ends_well = self.succeeded || self.fails_as_it_is_to();
        ends_well
            && is_answered
            && self.ended_by.is_none()
            && self.records_problem.is_none()
    }

    /// Whether it failed, and that is what it is to show.
    pub(crate) fn fails_as_it_is_to(&self) -> bool {
        let last = self.output.last().map_or("", |line| line);
        !self.succeeded && self.fails_with.is_some_and(|with| last.starts_with(with))
    }

    /// Takes in what the server counted.
    pub(crate) fn count(&mut self, counts: &Counts) {
        self.received = Some(counts.received);
        self.answered = Some(counts.answered);
        self.failed = Some(counts.failed);
        self.rejected = Some(counts.rejected);
        self.aborted = Some(counts.aborted);
    }
}
