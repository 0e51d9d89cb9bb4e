//! The log of outcomes: which requests were begun, and how each ended, at any moment of the run.
//!
//! A run can end in the middle: by Ctrl-C, or by a client that fails. The log has what is known
//! until then, so that every planned request is accounted for. It has an entry for each request,
//! or only totals if there are too many.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use crate::outcome::counts::OutcomeCounts;
use crate::outcome::failure::FailureKind;
use crate::outcome::latency::{Latencies, Latency};
use crate::outcome::{Outcome, OutcomeKind};
use crate::settings::limits::MAX_KEPT;
use crate::settings::workload::Workload;

/// What is known of the requests of a run.
#[derive(Debug)]
pub(crate) struct OutcomeLog {
    // None where it is not known beforehand how many requests there will be.
    planned: usize,
    // An entry for each request, by its number, of the first `most_kept`.
    kept: Option<Mutex<Vec<RequestState>>>,
    most_kept: usize,
    // How many there are of each sort.
    counted: Option<CountedRequests>,
}

#[derive(Debug, Default)]
pub(crate) struct CountedRequests {
    begun: AtomicUsize,
    retried: AtomicUsize,
    ended: Mutex<CountedOutcomes>,
}

#[derive(Debug, Clone)]
pub(crate) enum RequestState {
    Planned,
    InFlight { lane: usize, start: Duration, retried: bool },
    Ended(Outcome),
}

#[derive(Debug, Default)]
pub(crate) struct CountedOutcomes {
    counts: OutcomeCounts,
    latencies: Latencies,
}

/// The whole of a run: each planned request is in it once.
#[derive(Debug)]
pub(crate) struct RunSummary {
    pub(crate) counts: OutcomeCounts,
    /// Of those that got the page; `None` if there are none.
    pub(crate) latency: Option<Latency>,
    /// In order; `None` where they were only counted.
    pub(crate) outcomes: Option<Vec<Outcome>>,
}

impl OutcomeLog {
    /// With an entry for each request, or else with numbers alone. Of a duration, numbers are
    /// kept beside the entries, and take their place when there are too many of those.
    pub(crate) fn new(workload: Workload, keep_all: bool) -> Self {
        let planned = match workload {
            Workload::Requests(requests) => requests.get(),
            Workload::Duration(_) => 0,
        };
        let is_open = workload.duration().is_some();
        let entries = || vec![RequestState::Planned; planned];
        Self {
            planned,
            kept: (keep_all || is_open).then(|| Mutex::new(entries())),
            most_kept: if keep_all { usize::MAX } else { MAX_KEPT },
            counted: (!keep_all).then(CountedRequests::default),
        }
    }

    pub(crate) fn begin(&self, index: usize, lane: usize, start: Duration) {
        if let Some(kept) = self.kept.as_ref().filter(|_| index < self.most_kept) {
            let mut entries = kept.lock();
            if entries.len() <= index {
                entries.resize(index + 1, RequestState::Planned);
            }
            entries[index] = RequestState::InFlight { lane, start, retried: false };
        }
        if let Some(counted) = &self.counted {
            counted.begun.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// One that was begun is sent a second time.
    pub(crate) fn retry(&self, index: usize) {
        if let Some(kept) = &self.kept
            && let Some(RequestState::InFlight { retried, .. }) =
                kept.lock().get_mut(index)
        {
            *retried = true;
        }
        if let Some(counted) = &self.counted {
            counted.retried.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn end(&self, outcome: Outcome) {
        if let Some(counted) = &self.counted {
            let mut ended = counted.ended.lock();
            ended.counts.add(&outcome.ending, 1);
            if let Some(latency) = outcome.latency() {
                ended.latencies.add(latency);
            }
        }
        if let Some(kept) = &self.kept
            && let Some(entry) = kept.lock().get_mut(outcome.index)
        {
            *entry = RequestState::Ended(outcome);
        }
    }

    /// Sums up `now`: what was begun and did not end was `cut`, and what was planned and
    /// not even begun was not sent.
    pub(crate) fn finish(&self, now: Duration, cut: FailureKind) -> RunSummary {
        if let Some(counted) = &self.counted
            && (self.kept.is_none() || counted.begun() > self.most_kept)
        {
            return counted.finish(self.planned, cut);
        }
        let entries =
            self.kept.as_ref().map(|kept| std::mem::take(&mut *kept.lock()));
        let settled =
            (0..).zip(entries.unwrap_or_default()).map(|(index, entry)| {
                let (lane, start, retried, ending) = match entry {
                    RequestState::Ended(outcome) => return outcome,
                    RequestState::InFlight { lane, start, retried } => {
                        (lane, start, retried, OutcomeKind::Failed(cut))
                    }
                    RequestState::Planned => (0, now, false, OutcomeKind::NotSent),
                };
                let (end, timing) = (now, None);
                Outcome { index, lane, start, end, ending, timing, retried }
            });
        RunSummary::of(settled.collect())
    }
}

impl CountedRequests {
    fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }

    fn finish(&self, planned: usize, cut: FailureKind) -> RunSummary {
        let ended = self.ended.lock();
        let mut counts = ended.counts.clone();
        counts.retried = self.retried.load(Ordering::Relaxed);
        // One that was refused before it began has ended, and never began.
        let in_flight = self.begun() + counts.not_sent - counts.all();
        counts.add(&OutcomeKind::Failed(cut), in_flight);
        let missing = planned.saturating_sub(counts.all());
        counts.add(&OutcomeKind::NotSent, missing);
        let latency = ended.latencies.spread();
        RunSummary { counts, latency, outcomes: None }
    }
}

impl RunSummary {
    /// The summary of requests that were kept one by one.
    pub(crate) fn of(outcomes: Vec<Outcome>) -> Self {
        let mut counts = OutcomeCounts::default();
        for outcome in &outcomes {
            counts.add(&outcome.ending, 1);
            counts.retried += usize::from(outcome.retried);
        }
        let latency = Latency::of(outcomes.iter().filter_map(Outcome::latency));
        Self { counts, latency, outcomes: Some(outcomes) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::num::NonZeroUsize;

    use proptest::prelude::*;

    use super::*;

    fn outcome(index: usize) -> Outcome {
        let (start, end) = (Duration::ZERO, Duration::from_secs(3));
        let ending = OutcomeKind::Answered;
        Outcome { index, lane: 0, start, end, ending, timing: None, retried: false }
    }

    proptest! {
        /// Whatever a client begins, ends or loses: each planned request has exactly one
        /// outcome, and to count them says the same as to keep them.
        #[test]
        fn every_request_is_settled_once(
            requests in 1..50_usize,
            begun in prop::collection::btree_set(0..50_usize, 0..50),
            ended in prop::collection::btree_set(0..50_usize, 0..50),
            retried in prop::collection::btree_set(0..50_usize, 0..50),
        ) {
            let begun: BTreeSet<_> = begun.into_iter().filter(|&i| i < requests).collect();
            let ended: BTreeSet<_> = ended.intersection(&begun).copied().collect();
            let retried: BTreeSet<_> = retried.intersection(&begun).copied().collect();
            let planned = NonZeroUsize::new(requests).unwrap();
            let finish = |log: OutcomeLog| {
                for &index in &begun {
                    log.begin(index, 0, Duration::ZERO);
                }
                for &index in &retried {
                    log.retry(index);
                }
                for &index in &ended {
                    let retried = retried.contains(&index);
                    log.end(Outcome { retried, ..outcome(index) });
                }
                log.finish(Duration::from_secs(9), FailureKind::Lost)
            };
            let kept = finish(OutcomeLog::new(planned.into(), true));
            let counted = finish(OutcomeLog::new(planned.into(), false));

            prop_assert_eq!(&kept.counts, &counted.counts);
            prop_assert_eq!(kept.counts.all(), requests);
            prop_assert_eq!(kept.counts.retried, retried.len());
            prop_assert!(counted.outcomes.is_none());
            let outcomes = kept.outcomes.unwrap();
            let indices: Vec<_> = outcomes.iter().map(|outcome| outcome.index).collect();
            prop_assert_eq!(indices, (0..requests).collect::<Vec<_>>());
            for (index, outcome) in outcomes.iter().enumerate() {
                let expected = if ended.contains(&index) {
                    OutcomeKind::Answered
                } else if begun.contains(&index) {
                    OutcomeKind::Failed(FailureKind::Lost)
                } else {
                    OutcomeKind::NotSent
                };
                prop_assert_eq!(&outcome.ending, &expected);
            }
        }
    }

    #[test]
    fn a_request_that_was_refused_before_it_began_is_not_taken_for_one_under_way() {
        let three = NonZeroUsize::new(3).unwrap();
        let log = OutcomeLog::new(three.into(), false);
        log.begin(0, 0, Duration::ZERO);
        log.end(Outcome { ending: OutcomeKind::NotSent, ..outcome(1) });
        let summary = log.finish(Duration::ZERO, FailureKind::Interrupted);
        assert_eq!((summary.counts.failed, summary.counts.not_sent), (1, 2));
    }

    /// Nothing is kept of those that were never begun, and not more of the others than of a
    /// run of which the number is known.
    #[test]
    fn of_a_duration_each_request_is_kept_until_they_are_too_many() {
        let day = Workload::Duration(Duration::from_hours(24));
        let finish = |keep_all, begun: usize| {
            let log = OutcomeLog::new(day, keep_all);
            for index in 0..begun {
                log.begin(index, 0, Duration::ZERO);
                // The last one is still in flight.
                if index + 1 < begun {
                    log.end(outcome(index));
                }
            }
            let kept = log.kept.as_ref().unwrap().lock().len();
            (kept, log.finish(Duration::ZERO, FailureKind::Interrupted))
        };
        for (keep_all, begun, kept) in [
            (false, 0, 0),
            (false, MAX_KEPT, MAX_KEPT),
            (false, MAX_KEPT + 1, MAX_KEPT),
            (true, MAX_KEPT + 1, MAX_KEPT + 1),
        ] {
            let (were_kept, summary) = finish(keep_all, begun);
            assert_eq!(were_kept, kept);
            assert_eq!(summary.counts.all(), begun);
            assert_eq!(summary.counts.not_sent, 0);
            assert_eq!(summary.counts.failed, begun.min(1));
            let outcomes = summary.outcomes.map(|outcomes| outcomes.len());
            assert_eq!(outcomes, (kept == begun).then_some(begun));
        }
    }
}
