//! The requests by client and run, which the live page draws. Requests without a run are
//! distinguished by the address of their client.
//!
//! Bounded: the newest runs, and each request of those that have few; of the others only the
//! concurrency over time.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::request_meta::RequestMeta;
use crate::stats::counts::EventKind;
use crate::stats::run::{Name, Run, RunView, millis};

/// The most runs that are kept; then the one that has been over for longest makes room.
const MOST_RUNS: usize = 63;

/// The most requests that a snapshot lists one by one, for the newest runs.
const MOST_RECORDS_SHOWN: usize = 400;

/// The runs of a server, newest last unless an old one made room.
#[derive(Debug)]
pub(super) struct RunRegistry {
    began: Instant,
    last_ms: u64,
    // Only ever replaced in place, so that a slot stays valid: see `RunSlot`.
    runs: Vec<Run>,
    next_id: u64,
}

/// Where a request is recorded. Two bytes, since there may be ten million of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunSlot {
    // A run is replaced only when none of its requests waits, so this is still the same run.
    run: u8,
    // Unused where there are too many to keep each one.
    record: u8,
}

/// All runs at one moment, for the live page.
#[derive(Debug, Serialize)]
pub(crate) struct Snapshot {
    /// Milliseconds since the server began.
    now_ms: u64,
    runs: Vec<RunView>,
}

impl Default for RunRegistry {
    fn default() -> Self {
        Self { began: Instant::now(), last_ms: 0, runs: Vec::new(), next_id: 0 }
    }
}

impl RunRegistry {
    /// A request arrived now, and will sleep for `delay` once it has a permit.
    pub(super) fn arrive(
        &mut self,
        request: u64,
        delay: Duration,
        meta: RequestMeta,
    ) -> RunSlot {
        let (now, ideal) = (self.now_ms(), meta.ideal);
        let slot = self.slot(meta, now);
        let record = self.runs[slot].arrive(request, delay, ideal, now);
        let byte = |number| u8::try_from(number).unwrap_or(u8::MAX);
        RunSlot { run: byte(slot), record: byte(record) }
    }

    /// It got a permit.
    pub(super) fn start(&mut self, slot: RunSlot) {
        let now = self.now_ms();
        if let Some(run) = self.runs.get_mut(usize::from(slot.run)) {
            run.start(usize::from(slot.record), now);
        }
    }

    /// It is over, in the way that `kind` says; `is_queued` if it never got a permit.
    pub(super) fn end(&mut self, slot: RunSlot, is_queued: bool, kind: EventKind) {
        let now = self.now_ms();
        if let Some(run) = self.runs.get_mut(usize::from(slot.run)) {
            run.end(usize::from(slot.record), is_queued, kind, now);
        }
    }

    /// What there is to draw, oldest run first.
    pub(super) fn snapshot(&mut self) -> Snapshot {
        let now_ms = self.now_ms();
        let mut newest_first: Vec<&Run> = self.runs.iter().collect();
        newest_first.sort_by_key(|run| std::cmp::Reverse(run.id));
        let mut room = MOST_RECORDS_SHOWN;
        let mut runs: Vec<RunView> = newest_first
            .into_iter()
            .map(|run| run.to_view(&self.runs, &mut room))
            .collect();
        runs.reverse();
        Snapshot { now_ms, runs }
    }

    /// Monotonic, so that all records are in order.
    pub(super) fn now_ms(&mut self) -> u64 {
        self.last_ms = self.last_ms.max(millis(self.began.elapsed()));
        self.last_ms
    }

    /// Where the run of this name is, or a new one.
    fn slot(&mut self, meta: RequestMeta, now: u64) -> usize {
        let name = Name::of(meta);
        let is_this = |run: &Run| run.is_of(&name) && !run.is_over(now);
        if let Some(slot) = self.runs.iter().rposition(is_this) {
            return slot;
        }
        self.next_id += 1;
        let new = |name| Run::new(self.next_id, name, now);
        let named = self.runs.iter().filter(|run| run.is_named()).count();
        if named < MOST_RUNS {
            self.runs.push(new(Some(name)));
            return self.runs.len() - 1;
        }
        let runs = || self.runs.iter().enumerate();
        let oldest = runs()
            .filter(|(_, run)| run.is_named() && run.waiting() == 0)
            .min_by_key(|(_, run)| run.last_ms);
        if let Some((slot, _)) = oldest {
            self.runs[slot] = new(Some(name));
            return slot;
        }
        if let Some((slot, others)) = runs().find(|(_, run)| !run.is_named()) {
            if others.is_over(now) {
                self.runs[slot] = new(None);
            }
            return slot;
        }
        self.runs.push(new(None));
        self.runs.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::request_meta::SanitizedName;
    use crate::stats::run::MOST_RECORDS;
    use crate::stats::series::MOST_POINTS;

    /// Of one of two runs.
    fn meta(run: usize) -> RequestMeta {
        let run = SanitizedName::new([&b"0"[..], b"1"][run]);
        RequestMeta { run, ..RequestMeta::default() }
    }

    /// The peak in flight, rebuilt from the records.
    fn peak(run: &Value, now: u64) -> usize {
        let since = |ms: &Value| ms.as_u64().unwrap();
        let requests = run["requests"].as_array().unwrap();
        let now = now - since(&run["began_ms"]);
        let begun: Vec<_> =
            requests.iter().filter(|one| !one[2].is_null()).collect();
        let end = |one: &Value| if one[4] == 1 { now + 1 } else { since(&one[3]) };
        let at_once = |ms| {
            begun.iter().filter(|one| since(&one[2]) <= ms && ms < end(one)).count()
        };
        begun.iter().map(|one| at_once(since(&one[2]))).max().unwrap_or(0)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever arrives, starts and ends when: a snapshot of few requests has each moment,
        /// and one of many has a series as high as their peak, of bounded length.
        #[test]
        fn a_snapshot_is_what_happened(
            steps in prop::collection::vec(
                (0..5_u8, 0..2_usize, any::<prop::sample::Index>(), 1..300_u64), 0..500,
            ),
        ) {
            let clock = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            clock.block_on(async {
                let mut registry = RunRegistry::default();
                let mut active: Vec<(RunSlot, bool)> = Vec::new();
                for (step, run, which, gap) in steps {
                    tokio::time::advance(Duration::from_millis(gap)).await;
                    if step < 2 || active.is_empty() {
                        let slot = registry.arrive(0, Duration::from_secs(1), meta(run));
                        active.push((slot, true));
                        continue;
                    }
                    let which = which.index(active.len());
                    let (slot, is_queued) = active[which];
                    if is_queued && step < 4 {
                        registry.start(slot);
                        active[which].1 = false;
                    } else {
                        registry.end(slot, is_queued, EventKind::Answered);
                        active.swap_remove(which);
                    }
                }
                let snapshot = serde_json::to_value(registry.snapshot()).unwrap();
                let now = snapshot["now_ms"].as_u64().unwrap();
                let mut waiting = 0;
                for run in snapshot["runs"].as_array().unwrap() {
                    let count = |name: &str| usize::try_from(run[name].as_u64().unwrap()).unwrap();
                    let all = count("in_flight") + count("queued") + count("answered");
                    prop_assert_eq!(count("received"), all);
                    waiting += count("in_flight") + count("queued");
                    if run["requests"].is_array() {
                        prop_assert_eq!(peak(run, now), count("peak_in_flight"));
                        continue;
                    }
                    prop_assert!(count("received") > MOST_RECORDS);
                    let curve = run["curve"]["in_flight"].as_array().unwrap();
                    prop_assert!(curve.len() <= MOST_POINTS);
                    let highest = curve.iter().map(|point| point.as_u64().unwrap()).max();
                    prop_assert_eq!(highest, run["peak_in_flight"].as_u64());
                }
                prop_assert_eq!(waiting, active.len());
                Ok(())
            })?;
        }
    }
}
