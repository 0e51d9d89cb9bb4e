//! Which requests were begun and what became of them, at any moment of the run.
//!
//! A run can end in the middle: by Ctrl-C, or by a client that fails. The log has
//! what is known until then, so that every planned request is accounted for. It keeps an
//! entry for each; or, where there are so many that the entries would cost more than the
//! waiting, only their numbers.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use crate::outcome::counts::OutcomeCounts;
use crate::outcome::failure::FailureKind;
use crate::outcome::latency::{Latencies, Latency};
use crate::outcome::{Outcome, OutcomeKind};

#[derive(Debug)]
pub(crate) enum OutcomeLog {
    /// An entry for each request, by its number.
    Kept(Mutex<Vec<RequestState>>),
    /// How many there are of each sort.
    Counted {
        begun: AtomicUsize,
        retried: AtomicUsize,
        ended: Mutex<CountedOutcomes>,
    },
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
    /// With an entry for each request.
    pub(crate) fn keeping(requests: NonZeroUsize) -> Self {
        Self::Kept(Mutex::new(vec![RequestState::Planned; requests.get()]))
    }

    /// With numbers alone.
    pub(crate) fn counting() -> Self {
        Self::Counted {
            begun: AtomicUsize::new(0),
            retried: AtomicUsize::new(0),
            ended: Mutex::default(),
        }
    }

    pub(crate) fn begin(&self, index: usize, lane: usize, start: Duration) {
        match self {
            Self::Kept(entries) => {
                if let Some(entry) = entries.lock().get_mut(index) {
                    *entry = RequestState::InFlight { lane, start, retried: false };
                }
            }
            Self::Counted { begun, .. } => {
                begun.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// One that was begun is sent a second time.
    pub(crate) fn retry(&self, index: usize) {
        match self {
            Self::Kept(entries) => {
                let mut entries = entries.lock();
                if let Some(RequestState::InFlight { retried, .. }) =
                    entries.get_mut(index)
                {
                    *retried = true;
                }
            }
            Self::Counted { retried, .. } => {
                retried.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn end(&self, outcome: Outcome) {
        match self {
            Self::Kept(entries) => {
                if let Some(entry) = entries.lock().get_mut(outcome.index) {
                    *entry = RequestState::Ended(outcome);
                }
            }
            Self::Counted { ended, .. } => {
                let mut ended = ended.lock();
                ended.counts.add(&outcome.ending, 1);
                if let Some(latency) = outcome.latency() {
                    ended.latencies.add(latency);
                }
            }
        }
    }

    /// Sums up `now`: what was begun and did not end was `cut`, and what was not
    /// even begun was not sent.
    pub(crate) fn finish(
        &self,
        requests: NonZeroUsize,
        now: Duration,
        cut: FailureKind,
    ) -> RunSummary {
        match self {
            Self::Kept(entries) => {
                let entries = std::mem::take(&mut *entries.lock());
                let settled = (0..).zip(entries).map(|(index, entry)| {
                    let (lane, start, retried, ending) = match entry {
                        RequestState::Ended(outcome) => return outcome,
                        RequestState::InFlight { lane, start, retried } => {
                            (lane, start, retried, OutcomeKind::Failed(cut))
                        }
                        RequestState::Planned => {
                            (0, now, false, OutcomeKind::NotSent)
                        }
                    };
                    let (end, timing) = (now, None);
                    Outcome { index, lane, start, end, ending, timing, retried }
                });
                RunSummary::of(settled.collect())
            }
            Self::Counted { begun, retried, ended } => {
                let ended = ended.lock();
                let mut counts = ended.counts.clone();
                counts.retried = retried.load(Ordering::Relaxed);
                let begun = begun.load(Ordering::Relaxed);
                // One that was refused before it began has ended, and never began.
                let in_flight = begun + counts.not_sent - counts.all();
                counts.add(&OutcomeKind::Failed(cut), in_flight);
                let missing = requests.get().saturating_sub(counts.all());
                counts.add(&OutcomeKind::NotSent, missing);
                let latency = ended.latencies.spread();
                RunSummary { counts, latency, outcomes: None }
            }
        }
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
                log.finish(planned, Duration::from_secs(9), FailureKind::Lost)
            };
            let kept = finish(OutcomeLog::keeping(planned));
            let counted = finish(OutcomeLog::counting());

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
        let log = OutcomeLog::counting();
        log.begin(0, 0, Duration::ZERO);
        log.end(Outcome { ending: OutcomeKind::NotSent, ..outcome(1) });
        let three = NonZeroUsize::new(3).unwrap();
        let summary = log.finish(three, Duration::ZERO, FailureKind::Interrupted);
        assert_eq!((summary.counts.failed, summary.counts.not_sent), (1, 2));
    }
}
