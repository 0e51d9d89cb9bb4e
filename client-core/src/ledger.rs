//! Which requests were begun and what became of them, at any moment of the run.
//!
//! A run can end in the middle: by Ctrl-C, or by a client that fails. The ledger has
//! what is known until then, so that every planned request is accounted for. It keeps an
//! entry for each; or, where there are so many that the entries would cost more than the
//! waiting, only their numbers.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::failure::Kind;
use crate::latency::{Latencies, Latency};
use crate::outcome::{Ending, Outcome};
use crate::tally::Tally;

#[derive(Debug)]
pub(crate) enum Ledger {
    /// An entry for each request, by its number.
    Kept(Mutex<Vec<Entry>>),
    /// How many there are of each sort.
    Counted { begun: AtomicUsize, retried: AtomicUsize, ended: Mutex<Ended> },
}

#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Planned,
    UnderWay { lane: usize, start: Duration, retried: bool },
    Ended(Outcome),
}

#[derive(Debug, Default)]
pub(crate) struct Ended {
    tally: Tally,
    latencies: Latencies,
}

/// The whole of a run: each planned request is in it once.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) tally: Tally,
    /// Of those that got the page; `None` if there are none.
    pub(crate) latency: Option<Latency>,
    /// In order; `None` where they were only counted.
    pub(crate) outcomes: Option<Vec<Outcome>>,
}

impl Ledger {
    /// With an entry for each request.
    pub(crate) fn keeping(requests: NonZeroUsize) -> Self {
        Self::Kept(Mutex::new(vec![Entry::Planned; requests.get()]))
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
                if let Some(entry) = locked(entries).get_mut(index) {
                    *entry = Entry::UnderWay { lane, start, retried: false };
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
                let mut entries = locked(entries);
                if let Some(Entry::UnderWay { retried, .. }) = entries.get_mut(index)
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
                if let Some(entry) = locked(entries).get_mut(outcome.index) {
                    *entry = Entry::Ended(outcome);
                }
            }
            Self::Counted { ended, .. } => {
                let mut ended = locked(ended);
                ended.tally.add(&outcome.ending, 1);
                if let Some(latency) = outcome.latency() {
                    ended.latencies.add(latency);
                }
            }
        }
    }

    /// Closes the account `now`: what was begun and did not end was `cut`, and what was not
    /// even begun was not sent.
    pub(crate) fn settle(
        &self,
        requests: NonZeroUsize,
        now: Duration,
        cut: Kind,
    ) -> Account {
        match self {
            Self::Kept(entries) => {
                let entries = std::mem::take(&mut *locked(entries));
                let settled = (0..).zip(entries).map(|(index, entry)| {
                    let (lane, start, retried, ending) = match entry {
                        Entry::Ended(outcome) => return outcome,
                        Entry::UnderWay { lane, start, retried } => {
                            (lane, start, retried, Ending::Failed(cut))
                        }
                        Entry::Planned => (0, now, false, Ending::NotSent),
                    };
                    let (end, timing) = (now, None);
                    Outcome { index, lane, start, end, ending, timing, retried }
                });
                Account::of(settled.collect())
            }
            Self::Counted { begun, retried, ended } => {
                let ended = locked(ended);
                let mut tally = ended.tally.clone();
                tally.retried = retried.load(Ordering::Relaxed);
                let begun = begun.load(Ordering::Relaxed);
                // One that was refused before it began has ended, and never began.
                let under_way = begun + tally.not_sent - tally.all();
                tally.add(&Ending::Failed(cut), under_way);
                let missing = requests.get().saturating_sub(tally.all());
                tally.add(&Ending::NotSent, missing);
                let latency = ended.latencies.spread();
                Account { tally, latency, outcomes: None }
            }
        }
    }
}

impl Account {
    /// The account of requests that were kept one by one.
    pub(crate) fn of(outcomes: Vec<Outcome>) -> Self {
        let mut tally = Tally::default();
        for outcome in &outcomes {
            tally.add(&outcome.ending, 1);
            tally.retried += usize::from(outcome.retried);
        }
        let latency = Latency::of(outcomes.iter().filter_map(Outcome::latency));
        Self { tally, latency, outcomes: Some(outcomes) }
    }
}

/// An entry is whole or not there: a panic elsewhere leaves nothing half done.
fn locked<T>(entries: &Mutex<T>) -> MutexGuard<'_, T> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn outcome(index: usize) -> Outcome {
        let (start, end) = (Duration::ZERO, Duration::from_secs(3));
        let ending = Ending::Answered;
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
            let settle = |ledger: Ledger| {
                for &index in &begun {
                    ledger.begin(index, 0, Duration::ZERO);
                }
                for &index in &retried {
                    ledger.retry(index);
                }
                for &index in &ended {
                    let retried = retried.contains(&index);
                    ledger.end(Outcome { retried, ..outcome(index) });
                }
                ledger.settle(planned, Duration::from_secs(9), Kind::Lost)
            };
            let kept = settle(Ledger::keeping(planned));
            let counted = settle(Ledger::counting());

            prop_assert_eq!(&kept.tally, &counted.tally);
            prop_assert_eq!(kept.tally.all(), requests);
            prop_assert_eq!(kept.tally.retried, retried.len());
            prop_assert!(counted.outcomes.is_none());
            let outcomes = kept.outcomes.unwrap();
            let indices: Vec<_> = outcomes.iter().map(|outcome| outcome.index).collect();
            prop_assert_eq!(indices, (0..requests).collect::<Vec<_>>());
            for (index, outcome) in outcomes.iter().enumerate() {
                let expected = if ended.contains(&index) {
                    Ending::Answered
                } else if begun.contains(&index) {
                    Ending::Failed(Kind::Lost)
                } else {
                    Ending::NotSent
                };
                prop_assert_eq!(&outcome.ending, &expected);
            }
        }
    }

    #[test]
    fn a_request_that_was_refused_before_it_began_is_not_taken_for_one_under_way() {
        let ledger = Ledger::counting();
        ledger.begin(0, 0, Duration::ZERO);
        ledger.end(Outcome { ending: Ending::NotSent, ..outcome(1) });
        let three = NonZeroUsize::new(3).unwrap();
        let account = ledger.settle(three, Duration::ZERO, Kind::Interrupted);
        assert_eq!((account.tally.failed, account.tally.not_sent), (1, 2));
    }
}
