//! How long a run takes if nothing costs anything but the waiting.
//!
//! A small discrete-event simulation: slots take requests from their queue in order,
//! the server holds each one for its delay, and the clock jumps from one event to the
//! next. With equal delays it gives the formulas back: n·d one by one, ⌈n/t⌉·d for t
//! slots, ⌈⌈n/k⌉/t⌉·k·d for chunks of k (if k divides n).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::shape::{Shape, Share};

/// A server that serves only so many requests at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerLimit {
    /// Requests served at once.
    pub places: NonZeroUsize,
    /// What happens to a request beyond that.
    pub when_full: WhenFull,
}

/// What a full server does with one more request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenFull {
    /// It waits for a place, first come, first served.
    Queue,
    /// It is turned away at once.
    Reject,
}

/// The time from the first request to the last answer, if only the waiting costs.
///
/// `delay` is how long the server takes for request number i.
#[must_use]
pub fn makespan(
    shape: &Shape,
    delay: impl Fn(usize) -> Duration,
    limit: Option<ServerLimit>,
) -> Duration {
    let mut simulation = Simulation::new(shape, delay, limit);
    simulation.start();
    while simulation.step() {}
    simulation.clock
}

struct Simulation<D> {
    delay: D,
    limit: Option<ServerLimit>,
    clock: Duration,
    queues: Vec<Queue>,
    slots: Vec<Slot>,
    // The slots whose request is at the server, by the time of its answer.
    answers: BinaryHeap<Reverse<(Duration, usize)>>,
    // The slots whose request waits for a place, and that request.
    line: VecDeque<(usize, usize)>,
    places_taken: usize,
}

/// Requests, of which the first `taken` were taken by a slot.
struct Queue {
    requests: Vec<usize>,
    chunk: usize,
    taken: usize,
}

/// A thread or a task, and what it has still to send of the chunk it took: a range of
/// its queue.
struct Slot {
    queue: usize,
    chunk: Range<usize>,
    holds_place: bool,
}

impl<D: Fn(usize) -> Duration> Simulation<D> {
    fn new(shape: &Shape, delay: D, limit: Option<ServerLimit>) -> Self {
        let requests: usize =
            shape.shares().iter().map(|share| share.requests).sum();
        let queues = shape.shares().iter().map(|share| Queue {
            requests: (0..requests)
                .filter(|&request| share.holds(request))
                .collect(),
            chunk: share.chunk.get(),
            taken: 0,
        });
        // A slot of each share in turn, so that the first requests reach the server
        // about in the order of their numbers.
        let most =
            shape.shares().iter().map(|s| s.slots.get().min(s.requests)).max();
        let slots = (0..most.unwrap_or(0)).flat_map(|round| {
            let with_slot =
                move |&(_, share): &(usize, &Share)| round < share.slots.get();
            let new = |(queue, _)| Slot { queue, chunk: 0..0, holds_place: false };
            shape.shares().iter().enumerate().filter(with_slot).map(new)
        });
        Self {
            delay,
            limit,
            clock: Duration::ZERO,
            queues: queues.collect(),
            slots: slots.collect(),
            answers: BinaryHeap::new(),
            line: VecDeque::new(),
            places_taken: 0,
        }
    }

    fn start(&mut self) {
        for slot in 0..self.slots.len() {
            self.send_next(slot);
        }
    }

    /// Moves the clock to the next answer; false if all have come.
    fn step(&mut self) -> bool {
        let Some(Reverse((now, slot))) = self.answers.pop() else { return false };
        self.clock = now;
        if std::mem::take(&mut self.slots[slot].holds_place) {
            self.places_taken -= 1;
            if let Some((waiting, request)) = self.line.pop_front() {
                self.serve(waiting, request);
            }
        }
        self.send_next(slot);
        true
    }

    /// The slot sends the next request of its chunk, or of the next chunk, if there is one.
    fn send_next(&mut self, slot: usize) {
        let Slot { queue, chunk, .. } = &mut self.slots[slot];
        let queue = &mut self.queues[*queue];
        if chunk.start == chunk.end {
            *chunk = queue.next_chunk();
        }
        let Some(position) = chunk.next() else { return };
        let request = queue.requests[position];

        match self.limit {
            Some(limit) if self.places_taken >= limit.places.get() => match limit
                .when_full
            {
                WhenFull::Queue => self.line.push_back((slot, request)),
                // Turned away: its answer is there now.
                WhenFull::Reject => self.answers.push(Reverse((self.clock, slot))),
            },
            _ => self.serve(slot, request),
        }
    }

    /// The request gets a place, and its delay begins.
    fn serve(&mut self, slot: usize, request: usize) {
        self.places_taken += 1;
        self.slots[slot].holds_place = true;
        self.answers.push(Reverse((self.clock + (self.delay)(request), slot)));
    }
}

impl Queue {
    fn next_chunk(&mut self) -> Range<usize> {
        let start = self.taken;
        self.taken = start.saturating_add(self.chunk).min(self.requests.len());
        start..self.taken
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DELAY: Duration = Duration::from_secs(3);

    fn n(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    fn waits(shape: &Shape, limit: Option<ServerLimit>) -> usize {
        let seconds = makespan(shape, |_| Duration::from_secs(1), limit).as_secs();
        usize::try_from(seconds).unwrap()
    }

    fn limit(places: usize, when_full: WhenFull) -> ServerLimit {
        ServerLimit { places: n(places), when_full }
    }

    /// What the tutorial's programs should have taken, 100 requests of 3 s each.
    #[test]
    fn the_tutorials_own_runs() {
        let seconds = |shape: Shape| makespan(&shape, |_| DELAY, None).as_secs();
        assert_eq!(seconds(Shape::one_by_one(n(100))), 300);
        assert_eq!(seconds(Shape::queue(n(100), Some(n(8)))), 39);
        assert_eq!(seconds(Shape::chunked_queue(n(100), n(8), n(4))), 48);
        assert_eq!(seconds(Shape::queue(n(100), Some(n(100)))), 3);
        assert_eq!(seconds(Shape::shared_out(n(100), n(8), Some(n(100)))), 3);
        // Its hybrid on two cores, with the library's 16 at a time in each process.
        assert_eq!(seconds(Shape::shared_out(n(100), n(2), Some(n(32)))), 12);
    }

    #[test]
    fn a_server_that_rejects_answers_at_once() {
        let shape = Shape::queue(n(10), Some(n(10)));
        assert_eq!(waits(&shape, Some(limit(4, WhenFull::Reject))), 1);
    }

    #[test]
    fn the_slow_request_is_waited_for_once() {
        let delay = |i| Duration::from_secs(if i == 0 { 10 } else { 1 });
        // One slot waits for the slow one while the other does all the rest.
        assert_eq!(
            makespan(&Shape::queue(n(11), Some(n(2))), delay, None).as_secs(),
            10
        );
        assert_eq!(makespan(&Shape::one_by_one(n(11)), delay, None).as_secs(), 20);
    }

    proptest! {
        #[test]
        fn equal_delays_give_the_formula(
            requests in 1..400_usize, slots in 1..100_usize, places in 1..100_usize,
        ) {
            let shape = Shape::queue(n(requests), Some(n(slots)));
            prop_assert_eq!(waits(&shape, None), requests.div_ceil(slots));
            let queue = Some(limit(places, WhenFull::Queue));
            let expected = requests.div_ceil(slots.min(places));
            prop_assert_eq!(waits(&shape, queue), expected);
        }

        #[test]
        fn whole_chunks_give_the_formula(
            chunks in 1..100_usize, size in 1..10_usize, slots in 1..20_usize,
        ) {
            let shape = Shape::chunked_queue(n(chunks * size), n(slots), n(size));
            prop_assert_eq!(waits(&shape, None), chunks.div_ceil(slots) * size);
        }

        #[test]
        fn the_hybrid_takes_as_long_as_its_slowest_share(
            requests in 1..300_usize, runtimes in 1..10_usize, slots in 1..100_usize,
        ) {
            let shape = Shape::shared_out(n(requests), n(runtimes), Some(n(slots)));
            let slowest =
                shape.shares().iter().map(|s| s.requests.div_ceil(s.slots.get())).max();
            prop_assert_eq!(waits(&shape, None), slowest.unwrap());
            // Sharing out costs nothing: no better and no worse than one queue.
            prop_assert_eq!(waits(&shape, None), requests.div_ceil(slots.min(requests)));
        }

        #[test]
        fn never_below_the_longest_job_nor_below_the_work_of_each_slot(
            delays in prop::collection::vec(0..1000_u64, 1..200), slots in 1..50_usize,
            chunk in 1..5_usize,
        ) {
            let shape = Shape::chunked_queue(n(delays.len()), n(slots), n(chunk));
            let time = makespan(&shape, |i| Duration::from_millis(delays[i]), None);
            let longest = *delays.iter().max().unwrap();
            let work = delays.iter().sum::<u64>() as f64 / slots as f64;
            prop_assert!(time >= Duration::from_millis(longest));
            prop_assert!(time.as_secs_f64() * 1e3 >= work - 1e-6);
        }

        #[test]
        fn one_slot_takes_the_sum_of_all_delays(
            delays in prop::collection::vec(0..1000_u64, 1..200),
        ) {
            let shape = Shape::one_by_one(n(delays.len()));
            let time = makespan(&shape, |i| Duration::from_millis(delays[i]), None);
            prop_assert_eq!(time, Duration::from_millis(delays.iter().sum()));
        }

        #[test]
        fn more_slots_never_take_longer_for_equal_jobs(
            requests in 1..300_usize, slots in 1..50_usize, places in 1..50_usize,
        ) {
            for limit in [None, Some(limit(places, WhenFull::Queue))] {
                let fewer = waits(&Shape::queue(n(requests), Some(n(slots))), limit);
                let more = waits(&Shape::queue(n(requests), Some(n(slots + 1))), limit);
                prop_assert!(more <= fewer);
            }
        }
    }
}
