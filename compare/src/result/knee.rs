//! The size from which on a client exceeds its ideal, and the cause.

use client_core::Report;
use serde::Serialize;

use super::overhead::PartKind;
use super::point::Point;

/// The knee of a client's curve: the first size at which it is off its ideal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Knee {
    pub(crate) requests: usize,
    /// `None` where requests failed: a run without them has another ideal.
    pub(crate) overhead_s: Option<f64>,
    pub(crate) cause: Cause,
}

/// The cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cause {
    /// Requests failed, for want of files, of ports, or for another reason in the report;
    /// or the client left none.
    Failures,
    /// Most of the overhead is CPU time of the client and the server.
    Cpu,
    /// Neither of these, but what the sentence says.
    #[serde(rename = "unknown")]
    Other,
}

impl Knee {
    /// `None` where every run kept to its ideal, as far as that is known.
    pub(crate) fn of(points: &[Point]) -> Option<Self> {
        points.iter().filter(|point| point.is_shown()).find_map(Self::at)
    }

    fn at(point: &Point) -> Option<Self> {
        let requests = point.requests;
        if !point.report().is_some_and(Report::is_whole) {
            let cause = Cause::Failures;
            return Some(Self { requests, overhead_s: None, cause });
        }
        let overhead = point.run.as_ref()?.overhead.as_ref()?;
        let cause = match overhead.largest().map(|part| &part.kind) {
            Some(PartKind::Cpu { .. }) => Cause::Cpu,
            _ => Cause::Other,
        };
        Some(Self { requests, overhead_s: Some(overhead.seconds), cause })
    }
}
