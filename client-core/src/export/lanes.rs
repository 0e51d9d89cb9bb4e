//! The rows of a picture of a run: each is a thread, or one of the requests that a
//! runtime has in flight. No two requests of a row overlap.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::outcome::report::OutcomeRow;

/// Requests that were in flight one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The thread or the runtime, as in [`OutcomeRow::lane`].
    pub lane: usize,
    /// Which of the rows of that lane, from 0; a thread has one.
    pub slot: usize,
    /// The positions of its requests among the outcomes, in the order of their starts.
    pub requests: Vec<usize>,
}

/// The rows of these outcomes, lane by lane. What was never sent is in none of them.
///
/// A lane gets as many rows as it had requests in flight, and a request the first
/// row that is free when it starts.
#[must_use]
pub fn rows(outcomes: &[OutcomeRow]) -> Vec<Row> {
    let mut lanes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, outcome) in outcomes.iter().enumerate() {
        if outcome.was_sent() {
            lanes.entry(outcome.lane).or_default().push(position);
        }
    }
    let rows = lanes.into_iter().flat_map(|(lane, mut requests)| {
        requests.sort_by_key(|&position| outcomes[position].start_us);
        rows_of_lane(lane, &requests, outcomes)
    });
    rows.collect()
}

/// The most requests in flight, over all lanes.
#[must_use]
pub fn peak(outcomes: &[OutcomeRow]) -> usize {
    let sent = || outcomes.iter().filter(|outcome| outcome.was_sent());
    let mut starts: Vec<_> = sent().map(|outcome| outcome.start_us).collect();
    let mut ends: Vec<_> = sent().map(|outcome| outcome.end_us).collect();
    starts.sort_unstable();
    ends.sort_unstable();
    let mut ended = 0;
    let in_flight = starts.iter().enumerate().map(|(begun, start)| {
        while ends.get(ended).is_some_and(|end| end <= start) {
            ended += 1;
        }
        (begun + 1).saturating_sub(ended)
    });
    in_flight.max().unwrap_or(0)
}

fn rows_of_lane(
    lane: usize,
    requests: &[usize],
    outcomes: &[OutcomeRow],
) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut free = BinaryHeap::new();
    // The rows that have a request in flight, by its end.
    let mut busy = BinaryHeap::new();
    for &position in requests {
        let OutcomeRow { start_us, end_us, .. } = outcomes[position];
        while let Some(&Reverse((end, slot))) = busy.peek() {
            if end > start_us {
                break;
            }
            busy.pop();
            free.push(Reverse(slot));
        }
        let slot = free.pop().map_or(rows.len(), |Reverse(slot)| slot);
        if slot == rows.len() {
            rows.push(Row { lane, slot, requests: Vec::new() });
        }
        rows[slot].requests.push(position);
        busy.push(Reverse((end_us, slot)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcome(index: usize, lane: usize, start_us: u64, end_us: u64) -> OutcomeRow {
        OutcomeRow { index, lane, start_us, end_us, ..OutcomeRow::default() }
    }

    #[test]
    fn a_request_takes_the_first_row_that_is_free() {
        let outcomes = [
            outcome(0, 0, 0, 10),
            outcome(1, 0, 0, 5),
            outcome(2, 0, 5, 9),
            outcome(3, 1, 0, 10),
        ];
        let rows = rows(&outcomes);
        let shown: Vec<_> =
            rows.iter().map(|row| (row.lane, row.slot, &row.requests[..])).collect();
        assert_eq!(shown, [(0, 0, &[0][..]), (0, 1, &[1, 2]), (1, 0, &[3])]);
    }

    #[test]
    fn what_was_never_sent_is_in_no_row() {
        let error = Some("not-sent".to_owned());
        let not_sent = OutcomeRow { error, ..OutcomeRow::default() };
        assert_eq!(rows(&[not_sent]), []);
    }

    proptest! {
        /// Each request is in one row, rows do not overlap, and there are no more of them
        /// than requests were in flight: the picture shows the true peak.
        #[test]
        fn rows_are_disjoint_and_as_many_as_the_peak(
            times in prop::collection::vec((0..3_usize, 0..50_u64, 1..20_u64), 0..80),
        ) {
            let outcomes: Vec<_> = times
                .iter()
                .enumerate()
                .map(|(i, &(lane, start, long))| outcome(i, lane, start, start + long))
                .collect();
            let rows = rows(&outcomes);
            let mut all: Vec<_> = rows.iter().flat_map(|row| &row.requests).collect();
            all.sort_unstable();
            prop_assert!(all.into_iter().copied().eq(0..outcomes.len()));
            for row in &rows {
                let overlaps = row.requests.windows(2).any(|pair| {
                    outcomes[pair[0]].end_us > outcomes[pair[1]].start_us
                });
                prop_assert!(!overlaps, "{:?}", row);
            }
            let all_at = |at| {
                outcomes.iter().filter(|o| o.start_us <= at && at < o.end_us).count()
            };
            let most = outcomes.iter().map(|o| all_at(o.start_us)).max().unwrap_or(0);
            prop_assert_eq!(peak(&outcomes), most);
            for lane in 0..3 {
                let own: Vec<_> = outcomes.iter().filter(|o| o.lane == lane).collect();
                let in_flight = |at| {
                    own.iter().filter(|o| o.start_us <= at && at < o.end_us).count()
                };
                let peak = own.iter().map(|o| in_flight(o.start_us)).max().unwrap_or(0);
                prop_assert_eq!(rows.iter().filter(|row| row.lane == lane).count(), peak);
            }
        }
    }
}
