//! Pending responses by deadline: one queue instead of a timer and a task for each.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

use tokio::time::Instant;

/// With equal delays a FIFO is in order by itself, and takes no more than the size of its
/// items. What is due earlier than the last one in the FIFO is sorted into a map.
#[derive(Debug)]
pub(crate) struct DelayQueue<T> {
    // `None` once cancelled.
    fifo: VecDeque<(Instant, Option<T>)>,
    others: BTreeMap<Key, T>,
    pushed: u64,
    // Where the next sweep begins, in each of the two.
    swept: usize,
    swept_other: Option<Key>,
}

/// When one is due. Of those due at the same time, the first pushed is first.
type Key = (Instant, u64);

impl<T> Default for DelayQueue<T> {
    fn default() -> Self {
        Self {
            fifo: VecDeque::new(),
            others: BTreeMap::new(),
            pushed: 0,
            swept: 0,
            swept_other: None,
        }
    }
}

impl<T> DelayQueue<T> {
    pub(crate) fn push(&mut self, due: Instant, item: T) {
        self.pushed += 1;
        if self.fifo.back().is_none_or(|&(last, _)| last <= due) {
            self.fifo.push_back((due, Some(item)));
        } else {
            self.others.insert((due, self.pushed), item);
        }
    }

    /// When the next one is due, cancelled or not.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let first = self.fifo.front().map(|&(due, _)| due);
        let other = self.others.keys().next().map(|&(due, _)| due);
        first.into_iter().chain(other).min()
    }

    /// The next one that is due `now`.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<T> {
        loop {
            let due = self.next_due().filter(|&due| due <= now)?;
            if let Some(other) = self.others.first_entry()
                && other.key().0 == due
            {
                return Some(other.remove());
            }
            let (_, first) = self.fifo.pop_front()?;
            self.swept = self.swept.saturating_sub(1);
            if self.fifo.len() < self.fifo.capacity() / 4 {
                // The capacity for a million is not kept once they have been sent.
                self.fifo.shrink_to(self.fifo.len() * 2);
            }
            if first.is_some() {
                return first;
            }
        }
    }

    /// Polls the next `most` in each of the two, round robin, and drops the cancelled.
    pub(crate) fn sweep(
        &mut self,
        most: usize,
        mut is_cancelled: impl FnMut(&mut T) -> bool,
    ) {
        if self.swept >= self.fifo.len() {
            self.swept = 0;
        }
        for (_, item) in self.fifo.iter_mut().skip(self.swept).take(most) {
            if item.as_mut().is_some_and(&mut is_cancelled) {
                *item = None;
            }
        }
        self.swept += most;

        let from = self.swept_other.map_or(Bound::Unbounded, Bound::Excluded);
        let mut cancelled = Vec::new();
        let mut last = None;
        for (key, item) in self.others.range_mut((from, Bound::Unbounded)).take(most)
        {
            last = Some(*key);
            if is_cancelled(item) {
                cancelled.push(*key);
            }
        }
        self.swept_other = last;
        for key in cancelled {
            self.others.remove(&key);
        }
    }

    /// How many are in it, with the cancelled ones not dropped yet.
    pub(crate) fn len(&self) -> usize {
        self.fifo.len() + self.others.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Each comes out once, when it is due and not before, and in the order in which
        /// they are due; what was cancelled does not.
        #[test]
        fn all_come_out_when_they_are_due(
            delays in prop::collection::vec(0..50_u64, 0..60), leave in 1..5_usize,
            at_a_time in 1..10_usize,
        ) {
            let began = Instant::now();
            let at = |delay| began + Duration::from_millis(delay);
            let mut queue = DelayQueue::default();
            for (item, &delay) in delays.iter().enumerate() {
                queue.push(at(delay), item);
            }
            for _ in 0..2 * delays.len().div_ceil(at_a_time) {
                queue.sweep(at_a_time, |item| *item % leave == 0);
            }
            let mut expected: Vec<_> =
                (0..delays.len()).filter(|item| item % leave != 0).collect();
            expected.sort_by_key(|&item| delays[item]);

            let mut out = Vec::new();
            for now in 0..50 {
                while let Some(item) = queue.pop_due(at(now)) {
                    prop_assert_eq!(delays[item], now);
                    out.push(item);
                }
            }
            prop_assert!(queue.is_empty());
            let mut sorted = out.clone();
            sorted.sort_by_key(|&item| (delays[item], item));
            expected.sort_by_key(|&item| (delays[item], item));
            prop_assert_eq!(sorted, expected);
        }
    }
}
