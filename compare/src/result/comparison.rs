//! A comparison: the clients' reports, and the server's counts for each.

use std::process::ExitCode;

use client_core::model::ServerLimit;
use client_core::{Report, Transport};
use serde::{Serialize, Serializer};
use slow_server::Counts;
use units::Localized;

use super::conditions::Conditions;
use super::foreign::ForeignRun;
use super::kernel_counts::KernelCounts;
use super::overhead::Overhead;
use super::setup::Setup;
use crate::problem::in_english_if_any;
use crate::statistics::difference::{Difference, Timing};
use crate::statistics::histogram::Histogram;
use crate::statistics::repeat::Repeat;

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) schema: u32,
    /// How it was made.
    pub(crate) setup: Setup,
    pub(crate) url: String,
    /// Of each client; where a duration was asked for, the most of any.
    pub(crate) requests: usize,
    /// For how long each client was to begin requests, if not a number of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_s: Option<f64>,
    /// `None` where the server does not say how long it takes.
    pub(crate) delay_ms: Option<f64>,
    /// What the ideal supposes instead, if the user said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assumed_delay_ms: Option<f64>,
    pub(crate) server_limit: Option<ServerLimit>,
    /// One for each client, in the order of their rows.
    pub(crate) runs: Vec<Run>,
    /// Whether Ctrl-C ended it before all were through.
    pub(crate) interrupted: bool,
    /// The clients that did not run because of that.
    pub(crate) not_run: Vec<String>,
    /// Which programs of --python did not run, since they lack a package; in English for
    /// programs.
    #[serde(serialize_with = "in_english_if_any")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) left_out: Option<Localized>,
    /// The baseline of each row, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<Origin>,
    /// Why its times are not to be trusted, if so; in English for programs.
    #[serde(serialize_with = "in_english_if_any")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) caveat: Option<Localized>,
}

/// The earlier comparison that is its baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Origin {
    pub(crate) file: String,
    /// When it began.
    pub(crate) began: String,
}

/// One client's run.
#[derive(Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) client: String,
    /// Its name, with what carries its requests where that is not the usual.
    #[serde(skip)]
    pub(crate) label: String,
    /// What carries its requests, if it has a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transport: Option<Transport>,
    /// Its own report; `None` if it left none.
    pub(crate) report: Option<Report>,
    /// What went wrong with the program itself; in English for programs.
    #[serde(serialize_with = "in_english_if_any")]
    pub(crate) problem: Option<Localized>,
    /// What the server saw of it; `None` for a server that does not count.
    pub(crate) server: Option<Counts>,
    /// What became of it, if it is none of the clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) program: Option<ForeignRun>,
    /// Seconds from the start of its process to its end; `None` if it never began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) process_s: Option<f64>,
    /// What the kernel saw meanwhile; `None` if it has no such counts.
    pub(crate) kernel: Option<KernelCounts>,
    /// What went on around it.
    pub(crate) conditions: Conditions,
    /// What its time above the ideal was, if that is more than noise.
    #[serde(skip)]
    pub(crate) overhead: Option<Overhead>,
    /// Seconds that it would take at the tutorial's delay of 3 s, if it can be compared with
    /// the tutorial at all.
    #[serde(rename = "restated_s")]
    pub(crate) scaled_s: Option<f64>,
    /// Seconds that the tutorial printed for a program that waits in the same way.
    pub(crate) tutorial_s: Option<f64>,
    /// All runs of this client, of which this is the one with the median time; `None` if there
    /// was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repeat: Option<Repeat>,
    /// How many times faster it is than the client that waits for one after another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) times_faster: Option<f64>,
    /// How it differs from the same row of an earlier comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<Difference>,
    /// How many requests took how long; `None` where they were only counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) histogram: Option<Histogram>,
    /// Why it took as long as it did; in English for programs.
    #[serde(serialize_with = "Localized::in_english")]
    pub(crate) why: Localized,
    /// Further sentences, on its repeats and the baseline.
    #[serde(
        serialize_with = "all_in_english",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) notes: Vec<Localized>,
}

impl Run {
    /// One of which nothing is known yet.
    pub(crate) fn unmeasured(
        client: String,
        label: String,
        transport: Option<Transport>,
    ) -> Self {
        Self {
            client,
            label,
            transport,
            report: None,
            problem: None,
            server: None,
            program: None,
            process_s: None,
            kernel: None,
            conditions: Conditions::default(),
            overhead: None,
            scaled_s: None,
            tutorial_s: None,
            repeat: None,
            times_faster: None,
            baseline: None,
            histogram: None,
            why: Localized::new("", ""),
            notes: Vec::new(),
        }
    }

    /// All sentences on it, a line for each.
    pub(crate) fn sentences(&self) -> Localized {
        let all = || std::iter::once(&self.why).chain(&self.notes);
        let en: Vec<_> = all().map(|text| &*text.en).collect();
        let zh: Vec<_> = all().map(|text| &*text.zh).collect();
        Localized::new(en.join("\n"), zh.join("\n"))
    }

    /// Its time, if that can be compared with others.
    pub(crate) fn timing(&self) -> Option<Timing> {
        Timing::of(self.report.as_ref()?, self.repeat.as_ref())
    }
}

impl Run {
    /// Whether it got all pages that it was to get, in each of several runs.
    pub(crate) fn is_whole(&self) -> bool {
        let all =
            self.repeat.as_ref().is_none_or(|repeat| repeat.incomplete.is_empty());
        all && self.program.as_ref().map_or_else(
            || self.report.as_ref().is_some_and(Report::is_whole),
            ForeignRun::is_whole,
        )
    }
}

/// What the ideal times rest on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Basis {
    /// The server's own report of its delays.
    Told,
    /// The user's assumption for a server that does not report them.
    Assumed { delay_ms: f64 },
    /// There is nothing to rest on, so there are none.
    Unknown,
}

impl Basis {
    pub(crate) fn of(told_ms: Option<f64>, assumed_ms: Option<f64>) -> Self {
        match (told_ms, assumed_ms) {
            (Some(_), _) => Self::Told,
            (None, Some(delay_ms)) => Self::Assumed { delay_ms },
            (None, None) => Self::Unknown,
        }
    }
}

impl Comparison {
    /// The form of `compare --json`; a change that breaks its readers raises it.
    pub(crate) const SCHEMA: u32 = 1;

    pub(crate) fn basis(&self) -> Basis {
        Basis::of(self.delay_ms, self.assumed_delay_ms)
    }

    /// After the run: with a duration, the number is not known before.
    pub(crate) fn count_requests(&mut self) {
        if self.duration_s.is_some() {
            let reports = self.runs.iter().filter_map(|run| run.report.as_ref());
            self.requests = reports.map(|report| report.requests).max().unwrap_or(0);
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        exit_code(self.interrupted, self.runs.iter().all(Run::is_whole))
    }

    /// Says of each row how many times faster it is than that of client-sync, if there is one.
    pub(crate) fn compare_with_sync(&mut self) {
        let is_sync = |run: &&Run| run.client == SYNC;
        let sync_s = self.runs.iter().find(is_sync).and_then(Run::timing);
        let Some(sync) = sync_s.filter(|_| self.runs.len() > 1) else { return };
        for run in &mut self.runs {
            run.times_faster =
                run.timing().map(|timing| timing.times_faster_than(&sync));
        }
    }
}

pub(crate) fn exit_code(interrupted: bool, all_whole: bool) -> ExitCode {
    match (interrupted, all_whole) {
        (true, _) => ExitCode::from(130),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::FAILURE,
    }
}

/// The client that the others are compared with: it waits for one request after another.
const SYNC: &str = "sync";

fn all_in_english<S: Serializer>(
    texts: &[Localized],
    out: S,
) -> Result<S::Ok, S::Error> {
    out.collect_seq(texts.iter().map(|text| &text.en))
}
