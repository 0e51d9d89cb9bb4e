//! The tutorial's conditions: its three seconds, and the times that it printed.

use client_core::Report;

/// The delay of the tutorial's server, in seconds.
const DELAY_S: f64 = 3.0;

/// What a run with this delay would take at the tutorial's delay, in seconds, by one
/// rule: the ideal scales, the overhead does not. `None` where there is no ideal, or where it
/// has work in it, which does not scale with the delay.
pub(crate) fn scaled(report: &Report, delay_s: f64) -> Option<f64> {
    if delay_s <= 0.0 || !report.is_whole() || report.cpu_work_ms.is_some() {
        return None;
    }
    Some(report.ideal_s? * DELAY_S / delay_s + report.overhead_s()?)
}

/// What the tutorial printed for its program that waits as this client, with as many requests,
/// and as many in flight, in seconds. Its pool had 8 processes, which took 4 requests at a time:
/// it waited more often.
pub(crate) fn printed(report: &Report) -> Option<f64> {
    match (&*report.client, report.requests, report.concurrency) {
        ("sync", 100, 1) => Some(305.17),
        ("threads", 100, 8) => Some(48.17),
        ("async", 100, 100) => Some(3.11),
        // It had 8 CPUs, whose processes take 16 requests each.
        ("hybrid", 100, 100) => Some(3.12),
        ("async", 5, 5) => Some(3.02),
        _ => None,
    }
}

/// What the tutorial shows with one of its programs; nothing of any other.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Demonstration {
    /// Numbers of requests, and the seconds that it printed for each.
    pub(crate) printed: &'static [(usize, f64)],
    /// How the last line of its output begins, if it is to fail.
    pub(crate) fails_with: Option<&'static str>,
}

impl Demonstration {
    /// What it printed with this many requests.
    pub(crate) fn printed(&self, requests: usize) -> Option<f64> {
        let times = self.printed.iter();
        times.copied().find_map(|(of, time)| (of == requests).then_some(time))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::result::report_with;

    fn report(ok: usize, ideal_s: Option<f64>) -> Report {
        report_with(&json!({
            "requests": 100, "ok": ok, "failed": 100 - ok,
            "elapsed_s": 1.35, "ideal_s": ideal_s, "concurrency": 8,
        }))
    }

    #[test]
    fn the_ideal_scales_and_the_overhead_does_not() {
        let scaled = scaled(&report(100, Some(1.3)), 0.1).unwrap();
        assert!((scaled - 39.05).abs() < 1e-9, "{scaled}");
    }

    #[test]
    fn the_tutorial_has_a_time_for_those_who_wait_as_it_did() {
        let printed = |client: &str, concurrency: usize| {
            let client = client.to_owned();
            printed(&Report { client, concurrency, ..report(100, Some(1.3)) })
        };
        assert_eq!(printed("threads", 8), Some(48.17));
        assert_eq!(printed("threads", 20), None);
        assert_eq!(printed("async", 100), Some(3.11));
        assert_eq!(printed("async", 10), None);
        // Whatever a program of one's own is called.
        assert_eq!(printed("py pool", 8), None);
    }

    #[test]
    fn what_has_no_ideal_or_no_answers_is_not_scaled() {
        assert_eq!(scaled(&report(100, None), 0.1), None);
        assert_eq!(scaled(&report(99, Some(1.3)), 0.1), None);
        assert_eq!(scaled(&report(100, Some(1.3)), 0.0), None);
        let worked = Report { cpu_work_ms: Some(2.0), ..report(100, Some(1.3)) };
        assert_eq!(scaled(&worked, 0.1), None);
    }
}
