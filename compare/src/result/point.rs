//! One client at one size of a sweep.

use client_core::Report;
use client_core::export::lanes::peak;
use serde::Serialize;
use units::Localized;

use super::comparison::Run;
use crate::problem::in_english_if_any;

/// With fewer requests than this, what a process takes for itself hides what they take.
const ENOUGH: usize = 90;

/// One client at one size.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Point {
    pub(crate) requests: usize,
    /// Seconds; `None` where the delay is unknown.
    pub(crate) ideal_s: Option<f64>,
    /// Why it did not run, or not to its end; `None` if it did.
    #[serde(serialize_with = "in_english_if_any")]
    pub(crate) skipped: Option<Localized>,
    /// `None` if it did not run. Its report has no outcomes of each request.
    pub(crate) run: Option<Run>,
    // The most that the client had in flight.
    #[serde(skip)]
    pub(crate) in_flight: Option<usize>,
    /// Seconds of CPU time of the server during the run, if it is inside this process.
    pub(crate) server_cpu_s: Option<f64>,
    /// Bytes of the client for each request in flight, beyond what it takes for the few of
    /// the smallest size; `None` where there are too few to tell.
    pub(crate) bytes_per_request: Option<f64>,
}

impl Point {
    pub(crate) fn report(&self) -> Option<&Report> {
        self.run.as_ref()?.report.as_ref()
    }

    /// Whether it ran and got all pages.
    pub(crate) fn is_whole(&self) -> bool {
        self.report().is_some_and(Report::is_whole)
    }

    /// Whether it ran to its end, well or not.
    pub(crate) fn is_shown(&self) -> bool {
        self.run.is_some() && self.skipped.is_none()
    }

    pub(crate) fn record(&mut self, mut run: Run) {
        if let Some(report) = &mut run.report {
            // With a short delay the server sees fewer in flight, but for the client those that
            // it is sending are in flight as well.
            self.in_flight = Some(if report.outcomes.is_empty() {
                report.concurrency.min(report.requests)
            } else {
                peak(&report.outcomes)
            });
            // There may be a hundred thousand, and a sweep has no use for them.
            report.outcomes.clear();
        }
        self.run = Some(run);
    }

    /// The bytes for each request in flight beyond those of the smallest size.
    pub(crate) fn bytes_beyond(&self, smallest: &Self) -> Option<f64> {
        let more = self.in_flight?.checked_sub(smallest.in_flight?)?;
        let rss = |point: &Self| point.report()?.usage.peak_rss_bytes;
        let bytes = rss(self)?.checked_sub(rss(smallest)?)?;
        (more >= ENOUGH).then(|| bytes as f64 / more as f64)
    }
}
