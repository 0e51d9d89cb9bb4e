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

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) schema: u32,
    /// How it was made.
    pub(crate) setup: Setup,
    pub(crate) url: String,
    pub(crate) requests: usize,
    /// `None` where the server does not say how long it takes.
    pub(crate) delay_ms: Option<f64>,
    /// What the ideal supposes instead, if the user said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assumed_delay_ms: Option<f64>,
    pub(crate) server_limit: Option<ServerLimit>,
    /// In the order in which they ran.
    pub(crate) runs: Vec<Run>,
    /// Whether Ctrl-C ended it before all were through.
    pub(crate) interrupted: bool,
    /// The clients that did not run because of that.
    pub(crate) not_run: Vec<String>,
    /// Why its times are not to be trusted, if so; in Chinese for the page alone.
    #[serde(serialize_with = "in_english_if_any")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) caveat: Option<Localized>,
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
    /// What went wrong with the program itself.
    pub(crate) problem: Option<String>,
    /// What the server saw of it; `None` for a server that does not count.
    pub(crate) server: Option<Counts>,
    /// What became of it, if it is none of the clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) program: Option<ForeignRun>,
    /// Seconds from the start of its process to its end; `None` if it never began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) process_s: Option<f64>,
    /// What the kernel saw meanwhile; `None` where it does not tell.
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
    /// Why it took as long as it did; in Chinese for the page alone.
    #[serde(serialize_with = "in_english")]
    pub(crate) why: Localized,
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
            why: Localized::new("", ""),
        }
    }
}

impl Run {
    /// Whether it got all pages that it was to get.
    pub(crate) fn is_whole(&self) -> bool {
        self.program.as_ref().map_or_else(
            || self.report.as_ref().is_some_and(Report::is_whole),
            ForeignRun::is_whole,
        )
    }
}

/// What the ideal times rest on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Basis {
    /// What the server tells of its delays.
    Told,
    /// What the user says of a server that does not tell.
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

    pub(crate) fn exit_code(&self) -> ExitCode {
        exit_code(self.interrupted, self.runs.iter().all(Run::is_whole))
    }
}

pub(crate) fn exit_code(interrupted: bool, all_whole: bool) -> ExitCode {
    match (interrupted, all_whole) {
        (true, _) => ExitCode::from(130),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::FAILURE,
    }
}

fn in_english<S: Serializer>(text: &Localized, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&text.en)
}

#[expect(clippy::ref_option, reason = "this is what serde calls")]
fn in_english_if_any<S: Serializer>(
    text: &Option<Localized>,
    out: S,
) -> Result<S::Ok, S::Error> {
    text.as_ref().map(|text| &text.en).serialize(out)
}
