//! Which requests were begun and what became of them, at any moment of the run.
//!
//! A run can end in the middle: by Ctrl-C, or by a client that fails. The ledger has
//! what is known until then, so that every planned request is accounted for.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::failure::Kind;
use crate::outcome::{Ending, Outcome};

#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    // The lane and the start of each request that is under way.
    begun: HashMap<usize, (usize, Duration)>,
    ended: Vec<Outcome>,
}

impl Ledger {
    pub(crate) fn begin(&self, index: usize, lane: usize, start: Duration) {
        self.entries().begun.insert(index, (lane, start));
    }

    pub(crate) fn end(&self, outcome: Outcome) {
        let mut entries = self.entries();
        entries.begun.remove(&outcome.index);
        entries.ended.push(outcome);
    }

    /// An outcome for each of the `requests`, in order: what the client `returned`,
    /// else what is written here, else `cut` for one that was begun, else not sent.
    pub(crate) fn settle(
        &self,
        requests: NonZeroUsize,
        returned: Vec<Outcome>,
        now: Duration,
        cut: Kind,
    ) -> Vec<Outcome> {
        let mut settled: Vec<Option<Outcome>> = vec![None; requests.get()];
        let mut entries = self.entries();
        let ended = std::mem::take(&mut entries.ended);
        for outcome in returned.into_iter().chain(ended) {
            if let Some(place @ None) = settled.get_mut(outcome.index) {
                *place = Some(outcome);
            }
        }
        let begun = std::mem::take(&mut entries.begun);
        let missing = |index| {
            let (lane, start, ending) = match begun.get(&index) {
                Some(&(lane, start)) => (lane, start, Ending::Failed(cut)),
                None => (0, now, Ending::NotSent),
            };
            Outcome { index, lane, start, end: now, ending, timing: None }
        };
        let settled = settled.into_iter().enumerate();
        settled
            .map(|(index, known)| known.unwrap_or_else(|| missing(index)))
            .collect()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // An entry is whole or not there: a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcome(index: usize) -> Outcome {
        let (start, end) = (Duration::ZERO, Duration::from_secs(3));
        let ending = Ending::Answered;
        Outcome { index, lane: 0, start, end, ending, timing: None }
    }

    proptest! {
        /// Whatever a client begins, ends, returns twice or loses: each planned request
        /// has exactly one outcome.
        #[test]
        fn every_request_is_settled_once(
            requests in 1..50_usize,
            begun in prop::collection::vec(0..60_usize, 0..80),
            ended in prop::collection::vec(0..60_usize, 0..80),
            returned in prop::collection::vec(0..60_usize, 0..80),
        ) {
            let ledger = Ledger::default();
            for &index in &begun {
                ledger.begin(index, 0, Duration::ZERO);
            }
            for &index in &ended {
                ledger.end(outcome(index));
            }
            let known: Vec<_> = returned.iter().copied().map(outcome).collect();
            let now = Duration::from_secs(9);
            let requests = NonZeroUsize::new(requests).unwrap();
            let settled = ledger.settle(requests, known, now, Kind::Lost);

            let indices: Vec<_> = settled.iter().map(|outcome| outcome.index).collect();
            prop_assert_eq!(indices, (0..requests.get()).collect::<Vec<_>>());
            for (index, outcome) in settled.iter().enumerate() {
                let expected = if returned.contains(&index) || ended.contains(&index) {
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
}
