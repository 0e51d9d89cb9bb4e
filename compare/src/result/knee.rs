//! Where a client leaves its ideal as it gets more requests, and what makes it.

use client_core::Report;
use serde::Serialize;

use super::point::Point;

/// A run is off its ideal with more than this on top: a tenth of it, and more than a person
/// or a busy machine would explain.
const SHARE: f64 = 0.1;
const SECONDS: f64 = 0.02;

/// The CPUs explain an overhead if they were busy for at least this part of it.
const BUSY: f64 = 0.5;

/// The knee of a client's curve: the first size at which it is off its ideal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Knee {
    pub(crate) requests: usize,
    /// `None` where requests failed: a run without them has another ideal.
    pub(crate) overhead_s: Option<f64>,
    pub(crate) cause: Cause,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cause {
    /// Requests failed, for want of files, of ports, or for another reason in the report;
    /// or the client left none.
    Failures,
    /// The client and the server need the CPUs.
    Cpu,
    /// Neither of these: the machine was busy with something else, or the network.
    Unknown,
}

impl Knee {
    /// `None` where every run kept to its ideal, as far as that is known.
    pub(crate) fn of(points: &[Point]) -> Option<Self> {
        points.iter().filter(|point| point.is_shown()).find_map(Self::at)
    }

    fn at(point: &Point) -> Option<Self> {
        let report = point.report().filter(|report| report.is_whole());
        let Some(report) = report else {
            let (requests, cause) = (point.requests, Cause::Failures);
            return Some(Self { requests, overhead_s: None, cause });
        };
        let ideal = report.ideal_s?;
        let overhead_s = report.elapsed_s - ideal;
        let cause = if overhead_s <= SECONDS || overhead_s <= SHARE * ideal {
            return None;
        } else if is_busy(report, point.server_cpu_s, overhead_s) {
            Cause::Cpu
        } else {
            Cause::Unknown
        };
        let overhead_s = Some(overhead_s);
        Some(Self { requests: point.requests, overhead_s, cause })
    }
}

fn is_busy(report: &Report, server_cpu_s: Option<f64>, overhead_s: f64) -> bool {
    let cpu = report.usage.cpu_s.unwrap_or(0.0) + server_cpu_s.unwrap_or(0.0);
    cpu / report.usage.cores as f64 > BUSY * overhead_s
}
