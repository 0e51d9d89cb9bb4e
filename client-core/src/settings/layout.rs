//! How a strategy spreads the requests: which worker takes which, and the most in flight.
//!
//! The ideal time follows from the layout alone.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

/// A queue of requests, and the slots that take them; the slots are shared out among the
/// runtimes where there are several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    #[serde(rename = "waits_in")]
    lane: WorkerKind,
    // The threads that run the tasks of a partition, where they are not as many as CPUs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threads_each: Option<NonZeroUsize>,
    #[serde(rename = "shares")]
    partitions: Vec<Partition>,
}

/// What a lane is: a waiting request costs one of the first, and next to nothing of the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkerKind {
    /// A thread, which blocks on one request at a time.
    #[serde(rename = "threads")]
    Thread,
    /// A runtime, with any number of tasks.
    #[serde(rename = "tasks")]
    Runtime,
}

/// The slots of one runtime, or all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// Which partition this is, counted from 0.
    pub index: usize,
    /// The requests in this partition, if all take equally long.
    pub requests: usize,
    /// The most of its requests that are in flight.
    pub slots: NonZeroUsize,
    /// How many requests a slot takes at a time, to be done one after another.
    pub chunk: NonZeroUsize,
    // All slots and all partitions, of which this is one.
    #[serde(rename = "deal")]
    split: Split,
}

/// How slots are dealt out: slot s belongs to partition s mod `partitions`. If all requests take
/// equally long, request i goes to slot i mod `slots`; else to whichever is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Split {
    slots: usize,
    #[serde(rename = "shares")]
    partitions: usize,
}

impl Layout {
    /// One thread, one request after another.
    #[must_use]
    pub fn one_by_one(requests: NonZeroUsize) -> Self {
        Self::pool(requests, NonZeroUsize::MIN, NonZeroUsize::MIN)
    }

    /// One queue, from which `threads` take `chunk` requests at a time.
    #[must_use]
    pub fn pool(
        requests: NonZeroUsize,
        threads: NonZeroUsize,
        chunk: NonZeroUsize,
    ) -> Self {
        let partitions = vec![Partition::all(requests, threads, chunk)];
        Self { partitions, lane: WorkerKind::Thread, threads_each: None }
    }

    /// One queue, from which `slots` tasks take a request each as they become free;
    /// `None` is a task for each request. The runtime has a thread for each CPU.
    #[must_use]
    pub fn queue(requests: NonZeroUsize, slots: Option<NonZeroUsize>) -> Self {
        let slots = slots.unwrap_or(requests).min(requests);
        let partitions = vec![Partition::all(requests, slots, NonZeroUsize::MIN)];
        Self { partitions, lane: WorkerKind::Runtime, threads_each: None }
    }

    /// The same slots, for another number of requests.
    #[must_use]
    pub fn for_requests(mut self, requests: usize) -> Self {
        for partition in &mut self.partitions {
            let split = partition.split;
            partition.requests = split.requests_of(partition.index, requests);
        }
        self
    }

    /// The same, with this many threads in each runtime.
    #[must_use]
    pub fn with_threads(self, threads: NonZeroUsize) -> Self {
        Self { threads_each: Some(threads), ..self }
    }

    /// The threads in each runtime, if that is not the number of CPUs.
    #[must_use]
    pub fn threads_each(&self) -> Option<NonZeroUsize> {
        self.threads_each
    }

    /// One queue for several runtimes; `slots` in all (`None`: a slot for each request) are
    /// shared out among them. Runtimes that would get none are left out. Each has one thread.
    #[must_use]
    pub fn partitioned(
        requests: NonZeroUsize,
        runtimes: NonZeroUsize,
        slots: Option<NonZeroUsize>,
    ) -> Self {
        let slots = slots.unwrap_or(requests).min(requests).get();
        let split = Split { slots, partitions: runtimes.get().min(slots) };
        let partitions = (0..split.partitions).filter_map(|index| {
            let own = NonZeroUsize::new(split.slots_of(index))?;
            let requests = split.requests_of(index, requests.get());
            let chunk = NonZeroUsize::MIN;
            Some(Partition { index, requests, slots: own, chunk, split })
        });
        let threads_each = Some(NonZeroUsize::MIN);
        Self {
            partitions: partitions.collect(),
            lane: WorkerKind::Runtime,
            threads_each,
        }
    }

    /// All requests.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.partitions.iter().map(|partition| partition.requests).sum()
    }

    /// What a lane of this run is.
    #[must_use]
    pub fn worker_kind(&self) -> WorkerKind {
        self.lane
    }

    /// The threads that wait: one for each slot where slots are threads, else those of
    /// each partition's runtime.
    #[must_use]
    pub fn threads(&self) -> usize {
        match self.lane {
            WorkerKind::Thread => self.concurrency().get(),
            WorkerKind::Runtime => {
                let each = self.threads_each.map_or(1, NonZeroUsize::get);
                self.partitions.len() * each
            }
        }
    }

    /// The threads of a partition that can compute side by side, if there are `cores` CPUs.
    #[must_use]
    pub fn computing_threads(&self, partition: &Partition, cores: usize) -> usize {
        match (self.lane, self.threads_each) {
            (WorkerKind::Thread, _) => partition.slots.get(),
            (WorkerKind::Runtime, Some(threads)) => threads.get(),
            (WorkerKind::Runtime, None) => cores.max(1),
        }
    }

    /// The responses that can be computed on at the same time, if there are `cores` CPUs.
    #[must_use]
    pub fn computes_at_once(&self, cores: usize) -> usize {
        let threads =
            self.partitions.iter().map(|s| self.computing_threads(s, cores));
        threads.sum::<usize>().clamp(1, cores.max(1))
    }

    /// The partitions, in order.
    #[must_use]
    pub fn partitions(&self) -> &[Partition] {
        &self.partitions
    }

    /// The slots of all partitions: the most requests that are ever in flight.
    #[must_use]
    pub fn concurrency(&self) -> NonZeroUsize {
        let slots =
            self.partitions.iter().map(|partition| partition.slots.get()).sum();
        NonZeroUsize::new(slots).unwrap_or(NonZeroUsize::MIN)
    }

    /// How many requests a slot takes at a time: the same in all partitions.
    #[must_use]
    pub fn chunk(&self) -> NonZeroUsize {
        self.partitions
            .first()
            .map_or(NonZeroUsize::MIN, |partition| partition.chunk)
    }
}

impl Partition {
    /// The only partition, in which all requests are.
    fn all(
        requests: NonZeroUsize,
        slots: NonZeroUsize,
        chunk: NonZeroUsize,
    ) -> Self {
        let split = Split { slots: slots.get(), partitions: 1 };
        Self { index: 0, requests: requests.get(), slots, chunk, split }
    }
}

impl Split {
    fn slots_of(self, partition: usize) -> usize {
        count_up(self.slots, partition, self.partitions)
    }

    fn requests_of(self, partition: usize, requests: usize) -> usize {
        let rounds = requests / self.slots;
        let rest = requests % self.slots;
        rounds * self.slots_of(partition)
            + count_up(rest, partition, self.partitions)
    }
}

/// How many of 0, 1, …, `n` − 1 are `start`, `start + step`, `start + 2 step`, …
fn count_up(n: usize, start: usize, step: usize) -> usize {
    n.saturating_sub(start).div_ceil(step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nonzero(most: usize) -> impl Strategy<Value = NonZeroUsize> {
        (1..=most).prop_map(|n| NonZeroUsize::new(n).unwrap())
    }

    #[test]
    fn the_threads_of_each_runtime_count_as_well() {
        let n = |n| NonZeroUsize::new(n).unwrap();
        let tasks = Layout::queue(n(9), None);
        assert_eq!(tasks.with_threads(n(512)).threads(), 512);
        assert_eq!(Layout::partitioned(n(9), n(3), None).threads(), 3);
        assert_eq!(Layout::pool(n(9), n(4), n(1)).threads(), 4);
    }

    proptest! {
        #[test]
        fn the_requests_of_all_shares_are_those_of_the_run(
            requests in nonzero(300), runtimes in nonzero(20), slots in nonzero(400),
        ) {
            let layout = Layout::partitioned(requests, runtimes, Some(slots));
            prop_assert_eq!(layout.requests(), requests.get());
            // As of a run of a duration, of which it is known in the end how many it were.
            let endless =
                Layout::partitioned(NonZeroUsize::MAX, runtimes, Some(slots));
            prop_assert_eq!(endless.requests(), usize::MAX);
            prop_assert_eq!(endless.for_requests(requests.get()).requests(), requests.get());
        }

        #[test]
        fn the_slots_are_shared_out_evenly_and_none_is_lost(
            requests in nonzero(300), runtimes in nonzero(20), slots in nonzero(400),
        ) {
            let layout = Layout::partitioned(requests, runtimes, Some(slots));
            prop_assert_eq!(layout.concurrency(), slots.min(requests));
            let own = || layout.partitions().iter().map(|partition| partition.slots.get());
            prop_assert!(own().max().unwrap() - own().min().unwrap() <= 1);
        }
    }
}
