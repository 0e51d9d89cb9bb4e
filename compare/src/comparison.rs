//! What a comparison found: the reports of the clients, and the server's word on each.

use std::process::ExitCode;

use client_core::model::ServerLimit;
use client_core::{Localized, Report, Transport};
use serde::{Serialize, Serializer};
use slow_server::Counts;

/// The form of `compare --json`; a change that breaks its readers raises it.
const SCHEMA: u32 = 1;

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) schema: u32,
    pub(crate) url: String,
    pub(crate) requests: usize,
    /// `None` where the server does not say how long it takes.
    pub(crate) delay_ms: Option<f64>,
    pub(crate) server_limit: Option<ServerLimit>,
    /// In the order in which they ran.
    pub(crate) runs: Vec<Run>,
    /// Whether Ctrl-C ended it before all were through.
    pub(crate) interrupted: bool,
    /// The clients that did not run because of that.
    pub(crate) not_run: Vec<String>,
}

/// One client's run.
#[derive(Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) client: &'static str,
    /// Its name, with what carries its requests where that is not the usual.
    #[serde(skip)]
    pub(crate) label: String,
    /// What carries its requests, if it has a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transport: Option<Transport>,
    /// Its own report; `None` if it left none.
    pub(crate) report: Option<Report>,
    /// What went wrong with the program itself.
    pub(crate) problem: Option<String>,
    /// What the server saw of it; `None` for a server that does not count.
    pub(crate) server: Option<Counts>,
    /// Seconds that it would take at the tutorial's delay of 3 s.
    pub(crate) restated_s: Option<f64>,
    /// Seconds that the tutorial printed for it.
    pub(crate) tutorial_s: Option<f64>,
    /// Why it took as long as it did; in Chinese for the page alone.
    #[serde(serialize_with = "in_english")]
    pub(crate) why: Localized,
}

impl Comparison {
    pub(crate) fn new(
        url: String,
        requests: usize,
        delay_ms: Option<f64>,
        server_limit: Option<ServerLimit>,
    ) -> Self {
        Self {
            schema: SCHEMA,
            url,
            requests,
            delay_ms,
            server_limit,
            runs: Vec::new(),
            interrupted: false,
            not_run: Vec::new(),
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        let whole = |run: &Run| run.report.as_ref().is_some_and(Report::is_whole);
        if self.interrupted {
            ExitCode::from(130)
        } else if self.runs.iter().all(whole) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

fn in_english<S: Serializer>(text: &Localized, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&text.en)
}
