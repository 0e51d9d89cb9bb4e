//! Where a client leaves its ideal, and what makes it.

use client_core::{Report, units};
use serde::Serialize;

use crate::contestant::Contestant;
use crate::sweep::Point;

/// A run is off its ideal with more than this on top: a tenth of it, and more than a person
/// or a busy machine would explain.
const SHARE: f64 = 0.1;
const SECONDS: f64 = 0.02;

/// The CPUs explain an overhead if they were busy for at least this part of it.
const BUSY: f64 = 0.5;

/// The first size at which a client is off its ideal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Departure {
    pub(crate) requests: usize,
    pub(crate) overhead_s: f64,
    pub(crate) cause: Cause,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cause {
    /// Requests failed, for want of files, of ports, or for another reason in the report.
    Failures,
    /// The client and the server need the CPUs.
    Cpu,
    /// Neither of these: the machine was busy with something else, or the network.
    Unknown,
}

impl Departure {
    /// `None` where every run kept to its ideal, as far as that is known.
    pub(crate) fn of(points: &[Point]) -> Option<Self> {
        points.iter().find_map(|point| {
            let report = point.report()?;
            let ideal = report.ideal_s?;
            let overhead_s = report.elapsed_s - ideal;
            let is_late = overhead_s > SECONDS && overhead_s > SHARE * ideal;
            let cause = match is_late {
                _ if !report.is_whole() => Cause::Failures,
                false => return None,
                true if is_busy(report, point.server_cpu_s, overhead_s) => {
                    Cause::Cpu
                }
                true => Cause::Unknown,
            };
            Some(Self { requests: point.requests, overhead_s, cause })
        })
    }
}

fn is_busy(report: &Report, server_cpu_s: Option<f64>, overhead_s: f64) -> bool {
    let cpu = report.usage.cpu_s.unwrap_or(0.0) + server_cpu_s.unwrap_or(0.0);
    cpu / report.usage.cores as f64 > BUSY * overhead_s
}

/// One sentence on how far a client keeps to its ideal, and on what it is stopped by.
pub(crate) fn sentence(
    points: &[Point],
    departure: Option<&Departure>,
    contestant: &Contestant,
) -> String {
    let mut parts = vec![match departure {
        Some(departure) => leaves(points, departure, contestant),
        None => keeps(points),
    }];
    if let Some(skipped) = points.iter().find(|point| point.skipped.is_some()) {
        let why = skipped.skipped.as_deref().unwrap_or_default();
        parts.push(format!("left out from {} on: {why}", skipped.requests));
    }
    format!("{}.", parts.join("; "))
}

fn keeps(points: &[Point]) -> String {
    let ran = |point: &&Point| point.run.is_some();
    let Some(last) = points.iter().rfind(ran) else {
        return "ran at no size".to_owned();
    };
    if last.ideal_s.is_none() {
        return "its ideal is unknown: the server does not tell its delay"
            .to_owned();
    }
    format!(
        "keeps to its ideal up to {}: only the waiting costs",
        units::count(last.requests, "request")
    )
}

fn leaves(
    points: &[Point],
    departure: &Departure,
    contestant: &Contestant,
) -> String {
    let &Departure { requests, overhead_s, cause } = departure;
    let at = points.iter().find(|point| point.requests == requests);
    let Some((point, report)) = at.and_then(|point| Some((point, point.report()?)))
    else {
        return String::new();
    };
    let from = format!("leaves its ideal at {}", units::count(requests, "request"));
    match cause {
        Cause::Failures => {
            let errors = report.errors.iter();
            let errors =
                errors.map(|error| format!("{} {}", error.count, error.kind));
            let errors: Vec<_> = errors.collect();
            format!("{from}: not all got the page ({})", errors.join(", "))
        }
        Cause::Cpu => {
            let each = |cpu: Option<f64>| {
                let micros = cpu.map(|cpu| cpu * 1e6 / requests as f64);
                micros.map_or("-".to_owned(), |micros| format!("{micros:.0} µs"))
            };
            let client = format!("{} of the client", each(report.usage.cpu_s));
            let server = point.server_cpu_s;
            let server =
                server.map(|cpu| format!(" and {} of the server", each(Some(cpu))));
            let sides = client + &server.unwrap_or_default();
            format!(
                "{from} ({}), for want of CPU: each takes {sides}, on {}{}",
                units::difference(overhead_s),
                units::count(report.usage.cores, "CPU"),
                what_each_has(contestant),
            )
        }
        Cause::Unknown => format!(
            "{from} ({}), and not for want of its own CPU",
            units::difference(overhead_s)
        ),
    }
}

/// What a request under way consists of, beside its wait.
fn what_each_has(contestant: &Contestant) -> &'static str {
    let shared = contestant.transport.is_some_and(client_core::Transport::is_http2);
    match (contestant.shape.slots_are_threads(), shared) {
        (true, _) => "",
        (false, true) => ", for a task and its part of a connection",
        (false, false) => ", for a task and a connection of its own",
    }
}
