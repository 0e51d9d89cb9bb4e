//! The critical path of a run: the requests that had to be sent one after another.

use client_core::outcome::report::{OutcomeRow, Report};
use client_core::settings::layout::WorkerKind;

/// To take permits that are free is no queue to speak of.
const QUEUE_S: f64 = 0.005;

/// A response is slow by itself if it took this much longer than the delay, and several times
/// what the middle one took.
const SLOW_S: f64 = 0.1;
const SLOW_TIMES: f64 = 5.0;

/// The critical path of a run: requests of which each began when the one before it had ended,
/// up to the last one.
#[derive(Debug, PartialEq)]
pub(super) struct CriticalPath<'a> {
    requests: Vec<&'a OutcomeRow>,
    /// Until the first request of all was begun.
    pub(super) start_s: f64,
    /// After the last one ended.
    pub(super) end_s: f64,
    /// In the server's queue, and waited by it.
    in_server_s: f64,
    /// In its queue alone.
    queued_s: f64,
    /// How many delays that is.
    pub(super) waits: f64,
    /// Whether the delays differ, so that it matters which come after each other.
    varies: bool,
    /// Beyond what the server says, of the middle request of all.
    median_extra_s: f64,
}

impl<'a> CriticalPath<'a> {
    /// `None` if the requests were only counted, or the server does not report its times.
    pub(super) fn of(report: &'a Report) -> Option<Self> {
        let sent: Vec<_> =
            report.outcomes.iter().filter(|row| row.was_sent()).collect();
        let start_us = sent.iter().map(|row| row.start_us).min()?;
        let last = sent.iter().copied().max_by_key(|row| row.end_us)?;
        let waited = || sent.iter().filter_map(|row| row.waited_us);
        let (shortest, longest) = (waited().min()?, waited().max()?);
        let count = waited().filter(|&waited| waited > 0).count();
        let all_us: f64 = waited().map(|waited| waited as f64).sum();
        let mean_s = all_us / 1e6 / count.max(1) as f64;

        let requests = path_to(last, &sent, slots_of(last.lane, report));
        let sum_s = |of: fn(&OutcomeRow) -> Option<u64>| {
            let each_us = requests.iter().filter_map(|row| of(row));
            each_us.map(|us| us as f64).sum::<f64>() / 1e6
        };
        let queued_s = sum_s(|row| row.queued_us);
        let in_server_s = queued_s + sum_s(|row| row.waited_us);
        // A queue is longer for all that made those before it late, and no wait is added.
        let waits_s = in_server_s.min(report.ideal_s?);
        let mut extra: Vec<_> = sent.iter().filter_map(|row| extra_s(row)).collect();
        extra.sort_by(f64::total_cmp);
        Some(Self {
            requests,
            start_s: start_us as f64 / 1e6,
            end_s: report.elapsed_s - last.end_us as f64 / 1e6,
            in_server_s,
            queued_s,
            waits: if mean_s > 0.0 { (waits_s / mean_s).round() } else { 0.0 },
            varies: longest > shortest,
            median_extra_s: extra.get(extra.len() / 2).copied().unwrap_or(0.0),
        })
    }

    /// What the server's waits on this path are beyond the ideal's. A queue is longer for
    /// other reasons too.
    pub(super) fn order_s(&self, ideal_s: f64) -> f64 {
        let is_known = self.varies && self.queued_s < QUEUE_S;
        if is_known { self.in_server_s - ideal_s } else { 0.0 }
    }

    /// A request of the path that makes at least half of the overhead, and the seconds that it
    /// took beyond its delay.
    pub(super) fn slow_request(
        &self,
        overhead_s: f64,
    ) -> Option<(&OutcomeRow, f64)> {
        let extras =
            self.requests.iter().filter_map(|row| Some((extra_s(row)?, row)));
        let (slow_s, row) = extras.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        let is_slow = slow_s > SLOW_S
            && slow_s > overhead_s / 2.0
            && slow_s > SLOW_TIMES * self.median_extra_s;
        is_slow.then_some((*row, slow_s))
    }
}

/// Seconds of a request for which the server does not account.
pub(crate) fn extra_s(row: &OutcomeRow) -> Option<f64> {
    let took = row.end_us.saturating_sub(row.start_us);
    let in_server = row.queued_us?.saturating_add(row.waited_us?);
    Some(took.saturating_sub(in_server) as f64 / 1e6)
}

/// The requests that this lane has in flight.
fn slots_of(lane: usize, report: &Report) -> usize {
    match report.layout.worker_kind() {
        WorkerKind::Thread => 1,
        WorkerKind::Runtime => {
            let partition = report.layout.partitions().get(lane);
            partition.map_or(1, |partition| partition.slots.get())
        }
    }
}

/// Backwards from the `last` request: a lane begins a request when one has ended, unless it
/// still had a slot that was never used.
fn path_to<'a>(
    last: &'a OutcomeRow,
    sent: &[&'a OutcomeRow],
    slots: usize,
) -> Vec<&'a OutcomeRow> {
    let mut lane: Vec<_> =
        sent.iter().copied().filter(|row| row.lane == last.lane).collect();
    lane.sort_by_key(|row| row.end_us);
    let mut starts: Vec<_> = lane.iter().map(|row| row.start_us).collect();
    starts.sort_unstable();

    let mut path = vec![last];
    let mut start_us = last.start_us;
    while starts.partition_point(|&start| start < start_us) >= slots {
        let ended = lane.partition_point(|row| row.end_us <= start_us);
        let Some(before) = ended.checked_sub(1).map(|index| lane[index]) else {
            break;
        };
        // One that took no time at all would be found again.
        if before.start_us >= start_us {
            break;
        }
        path.push(before);
        start_us = before.start_us;
    }
    path
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use client_core::Layout;
    use serde_json::json;

    use super::*;
    use crate::result::{report_with, row};

    #[test]
    fn a_request_with_a_slot_of_its_own_comes_after_no_other() {
        let n = NonZeroUsize::new(3).unwrap();
        let rows = [row(0, 0, 105), row(1, 150, 255), row(2, 300, 405)];
        let all = |slots| {
            let layout = Layout::queue(n, NonZeroUsize::new(slots));
            report_with(&json!({
                "elapsed_s": 0.405, "outcomes": rows, "shape": layout, "requests": 3,
            }))
        };
        let waits =
            |report: &Report| CriticalPath::of(report).unwrap().waits.to_string();
        assert_eq!(
            [waits(&all(3)), waits(&all(2)), waits(&all(1))],
            ["1", "2", "3"]
        );
    }

    /// What made those before it late makes a queue longer: no wait more, and no other order.
    #[test]
    fn a_long_queue_is_no_wait_of_its_own() {
        let mut last = row(9, 0, 1_300);
        last["queued_us"] = json!(1_200_000);
        let mut first = row(0, 0, 101);
        first["waited_us"] = json!(99_000);
        let report =
            report_with(&json!({ "elapsed_s": 1.3, "outcomes": [first, last] }));
        let path = CriticalPath::of(&report).unwrap();
        assert!((path.waits - 10.0).abs() < 0.1, "{path:?}");
        assert!(path.order_s(1.0) <= 0.0, "{path:?}");
    }
}
