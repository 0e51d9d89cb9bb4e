//! The tutorial's conditions: its three seconds, and the times that it printed.

use client_core::Report;

/// The delay of the tutorial's server, in seconds.
const DELAY_S: f64 = 3.0;

/// What a run with this delay would take at the tutorial's delay, in seconds, by one
/// rule: the ideal scales, the overhead does not. `None` where there is no ideal.
pub(crate) fn restated(report: &Report, delay_s: f64) -> Option<f64> {
    if delay_s <= 0.0 || !report.is_whole() {
        return None;
    }
    Some(report.ideal_s? * DELAY_S / delay_s + report.overhead_s()?)
}

/// What the tutorial printed for its program of this kind, in seconds. Its pool had 8
/// processes, which took 4 requests at a time.
pub(crate) fn printed(client: &str, requests: usize) -> Option<f64> {
    match (client, requests) {
        ("sync", 100) => Some(305.17),
        ("threads", 100) => Some(48.17),
        ("async", 100) => Some(3.11),
        ("hybrid", 100) => Some(3.12),
        ("async", 5) => Some(3.02),
        _ => None,
    }
}
