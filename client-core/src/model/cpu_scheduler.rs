//! The CPUs in the simulation of an ideal run: which thread computes when.

use std::collections::VecDeque;

use crate::settings::layout::Layout;

/// The CPUs, and the slots that wait for one.
///
/// A slot computes on a thread of its partition, of which there may be fewer than slots, and on
/// a CPU, of which there may be fewer than threads. The longest waiting one is next, among those
/// whose partition has a thread that is free.
#[derive(Debug)]
pub(crate) struct CpuScheduler {
    free: usize,
    partitions: Vec<PartitionThreads>,
    requested: u64,
}

/// The threads of a partition, and its slots that wait for one.
#[derive(Debug)]
struct PartitionThreads {
    free: usize,
    // With the number of its request for a CPU, by which the oldest is found.
    queue: VecDeque<(u64, usize)>,
}

impl CpuScheduler {
    /// `cores` CPUs for the threads of `layout`, all of them free.
    pub(crate) fn new(layout: &Layout, cores: usize) -> Self {
        let threads = layout.partitions().iter().map(|partition| PartitionThreads {
            free: layout.computing_threads(partition, cores),
            queue: VecDeque::new(),
        });
        Self { free: cores.max(1), partitions: threads.collect(), requested: 0 }
    }

    /// The slot, which is one of `partition`, wants to compute.
    pub(crate) fn acquire(&mut self, partition: usize, slot: usize) {
        self.requested += 1;
        self.partitions[partition].queue.push_back((self.requested, slot));
    }

    /// A slot that may compute now, if there is one.
    pub(crate) fn next(&mut self) -> Option<usize> {
        if self.free == 0 {
            return None;
        }
        let able = self.partitions.iter_mut().filter(|threads| threads.free > 0);
        let threads = able.filter(|threads| !threads.queue.is_empty()).min_by_key(
            |threads| threads.queue.front().map(|(requested, _)| *requested),
        )?;
        let (_, slot) = threads.queue.pop_front()?;
        threads.free -= 1;
        self.free -= 1;
        Some(slot)
    }

    /// A slot of `partition` has computed.
    pub(crate) fn release(&mut self, partition: usize) {
        self.free += 1;
        self.partitions[partition].free += 1;
    }
}
