//! Who waits until when: a queue, and no timer and no task for each.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

use tokio::time::Instant;

/// Those who wait, by when they are due.
///
/// With equal delays, who comes later is due later, and a queue is in order by itself: it
/// takes a million at no more than their own size. Who is due earlier than the last in the
/// queue is sorted in elsewhere.
#[derive(Debug)]
pub(crate) struct Waiting<T> {
    // `None` for one that has left.
    in_order: VecDeque<(Instant, Option<T>)>,
    others: BTreeMap<Turn, T>,
    arrivals: u64,
    // Where the next roll call begins, in each of the two.
    called: usize,
    called_other: Option<Turn>,
}

/// When one is due. Of those due at once, who came first is first.
type Turn = (Instant, u64);

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self {
            in_order: VecDeque::new(),
            others: BTreeMap::new(),
            arrivals: 0,
            called: 0,
            called_other: None,
        }
    }
}

impl<T> Waiting<T> {
    pub(crate) fn push(&mut self, due: Instant, one: T) {
        self.arrivals += 1;
        if self.in_order.back().is_none_or(|&(last, _)| last <= due) {
            self.in_order.push_back((due, Some(one)));
        } else {
            self.others.insert((due, self.arrivals), one);
        }
    }

    /// When the next one is due; also one that has left may be.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let first = self.in_order.front().map(|&(due, _)| due);
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
            let (_, first) = self.in_order.pop_front()?;
            self.called = self.called.saturating_sub(1);
            if self.in_order.len() < self.in_order.capacity() / 4 {
                // A million who were here once are no reason to keep room for them.
                self.in_order.shrink_to(self.in_order.len() * 2);
            }
            if first.is_some() {
                return first;
            }
        }
    }

    /// Looks at up to `most` of them, others each time until all had their turn, and drops
    /// those of which `is_here` says no.
    pub(crate) fn call_roll(
        &mut self,
        most: usize,
        mut is_here: impl FnMut(&mut T) -> bool,
    ) {
        if self.called >= self.in_order.len() {
            self.called = 0;
        }
        for (_, one) in self.in_order.iter_mut().skip(self.called).take(most) {
            if one.as_mut().is_some_and(|one| !is_here(one)) {
                *one = None;
            }
        }
        self.called += most;

        let from = self.called_other.map_or(Bound::Unbounded, Bound::Excluded);
        let mut gone = Vec::new();
        let mut last = None;
        for (turn, one) in self.others.range_mut((from, Bound::Unbounded)).take(most)
        {
            last = Some(*turn);
            if !is_here(one) {
                gone.push(*turn);
            }
        }
        self.called_other = last;
        for turn in gone {
            self.others.remove(&turn);
        }
    }

    /// How many are in it, with those that have left.
    pub(crate) fn len(&self) -> usize {
        self.in_order.len() + self.others.len()
    }

    /// Whether nobody is in it, not even one that has left.
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
        /// they are due; who has left does not.
        #[test]
        fn all_come_out_when_they_are_due(
            delays in prop::collection::vec(0..50_u64, 0..60), leave in 1..5_usize,
            at_a_time in 1..10_usize,
        ) {
            let began = Instant::now();
            let at = |delay| began + Duration::from_millis(delay);
            let mut waiting = Waiting::default();
            for (who, &delay) in delays.iter().enumerate() {
                waiting.push(at(delay), who);
            }
            for _ in 0..2 * delays.len().div_ceil(at_a_time) {
                waiting.call_roll(at_a_time, |who| *who % leave != 0);
            }
            let mut expected: Vec<_> =
                (0..delays.len()).filter(|who| who % leave != 0).collect();
            expected.sort_by_key(|&who| delays[who]);

            let mut out = Vec::new();
            for now in 0..50 {
                while let Some(who) = waiting.pop_due(at(now)) {
                    prop_assert_eq!(delays[who], now);
                    out.push(who);
                }
            }
            prop_assert!(waiting.is_empty());
            let mut sorted = out.clone();
            sorted.sort_by_key(|&who| (delays[who], who));
            expected.sort_by_key(|&who| (delays[who], who));
            prop_assert_eq!(sorted, expected);
        }
    }
}
